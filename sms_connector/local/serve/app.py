"""The port: every HTTP request becomes one invocation, in a thread of its own."""

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
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .http import HttpRequest, HttpResponse, json_response
from .instance import Instance
from .invocation import invoke

LARGEST_REQUEST: Final = 32 * 1024 * 1024
"""In bytes. Function Compute takes no more in a synchronous invocation."""

_DIGITS = re.compile(r"[0-9]{4,}")
_LONGEST_PATH = 100


def create_app(
    instance: Instance, envelope: str, tell: Callable[[str], None] = click.echo
) -> ASGIApp:
    """Make the application. ``tell`` gets one access line for each request."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        asked = Request(scope, receive)
        try:
            request = await _read(asked)
        except ClientDisconnect:
            tell(_access_line(asked, "gone", began))
            return
        if request is None:
            answer = json_response(413, {"ErrorMessage": "The request is too large."})
        else:
            answer = await _in_own_thread(lambda: invoke(instance, envelope, request))
        # Told first: whoever has the answer can find the line.
        tell(_access_line(asked, str(answer.status), began))
        await Response(answer.body, answer.status, answer.headers)(scope, receive, send)

    return app


async def _read(asked: Request) -> HttpRequest | None:
    """Read the request, or give None if it is too large."""
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
    # As the runtime does. A pool would answer fewer at a time than there may be.
    future: Future[HttpResponse] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  (the one who waits has to hear of it)
            future.set_exception(error)

    threading.Thread(target=run, name="invocation", daemon=True).start()
    return await asyncio.wrap_future(future)


def _access_line(asked: Request, outcome: str, began: float) -> str:
    """Tell of a request without what may be personal: the query, and any number in the path."""
    path = quote(_DIGITS.sub("****", asked.scope["path"]), safe="/*")[:_LONGEST_PATH]
    milliseconds = round((time.perf_counter() - began) * 1000)
    now = time.strftime("%H:%M:%S")
    return f"{now}  {asked.method[:10]:<5} {path}  {outcome}  {milliseconds} ms"
