"""A provider on a real socket that handles each request as the test scripts it."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

from typing_extensions import Self

Act = Callable[[socket.socket], None]


def answer(status: int, body: object, *, headers: str = "", cut_off: int = 0) -> Act:
    """Answer with JSON, or with text or bytes as they are; `cut_off` bytes never come."""
    raw = body if isinstance(body, bytes) else str(body).encode()
    if not isinstance(body, bytes | str):
        raw = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Scripted\r\nContent-Length: {len(raw) + cut_off}\r\n{headers}\r\n"

    def act(connection: socket.socket) -> None:
        connection.sendall(head.encode() + raw)
        if cut_off:
            connection.shutdown(socket.SHUT_RDWR)

    return act


ACCEPTED = {"Code": "OK", "Message": "OK", "RequestId": "REQUEST-1", "BizId": "BIZ-1"}
accept = answer(200, ACCEPTED)


def close(connection: socket.socket) -> None:
    """Hang up without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    """Break the connection hard, as a middlebox does that has forgotten it."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang(connection: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    connection.recv(1)


def stall(connection: socket.socket) -> None:
    """Begin an answer and never end it."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    connection.recv(1)


def tunnel_to(endpoint: str) -> Act:
    """Grant a CONNECT as a proxy does, and lead it to this endpoint, whatever it asks for."""

    def act(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", urlsplit(endpoint).port or 0)) as other_end:
            connection.sendall(b"HTTP/1.1 200 Scripted\r\n\r\n")
            back = threading.Thread(target=_pass_on, args=(other_end, connection), daemon=True)
            back.start()
            _pass_on(connection, other_end)
            back.join()

    return act


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


class ScriptedProvider:
    """Plays one act for each request, the last one again and again.

    ``requests`` holds the query parameters of every request whose head arrived, ``targets`` what
    its first line asked for, ``heads`` all of it; ``connections`` counts the connections that were
    accepted.
    """

    def __init__(
        self, acts: Iterable[Act], tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self._acts = list(acts)
        self._tls = tls
        self._host = "[::1]" if host == "::1" else "localhost"
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self._open: list[socket.socket] = []
        self.requests: list[dict[str, str]] = []
        self.targets: list[str] = []
        self.heads: list[str] = []
        self.connections = 0

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def endpoint(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self._host}:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            while head := _read_head(connection):
                target = head.split(b" ", 2)[1].decode()
                self.targets.append(target)
                self.heads.append(head.decode("latin-1"))
                query = parse_qs(urlsplit(target).query)
                self.requests.append({name: values[0] for name, values in query.items()})
                self._acts[min(len(self.requests), len(self._acts)) - 1](connection)
        except OSError:
            return
        finally:
            connection.close()


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            return b""
        head += piece
    return head
