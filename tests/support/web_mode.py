"""Web mode behind a port: in this process, or server.py as a process of its own."""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from waitress import wasyncore

from sms_connector.local.web_server import listen as open_port
from sms_connector.web_mode.http_server import listen, port_of
from tests.support.serving import PROJECT, ServerProcess

TIMEOUT = 30

IN_CLOUD = {"FC_FUNCTION_NAME": "sms-connector", "FC_REGION": "cn-hangzhou"}
"""What the platform sets, and what decides that its headers are believed."""

Application = Callable[[Mapping[str, Any], Any], Iterable[bytes]]


@contextmanager
def listening(application: Application) -> Iterator[int]:
    """Serve in a thread, and yield the port."""
    server = listen(application, "127.0.0.1", 0)
    is_over = threading.Event()

    def serve() -> None:
        while not is_over.is_set():
            wasyncore.loop(1, use_poll=True, map=server._map, count=1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield port_of(server)
    finally:
        is_over.set()
        server.pull_trigger()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)


class WebProcess(ServerProcess):
    """server.py as the platform starts it. ``port`` is open once the object exists."""

    def __init__(
        self,
        directory: Path = PROJECT,
        python: str = sys.executable,
        *,
        in_cloud: bool = True,
        **environ: str,
    ) -> None:
        with open_port("127.0.0.1", 0) as free:
            self.port: int = free.getsockname()[1]
        # A package must not find what is installed for the tests.
        alone = () if directory == PROJECT else ("-S", "-s")
        super().__init__(
            *alone,
            *(str(directory / "server.py"), "127.0.0.1"),
            project=directory,
            python=python,
            own_group=False,
            **{
                "FC_SERVER_PORT": str(self.port),
                **(IN_CLOUD if in_cloud else {}),
                **environ,
            },
        )
        try:
            self.find(r'"event":"(listening)"')
        except BaseException:
            self.__exit__(None, None, None)
            raise

    @property
    def pid(self) -> int:
        return self._process.pid


class Connection:
    """One connection of a client that sends what it likes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self._read = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.socket.sendall(piece)

    def response(self) -> tuple[int, dict[str, str], bytes]:
        """Read one response whole: status, headers with names in lower case, and body."""
        while b"\r\n\r\n" not in self._read:
            self._receive()
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): text for name, text in (line.split(": ", 1) for line in lines)}
        length = int(headers.get("content-length", 0))
        while len(self._read) < length:
            self._receive()
        body, self._read = self._read[:length], self._read[length:]
        return int(first.split()[1]), headers, body

    def rest(self) -> bytes:
        """Read to the end of the connection."""
        with suppress(ConnectionResetError):  # more was sent than was read
            while more := self.socket.recv(65_536):
                self._read += more
        return self._read

    def _receive(self) -> None:
        more = self.socket.recv(65_536)
        assert more, f"the connection ended after {self._read!r}"
        self._read += more


def request(
    body: bytes = b"",
    method: str = "POST",
    path: str = "/",
    **headers: str,
) -> bytes:
    """Return a request as bytes; ``_`` in a header's name here is ``-`` there."""
    lines = [f"{method} {path} HTTP/1.1", "Host: sms.example.com"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body or method == "POST" else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def from_platform(path: str = "/http-invoke", number: int = 0, **role: str) -> dict[str, str]:
    """Return the headers that the platform adds, as its documentation names them.

    https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/context-and-log-format-1
    """
    return {
        "x_fc_control_path": path,
        "x_fc_request_id": f"1-6740f5c0-{number:012x}",
        "x_fc_region": "cn-hangzhou",
        "x_fc_account_id": "1234567890",
        "x_fc_function_name": "sms-connector",
        **role,
    }


def events(lines: list[str]) -> list[str]:
    """Return the names of the events in log lines."""
    return re.findall(r'"event":"(\w+)"', "".join(lines))
