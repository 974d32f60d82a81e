"""The inbox over HTTP: `/inbox` for tests and tools, and the requests of its page below it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timezone
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .account import Account
from .example_request import example_command
from .inbox import Entry, Inbox
from .inbox_views import FILTERS, InboxViews, magic_numbers

# Entries in one listing, unless the request has a limit.
LIMIT = 200

# In seconds: changes within this time wake a page once.
PAUSE = 0.1

_NO_STORE = {"Cache-Control": "no-store"}


def inbox_routes(
    account: Account,
    inbox: Inbox,
    views: InboxViews,
    clock: Callable[[], float],
    on_clear: Callable[[], None],
) -> list[Route]:
    """Return the routes. `clock` returns seconds since the epoch."""

    def now() -> datetime:
        return datetime.fromtimestamp(clock(), timezone.utc)

    def entry_of(request: Request) -> Entry:
        entry = inbox.entry(request.path_params["entry_id"])
        if entry is None:
            raise HTTPException(404)
        return entry

    async def messages(request: Request) -> Response:
        # A tool may poll every second: without a change, the answer has no body.
        headers = {"ETag": f'"{inbox.revision}"', "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        found = inbox.messages(request.query_params.get("phone", ""))
        if (limit := _limit_of(request)) is not None:
            headers["X-Total-Count"] = str(len(found))
            found = found[:limit]
        return Response(msgspec.json.encode(found), media_type="application/json", headers=headers)

    async def clear(_request: Request) -> Response:
        inbox.clear()
        on_clear()
        return Response(status_code=204)

    async def undo(_request: Request) -> Response:
        inbox.undo()
        return Response(status_code=204)

    async def entries(request: Request) -> Response:
        query = request.query_params
        shown = next((name for name in FILTERS if name == query.get("show")), FILTERS[0])
        wanted = _limit_of(request)
        limit = LIMIT if wanted is None else wanted
        return _json(views.listing(query.get("search", ""), shown, limit, now()))

    async def details(request: Request) -> Response:
        return _json(views.details(entry_of(request), now()))

    async def read(request: Request) -> Response:
        inbox.mark_read(entry_of(request).id)
        return Response(status_code=204)

    async def read_all(_request: Request) -> Response:
        inbox.mark_read()
        return Response(status_code=204)

    async def numbers(_request: Request) -> Response:
        return _json(list(magic_numbers()))

    async def example(request: Request) -> Response:
        url = str(request.base_url).rstrip("/")
        return _json({"command": example_command(account, url, now())})

    async def changes(_request: Request) -> Response:
        return StreamingResponse(_changes(), media_type="text/event-stream", headers=_NO_STORE)

    async def _changes() -> AsyncIterator[bytes]:
        with inbox.changes.following() as changed:
            while True:
                changed.clear()
                # Before waking the page: a delivery right after its request is a change too.
                due = views.next_delivery(now())
                yield b"data: changed\n\n"
                await asyncio.sleep(PAUSE)
                wait = None if due is None else max(0, due - PAUSE)
                try:
                    await asyncio.wait_for(changed.wait(), wait)
                except asyncio.TimeoutError:
                    continue

    return [
        Route("/inbox", messages, methods=["GET"]),
        Route("/inbox", clear, methods=["DELETE"]),
        Route("/inbox/undo", undo, methods=["POST"]),
        Route("/inbox/entries", entries, methods=["GET"]),
        Route("/inbox/entries/{entry_id:int}", details, methods=["GET"]),
        Route("/inbox/entries/{entry_id:int}/read", read, methods=["POST"]),
        Route("/inbox/read", read_all, methods=["POST"]),
        Route("/inbox/changes", changes, methods=["GET"]),
        Route("/inbox/magic-numbers", numbers, methods=["GET"]),
        Route("/inbox/example-request", example, methods=["GET"]),
    ]


def _limit_of(request: Request) -> int | None:
    text = request.query_params.get("limit", "")
    # Python converts no more than 4,300 digits, and there are never so many entries.
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _json(value: Any) -> Response:
    body = msgspec.json.encode(value)
    return Response(body, media_type="application/json", headers=_NO_STORE)
