"""The WSGI application of web mode: what the platform's headers say of each request.

https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/principles-1
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from ..function import Function
from ..invocation import Invocation, role_of
from ..log import REQUEST_ID
from ..web.request_id import request_id_of
from .control_path import control_of

_FROM_PLATFORM: Final = "HTTP_X_FC_"
_NAMES: Final = (
    "REQUEST_ID",
    "ACCESS_KEY_ID",
    "ACCESS_KEY_SECRET",
    "SECURITY_TOKEN",
    "REGION",
)


class Application:
    """Answers direct invocations and HTTP requests by one function.

    ``own`` is an invocation on a machine that is not Function Compute, where the headers mean
    nothing, since anyone could send them; None in the cloud.
    """

    def __init__(self, function: Function, own: Invocation | None) -> None:
        self._function = function
        self._own = own

    def __call__(self, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        invocation = self._invocation(environ)
        path = _path(environ)
        control = control_of(environ, path) if self._own is None else "http"
        token = REQUEST_ID.set(invocation.request_id)
        try:
            if control == "invocation":
                return self._invoke(environ, invocation, start_response)
            if control == "lifecycle":
                return _answer(b"", start_response)
            # Without the platform's headers: nothing but the invocation needs the keys in them.
            passed = {
                name: value
                for name, value in environ.items()
                if not name.startswith(_FROM_PLATFORM)
            }
            passed |= {"PATH_INFO": path, "fc.context": invocation}
            return cast(Iterable[bytes], self._function.handle(passed, start_response))
        finally:
            REQUEST_ID.reset(token)

    def _invoke(
        self, environ: Mapping[str, Any], invocation: Invocation, start_response: Any
    ) -> Iterable[bytes]:
        answer = self._function.handle(environ["wsgi.input"].read(), invocation)
        if not isinstance(answer, bytes):  # to an event of API Gateway, as a runtime encodes it
            answer = json.dumps(answer, indent=4, sort_keys=True).encode()
        return _answer(answer, start_response)

    def _invocation(self, environ: Mapping[str, Any]) -> Invocation:
        if self._own is not None:
            return Invocation(request_id_of(environ), self._own.role, self._own.region)
        request_id, key_id, secret, token, region = (
            str(environ.get(f"{_FROM_PLATFORM}{name}", "")) for name in _NAMES
        )
        return Invocation(request_id, role_of(key_id, secret, token), region)


def _path(environ: Mapping[str, Any]) -> str:
    """Return the path as it was sent, as the events of an HTTP trigger have it.

    WSGI's own is decoded, and the server takes slashes at its beginning for one.
    """
    sent = str(environ["REQUEST_URI"]).partition("?")[0]
    return sent if sent.startswith("/") else str(environ["PATH_INFO"])


def _answer(body: bytes, start_response: Any) -> Iterable[bytes]:
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
