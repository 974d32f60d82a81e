"""The server: every HTTP request becomes one invocation."""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar
from urllib.parse import quote

import click
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..web_guard import Hosts, WebGuard
from .http import HttpRequest, HttpResponse, json_response

Result = TypeVar("Result")
Answer = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponse]]

LARGEST_REQUEST: Final = 32 * 1024 * 1024
"""In bytes: the limit of Function Compute for a synchronous invocation."""

_DIGITS = re.compile(r"[0-9]{4,}")
_REPORT_TOKEN = re.compile(r"(?<=/reports/)[^/]+")
_LONGEST_PATH = 100


def create_app(
    answer: Answer,
    log: Callable[[str], None] = click.echo,
    hosts: Hosts | None = None,
) -> ASGIApp:
    """Return the application. ``log`` is called with one access line for each request.

    ``answer`` is cancelled when its client disconnects. ``hosts`` are those of a server on
    127.0.0.1 by default.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        asked = Request(scope, receive)
        try:
            request = await _read(asked)
            if request is None:
                response = json_response(413, {"ErrorMessage": "The request is too large."})
            else:
                response = await _while_connected(answer(request), receive)
        except ClientDisconnect:
            log(_access_line(asked, "gone", began))
            return
        # Logged first, so that the line is there when the client has the response.
        log(_access_line(asked, str(response.status), began, response.instance))
        await Response(response.body, response.status, response.headers)(scope, receive, send)

    def refuse(message: str) -> ASGIApp:
        async def refused(scope: Scope, receive: Receive, send: Send) -> None:
            log(_access_line(Request(scope), "403", time.perf_counter()))
            await JSONResponse({"message": message}, 403)(scope, receive, send)

        return refused

    return WebGuard(app, hosts or Hosts("127.0.0.1"), refuse)


async def _read(asked: Request) -> HttpRequest | None:
    """Return the request, or None if it is too large."""
    body = bytearray()
    async for piece in asked.stream():
        body += piece
        if len(body) > LARGEST_REQUEST:
            return None
    return HttpRequest(
        method=asked.method,
        path=asked.scope["path"],
        raw_path=asked.scope["raw_path"].decode("latin-1"),
        query=asked.scope["query_string"].decode("latin-1"),
        headers=tuple(asked.headers.items()),
        body=bytes(body),
        client_ip=asked.client.host if asked.client else "",
        server=asked.scope["server"],
        protocol=f"HTTP/{asked.scope['http_version']}",
    )


async def _while_connected(
    answer: Coroutine[Any, Any, HttpResponse], receive: Receive
) -> HttpResponse:
    """Await the answer. Cancels it and raises ClientDisconnect if the client leaves before."""
    working = asyncio.create_task(answer)
    # All of the body has been read, so the next message says that the client has left.
    leaving = asyncio.ensure_future(receive())
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        leaving.cancel()
        working.cancel()


async def in_own_thread(call: Callable[[], Result]) -> Result:
    """Await a call that blocks. A pool would limit how many run at the same time."""
    future: Future[Result] = Future()

    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  (raised where the result is awaited)
            future.set_exception(error)

    threading.Thread(target=run, name="invocation", daemon=True).start()
    return await asyncio.wrap_future(future)


def _access_line(asked: Request, outcome: str, began: float, instance: int = 0) -> str:
    """Return a line without personal data and secrets: no query, no number, no report token."""
    shown = _REPORT_TOKEN.sub("****", _DIGITS.sub("****", asked.scope["path"]))
    path = quote(shown, safe="/*")[:_LONGEST_PATH]
    milliseconds = round((time.perf_counter() - began) * 1000)
    now = time.strftime("%H:%M:%S")
    by = f"  instance {instance}" if instance else ""
    return f"{now}  {asked.method[:10]:<5} {path}  {outcome}  {milliseconds} ms{by}"
