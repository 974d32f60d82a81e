"""A proxy before a server, which can be slow, cut connections, or speak TLS."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from types import TracebackType

from typing_extensions import Self


class Proxy:
    """Passes on every piece of data. ``delay`` is waited before each piece of a reply.

    ``late`` are the seconds by which the next replies are late, and ``held`` those by which the
    next requests are; ``dropped`` is how many of the next replies never come, and ``lost`` how
    many of the next requests. ``cut`` is how many
    are not passed on: the connection is closed instead, after the server has done what it was
    asked. ``requests`` counts the pieces that were asked.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._target = port
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.delay = 0.0
        self.late: list[float] = []
        self.held: list[float] = []
        self.dropped = 0
        self.lost = 0
        self.cut = 0
        self.requests = 0
        self.connections = 0

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

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with (
            suppress(OSError),
            client,
            socket.create_connection(("127.0.0.1", self._target)) as server,
        ):
            if self._tls:
                client = self._tls.wrap_socket(client, server_side=True)
            with client:
                threading.Thread(target=self._reply, args=(server, client), daemon=True).start()
                while piece := client.recv(65_536):
                    self.requests += 1
                    time.sleep(self.held.pop(0) if self.held else 0)
                    if self.lost:
                        self.lost -= 1
                        continue
                    server.sendall(piece)

    def _reply(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(65_536):
                time.sleep(self.late.pop(0) if self.late else self.delay)
                if self.dropped:
                    self.dropped -= 1
                    continue
                if self.cut:
                    self.cut -= 1
                    break
                client.sendall(piece)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


class Answering:
    """A server that answers everything with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

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

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            while client.recv(65_536):
                client.sendall(self._answer)
