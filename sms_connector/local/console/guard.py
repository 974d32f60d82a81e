"""Lets only the console's own page use the console, and no other page in the browser.

Every page of every site can send requests to 127.0.0.1, and a host name that resolves to
127.0.0.1 makes them look like the console's own (DNS rebinding). So four things are checked: the
token, which only the address on the terminal has; `Host`; `Origin`; and `Sec-Fetch-Site`.
"""

import hmac
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..pages import PAGE_HEADERS
from ..web_guard import OTHER_PAGE, other_page

API = "/api/"
TOKEN_HEADER = "x-console-token"

# Bytes. A connector JSON with a hundred templates has a tenth of it.
MAX_BODY = 65_536


def new_token() -> str:
    return secrets.token_urlsafe(32)


class Guard:
    """Passes requests of the console's own page to `app`, and adds headers to every response.

    The page itself needs no token, because it holds no settings; everything under `/api/` does.
    A body must be JSON, which a form of another site cannot send, and a script only after a CORS
    preflight. No response allows another origin anything.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        app = self._app if refusal is None else _refuse(*refusal)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(PAGE_HEADERS)
            await send(message)

        await app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        port = scope["server"][1]
        if host not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            return 403, "The Host header is not the console's."
        # A link may open the page; another page may neither load nor send anything.
        opens_page = scope["method"] == "GET" and scope["path"] == "/"
        if other_page(headers, opens_page=opens_page):
            return 403, OTHER_PAGE
        if not scope["path"].startswith(API):
            return None
        if not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), self._token):
            return 401, "The token is missing or wrong: open the address that the terminal shows."
        if scope["method"] == "POST":
            return _body_refusal(headers)
        return None


def _body_refusal(headers: Headers) -> tuple[int, str] | None:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return 415, "The body must be JSON."
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return 411, "Content-Length is required."
    if len(length) > 9 or int(length) > MAX_BODY:
        return 413, "The body is too large."
    return None


def _refuse(status: int, message: str) -> ASGIApp:
    return JSONResponse({"message": message}, status)
