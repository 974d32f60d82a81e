"""The emulator over HTTP: the provider at `/`, and what it received at `/inbox`.

A browser that opens `/` gets a page that shows the inbox.
"""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ..pages import page, page_files
from ..pages.docs import doc_routes
from ..web_guard import Hosts, WebGuard
from .account import DEFAULT_ACCOUNT, Account
from .answers import new_request_id, ok, refusal
from .api_call import read_api_call
from .behaviours import REDIRECT_PATH, misbehave
from .flow_control import FlowControl
from .inbox import Inbox, ReceivedMessage
from .inbox_routes import inbox_routes
from .inbox_views import InboxViews
from .provider import Provider
from .provider_errors import REFUSALS, Refusal

# The time from accepting a message to its delivery, in seconds.
DELIVERY_DELAY = 2.0

PAGE = Path(__file__).parent / "page"


def create_app(
    account: Account = DEFAULT_ACCOUNT,
    inbox: Inbox | None = None,
    flow_control: FlowControl | None = None,
    clock: Callable[[], float] = time.time,
    delivery_delay: float = DELIVERY_DELAY,
    hosts: Hosts | None = None,
    *,
    pushes_reports: bool = False,
    outside_mainland: bool = False,
) -> ASGIApp:
    """Return the application. Without `flow_control` the number of messages is not limited.

    `clock` returns seconds since the epoch, `delivery_delay` is in seconds. Magic numbers that
    break the connection need `connection.Connection` as the server's protocol, as in `Emulator`.
    `hosts` are those of a server on 127.0.0.1 by default. `pushes_reports` is what the page says
    about delivery reports. With `outside_mainland` all calls come from outside mainland China.
    """
    kept = Inbox() if inbox is None else inbox
    provider = Provider(
        account, kept, flow_control, clock, delivery_delay, outside_mainland=outside_mainland
    )

    async def call(request: Request) -> ASGIApp:
        if _opens_page(request):
            return page(PAGE)
        request_id = new_request_id()
        read = read_api_call(
            request.method,
            request.url.path,
            request.headers,
            request.scope["query_string"],
            await request.body(),
        )
        answer = provider.answer(read, request_id)
        response = JSONResponse(answer.body, answer.status)
        if answer.behaviour is None:
            return response
        return misbehave(answer.behaviour, response, request_id)

    async def redirected(request: Request) -> Response:
        """Send the message again: a client must not follow a redirect."""
        first = request.path_params["request_id"]
        again = new_request_id()
        biz_id = ""
        for entry in kept.entries():
            message = entry.item
            if isinstance(message, ReceivedMessage) and message.request_id == first:
                biz_id = message.biz_id
                kept.add(msgspec.structs.replace(message, request_id=again), entry.request)
        return JSONResponse(ok(again, BizId=biz_id).body)

    def clear_flow_control() -> None:
        if flow_control is not None:
            flow_control.clear()

    views = InboxViews(kept, delivery_delay, pushes_reports=pushes_reports)
    app = Starlette(
        routes=[
            Route("/", call, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
            *inbox_routes(account, kept, views, clock, clear_flow_control),
            *page_files(PAGE),
            *doc_routes(),
            Route(REDIRECT_PATH + "{request_id}", redirected, methods=["GET", "POST"]),
        ],
        exception_handlers={HTTPException: _not_found},
    )
    return WebGuard(app, hosts or Hosts("127.0.0.1"), _forbidden)


def _opens_page(request: Request) -> bool:
    """Return whether a browser asks, which accepts HTML and names no action."""
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("accept", "")
        and "x-acs-action" not in request.headers
        and "Action" not in request.query_params
    )


async def _not_found(request: Request, error: Exception) -> Response:
    """Answer in JSON for other paths too."""
    wrong_method = isinstance(error, HTTPException) and error.status_code == 405
    code = "UnsupportedHTTPMethod" if wrong_method else "InvalidPath.NotFound"
    answer = refusal(new_request_id(), request.headers.get("host", ""), REFUSALS[code])
    return JSONResponse(answer.body, answer.status)


def _forbidden(message: str) -> ASGIApp:
    answer = refusal(new_request_id(), "", Refusal(403, "Forbidden.WebPage", message))
    return JSONResponse(answer.body, answer.status)
