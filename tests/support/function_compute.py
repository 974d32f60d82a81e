"""Function Compute 2.0 on this machine: checks signatures, then runs the function.

Follows https://help.aliyun.com/document_detail/52877.html for the signature, and serves the three
ways to a function: InvokeFunction, an HTTP trigger that signatures open, and, at any other path,
one that is open to anonymous callers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from typing_extensions import Self

from sms_connector.function import Function
from sms_connector.local.fc_context import FcContext
from sms_connector.provider.client import AccessKey
from tests.support.functions import new_function

SERVICE, FUNCTION = "sms", "connector"

_INVOKE = re.compile(r"/2016-08-15/services/([^/]+)/functions/([^/]+)/invocations")
_PROXY = re.compile(r"/2016-08-15/proxy/([^/]+)/([^/]+)(/.*)")
_CLOCK_SKEW = 15 * 60


@dataclass(frozen=True)
class Call:
    """One request that came in, whether it was let in or not."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class FunctionCompute:
    """One account with one function. ``calls`` holds every request, ``key`` opens the door."""

    def __init__(self, key: AccessKey) -> None:
        self.key = key
        self.calls: list[Call] = []
        self._function: Function | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answer = outer._answer(Call(self.path, headers, body))
                self.send_response(status)
                self.send_header("X-Fc-Request-Id", "1-6740f5c0-1234")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def _instance(self) -> Function:
        if self._function is None:  # the first call comes once the test has made its settings
            self._function = new_function()
        return self._function

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, call: Call) -> tuple[int, bytes]:
        self.calls.append(call)
        target = urlsplit(call.path)
        if not target.path.startswith("/2016-08-15/"):
            return self._serve_http(call, target.path)
        invoked, proxied = _INVOKE.fullmatch(target.path), _PROXY.fullmatch(target.path)
        if problem := self._signature_problem(call, with_query=proxied is not None):
            return problem
        match = invoked or proxied
        if match is None or match[1] != SERVICE:
            return _refusal(404, "ServiceNotFound", "the service does not exist")
        if match[2] != FUNCTION:
            return _refusal(404, "FunctionNotFound", "the function does not exist")
        if invoked:
            answer = self._instance.handle(call.body, FcContext())
            assert isinstance(answer, bytes)  # passed on as it is
            return 200, answer
        return self._serve_http(call, match[3])

    def _serve_http(self, call: Call, path: str) -> tuple[int, bytes]:
        started: list[str] = []
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(call.body)),
            "wsgi.input": io.BytesIO(call.body),
            "fc.context": FcContext(),
            "fc.request_uri": call.path,
            **{f"HTTP_{name.upper().replace('-', '_')}": v for name, v in call.headers.items()},
        }
        answer: Any = self._instance.handle(environ, lambda status, _: started.append(status))
        return int(started[0].split()[0]), b"".join(answer)

    def _signature_problem(self, call: Call, *, with_query: bool) -> tuple[int, bytes] | None:
        headers, key = call.headers, self.key
        if "date" not in headers:
            return _refusal(403, "AccessDenied", "the date is missing")
        signed_at = parsedate_to_datetime(headers["date"]).timestamp()
        if abs(time.time() - signed_at) > _CLOCK_SKEW:
            return _refusal(403, "AccessDenied", "the request time is too far off")
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        key_id, _, signature = credential.partition(":")
        if scheme != "FC" or key_id != key.id:
            return _refusal(403, "InvalidAccessKeyID", f"the access key {key_id} is not valid")
        if headers.get("x-fc-security-token") != key.security_token:
            return _refusal(403, "InvalidSecurityToken", "the security token is not valid")
        target = urlsplit(call.path)
        resource = unquote(target.path)
        if with_query:  # on a separate line, which may be empty
            query = parse_qsl(target.query, keep_blank_values=True)
            resource += "\n" + "\n".join(sorted(f"{name}={value}" for name, value in query))
        canonical = "".join(
            f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-fc-")
        )
        text = "\n".join(
            (
                "POST",
                headers.get("content-md5", ""),
                headers.get("content-type", ""),
                headers["date"],
                canonical + resource,
            )
        )
        digest = hmac.digest(key.secret.encode(), text.encode(), hashlib.sha256)
        if not hmac.compare_digest(base64.b64encode(digest).decode(), signature):
            # As the real one does: with the text that was to be signed, the token in it.
            return _refusal(403, "SignatureNotMatch", f"the string to sign is {text}")
        return None


def _refusal(status: int, code: str, message: str) -> tuple[int, bytes]:
    return status, json.dumps({"ErrorCode": code, "ErrorMessage": message}).encode()
