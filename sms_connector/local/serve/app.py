"""The server: every HTTP request becomes one invocation, in its own thread."""

import asyncio
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final
from urllib.parse import quote

import click
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..web_guard import Hosts, WebGuard
from .http import HttpRequest, HttpResponse, json_response
from .instance import Instance
from .invocation import invoke

LARGEST_REQUEST: Final = 32 * 1024 * 1024
"""In bytes: the limit of Function Compute for a synchronous invocation."""

_DIGITS = re.compile(r"[0-9]{4,}")
_REPORT_TOKEN = re.compile(r"(?<=/reports/)[^/]+")
_LONGEST_PATH = 100


def create_app(
    instance: Instance,
    envelope: str,
    log: Callable[[str], None] = click.echo,
    hosts: Hosts | None = None,
) -> ASGIApp:
    """Return the application. ``log`` is called with one access line for each request.

    ``hosts`` are those of a server on 127.0.0.1 by default.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        asked = Request(scope, receive)
        try:
            request = await _read(asked)
        except ClientDisconnect:
            log(_access_line(asked, "gone", began))
            return
        if request is None:
            response = json_response(413, {"ErrorMessage": "The request is too large."})
        else:
            response = await _in_own_thread(lambda: invoke(instance, envelope, request))
        # Logged first, so that the line is there when the client has the response.
        log(_access_line(asked, str(response.status), began))
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


async def _in_own_thread(call: Callable[[], HttpResponse]) -> HttpResponse:
    # As the runtime does. A pool would limit how many run at the same time.
    future: Future[HttpResponse] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  (raised where the result is awaited)
            future.set_exception(error)

    threading.Thread(target=run, name="invocation", daemon=True).start()
    return await asyncio.wrap_future(future)


def _access_line(asked: Request, outcome: str, began: float) -> str:
    """Return a line without personal data and secrets: no query, no number, no report token."""
    shown = _REPORT_TOKEN.sub("****", _DIGITS.sub("****", asked.scope["path"]))
    path = quote(shown, safe="/*")[:_LONGEST_PATH]
    milliseconds = round((time.perf_counter() - began) * 1000)
    now = time.strftime("%H:%M:%S")
    return f"{now}  {asked.method[:10]:<5} {path}  {outcome}  {milliseconds} ms"
