"""Send answers with the faults of `magic.Behaviour`, down to the connection."""

import asyncio
import socket
import struct

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .connection import transport_of
from .magic import Behaviour

# In seconds: long enough to be noticed, and below a client's time-out.
SLOW = 1.0

# The target of a redirect; the request id of the first message follows.
REDIRECT_PATH = "/redirected/"

_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


def misbehave(behaviour: Behaviour, answer: JSONResponse, request_id: str) -> ASGIApp:
    """Return an application that sends the answer with this fault."""
    location = REDIRECT_PATH + request_id
    responses: dict[Behaviour, ASGIApp] = {
        Behaviour.SLOW: _after(SLOW, answer),
        Behaviour.HUNG: _hang,
        Behaviour.RESET_BEFORE: _reset,
        Behaviour.RESET_AFTER: _reset,
        Behaviour.CUT_OFF: _cut_off(answer),
        Behaviour.HTML_502: HTMLResponse(_PAGE.format("502 Bad Gateway"), 502),
        Behaviour.HTML_200: HTMLResponse(_PAGE.format("Welcome to the guest network")),
        Behaviour.EMPTY: Response(media_type="application/json"),
        Behaviour.LIST: JSONResponse([]),
        Behaviour.NO_CODE: JSONResponse({"RequestId": request_id}),
        Behaviour.REDIRECT_302: RedirectResponse(location, 302),
        Behaviour.REDIRECT_307: RedirectResponse(location, 307),
    }
    return responses[behaviour]


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang(_scope: Scope, receive: Receive, _send: Send) -> None:
    await _client_left(receive)


def _after(seconds: float, answer: Response) -> ASGIApp:
    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.wait_for(_client_left(receive), seconds)
        except asyncio.TimeoutError:
            await answer(scope, receive, send)

    return respond


async def _reset(scope: Scope, receive: Receive, _send: Send) -> None:
    transport = transport_of(scope)
    # With a linger time of 0, closing sends a TCP RST instead of a FIN.
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await _client_left(receive)


def _cut_off(answer: Response) -> ASGIApp:
    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": answer.raw_headers})
        half = bytes(answer.body)[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        transport_of(scope).close()
        await _client_left(receive)

    return respond
