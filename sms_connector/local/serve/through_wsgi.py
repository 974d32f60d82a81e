"""`http2`: call the function as an HTTP function of FC 2.0, a WSGI application (PEP 3333).

https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/user-guide/http-handlers
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import Any

from ..fc_context import FcContext
from .http import HttpRequest, HttpResponse
from .instance import Code


def through_wsgi(code: Code, request: HttpRequest, context: FcContext) -> HttpResponse:
    """Call the application."""
    started: list[tuple[str, Sequence[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: Sequence[tuple[str, str]], _exc_info: object = None
    ) -> None:
        started.append((status, headers))

    returned = code.application(_environ(request, context), start_response)
    body = b"".join(returned)
    if not started:
        raise RuntimeError("The application did not call start_response.")
    status, headers = started[-1]
    kept = {name: value for name, value in headers if name.lower() != "content-length"}
    return HttpResponse(int(status.split(" ", 1)[0]), body, kept)


def _environ(request: HttpRequest, context: FcContext) -> dict[str, Any]:
    headers = request.joined_headers
    return {
        **os.environ,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        # Bytes decoded as Latin-1, as PEP 3333 requires.
        "PATH_INFO": request.path.encode(errors="surrogateescape").decode("latin-1"),
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_ADDR": request.client_ip,
        "SERVER_NAME": request.server[0],
        "SERVER_PORT": str(request.server[1]),
        "SERVER_PROTOCOL": request.protocol,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "fc.context": context,
        "fc.request_uri": request.raw_path + (f"?{request.query}" if request.query else ""),
    }
