"""What Function Compute does in web mode: server.py takes requests as they are, many at once."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Final

from typing_extensions import Self

from ..web_server import listen
from .app import in_own_thread
from .dispatcher import too_many
from .http import HttpRequest, HttpResponse, json_response
from .instance import new_request_id
from .process import PLATFORM, Emulated

AT_ONCE: Final = 100
"""`instanceConcurrency` in s.web.yaml, and all there is with one instance."""

_LOOPBACK: Final = "127.0.0.1"
_START_SECONDS: Final = 30.0
_ROLE: Final = {
    "x-fc-access-key-id": "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "x-fc-access-key-secret": "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "x-fc-security-token": "ALIBABA_CLOUD_SECURITY_TOKEN",
}
_OWN_HEADERS: Final = frozenset({"connection", "transfer-encoding", "content-length"})


class WebInstance:
    """One instance in web mode. Connections to it are kept and used again."""

    def __init__(self, emulated: Emulated) -> None:
        with listen(_LOOPBACK, 0) as free:
            self._port: int = free.getsockname()[1]
        self._process = subprocess.Popen(  # noqa: S603
            (sys.executable, "-m", f"{__package__}.web_main", *emulated.arguments),
            env={**PLATFORM, **os.environ, "FC_SERVER_PORT": str(self._port)},
            stdin=subprocess.PIPE,  # which is closed when this process ends, however it ends
            stdout=sys.stderr.fileno(),
        )
        self._under_way = 0
        self._connections: list[http.client.HTTPConnection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it as the platform does."""
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate()
        for connection in self._connections:
            connection.close()

    def has_started(self) -> bool:
        """Wait until the port is open, and return False if the process ends before."""
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex((_LOOPBACK, self._port)) == 0:
                    return True
            time.sleep(0.02)
        return False

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Have the request answered. Above what one instance takes, the platform refuses it."""
        if self._under_way >= AT_ONCE:
            return too_many()
        self._under_way += 1
        try:
            return await in_own_thread(lambda: self._pass_on(request))
        except (OSError, http.client.HTTPException):
            body = {"errorCode": "FunctionNotStarted", "errorMessage": "See the log."}
            return json_response(502, body)
        finally:
            self._under_way -= 1

    def _pass_on(self, request: HttpRequest) -> HttpResponse:
        try:
            connection = self._connections.pop()
        except IndexError:
            connection = http.client.HTTPConnection(_LOOPBACK, self._port)
        request_id = new_request_id()
        target = request.raw_path + (f"?{request.query}" if request.query else "")
        try:
            connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in (*_passed(request), *_added(request_id)):
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            answer = connection.getresponse()
            body = answer.read()
        except BaseException:
            connection.close()
            raise
        self._connections.append(connection)
        headers = {
            name: value
            for name, value in answer.getheaders()
            if name.lower() not in (*_OWN_HEADERS, "date")
        }
        return HttpResponse(answer.status, body, {**headers, "X-Fc-Request-Id": request_id})


def _passed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return a client's headers, without those that the platform forbids it to send."""
    return [
        (name, value)
        for name, value in request.headers
        if name not in _OWN_HEADERS and not name.startswith("x-fc-")
    ]


def _added(request_id: str) -> list[tuple[str, str]]:
    """Return what the platform adds, with the key of this machine's environment as the role's."""
    return [
        ("x-fc-control-path", "/http-invoke"),
        ("x-fc-request-id", request_id),
        ("x-fc-region", os.environ.get("FC_REGION", PLATFORM["FC_REGION"])),
        *((name, os.environ.get(variable, "")) for name, variable in _ROLE.items()),
    ]
