"""One connection to a server, directly or through a proxy, and the idle ones that are kept."""

import socket
import ssl
import threading
import time
from collections import deque
from typing import Any, Final

import msgspec

from .. import clock
from ..clock import Moment
from ..tls import tls_context, trust_all
from .call import Stage, TrackedCall, seconds_until
from .http1 import Answer, BadAnswerError, Incoming, compose_request
from .proxy import Origin, Proxy

MAX_IDLE_SECONDS: Final = 10.0
"""A frozen instance does not see its sockets die; one that was idle for longer is not trusted."""

MAX_IDLE_CONNECTIONS: Final = 200
"""As many as Function Compute runs invocations at a time in one instance."""


class ProxyRefusalError(Exception):
    """The proxy opened no tunnel."""


class Route(msgspec.Struct, frozen=True):
    """Where a connection leads, and by which proxy."""

    origin: Origin
    proxy: Proxy | None


class Connection:
    """One open connection. Used by one thread at a time."""

    def __init__(self, sock: socket.socket, route: Route) -> None:
        self._sock = sock
        self.route = route
        self.idle_since: Moment | None = None

    def exchange(self, request: bytes, call: TrackedCall) -> Answer:
        """Write a request and read its answer, within the time of the call.

        Raises OSError or BadAnswerError. Do not reuse the connection after an error, or if the
        answer's ``ends_clean`` is false.
        """
        deadline = call.start_writing()
        unwritten = memoryview(request)
        while unwritten:
            self._sock.settimeout(seconds_until(deadline))
            unwritten = unwritten[self._sock.send(unwritten) :]
        incoming = Incoming(lambda size: _receive(self._sock, size, deadline))
        try:
            head = incoming.head()
            call.stage = Stage.ANSWERED
            return incoming.body(head)
        except BadAnswerError:
            call.stage = Stage.ANSWERED
            raise
        except TimeoutError:
            call.stage = Stage.WRITING  # an answer that stalls is one that did not come in time
            raise

    @property
    def is_fresh(self) -> bool:
        return self.idle_since is not None and self.idle_since.age <= MAX_IDLE_SECONDS

    @property
    def is_quiet(self) -> bool:
        """Whether the other side has neither closed it nor written anything since the answer."""
        try:
            self._sock.settimeout(0)
            self._sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            pass
        return False

    def close(self) -> None:
        self._sock.close()


class IdleConnections:
    """Connections kept for the next request, the latest used last. One for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Connection] = deque()

    def take(self, route: Route) -> Connection | None:
        """Return the latest used connection of a route that may be used again."""
        while connection := self._pop(route):
            if connection.is_fresh and connection.is_quiet:
                return connection
            connection.close()
        return None

    def keep(self, connection: Connection) -> None:
        """Keep a connection whose answer ended clean; close those that were idle for too long."""
        connection.idle_since = clock.now()
        surplus = []
        with self._lock:
            self._kept.append(connection)
            while len(self._kept) > MAX_IDLE_CONNECTIONS or not self._kept[0].is_fresh:
                surplus.append(self._kept.popleft())
        for kept in surplus:
            kept.close()

    def close(self) -> None:
        """Close all, for a process that ends or starts anew."""
        with self._lock:
            kept = list(self._kept)
            self._kept.clear()
        for connection in kept:
            connection.close()

    def _pop(self, route: Route) -> Connection | None:
        with self._lock:
            for index in reversed(range(len(self._kept))):
                connection = self._kept[index]
                if connection.route == route:
                    del self._kept[index]
                    return connection
        return None


def connect(route: Route, call: TrackedCall) -> Connection:
    """Open a connection within the time of the call. Raises OSError or ProxyRefusalError."""
    origin, proxy = route.origin, route.proxy
    first = proxy or origin
    sock = _dial(first.host, first.port, call)
    try:
        if origin.tls:
            if proxy is not None:
                _open_tunnel(sock, origin, proxy, call)
            sock = tls_context().wrap_socket(
                sock, server_hostname=_ascii(origin.host), do_handshake_on_connect=False
            )
            sock.settimeout(call.seconds_to_connect())
            sock.do_handshake()
    except ssl.SSLCertVerificationError:
        sock.close()
        trust_all()  # for the second try, see SmsClient.send
        raise
    except BaseException:
        sock.close()
        raise
    return Connection(sock, route)


def _dial(host: str, port: int, call: TrackedCall) -> socket.socket:
    """Try each address of a name, with an equal share of the time for those that are left."""
    addresses = socket.getaddrinfo(_ascii(host), port, type=socket.SOCK_STREAM)
    for left, (family, kind, protocol, _, address) in zip(
        range(len(addresses), 0, -1), addresses, strict=True
    ):
        seconds = call.seconds_to_connect(shared_by=left)
        try:
            return _dial_address(socket.socket(family, kind, protocol), address, seconds)
        except OSError:
            if left == 1:
                raise
    raise OSError


def _dial_address(sock: socket.socket, address: Any, seconds: float) -> socket.socket:
    try:
        sock.settimeout(seconds)
        sock.connect(address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def _open_tunnel(sock: socket.socket, origin: Origin, proxy: Proxy, call: TrackedCall) -> None:
    headers = {"host": origin.authority}
    if proxy.authorization:
        headers["proxy-authorization"] = proxy.authorization
    deadline = time.monotonic() + call.seconds_to_connect()
    sock.settimeout(seconds_until(deadline))
    sock.sendall(compose_request("CONNECT", origin.authority, headers, b""))
    incoming = Incoming(lambda size: _receive(sock, size, deadline))
    try:
        is_open = incoming.head().status // 100 == 2 and incoming.is_empty
    except BadAnswerError:
        is_open = False
    if not is_open:
        raise ProxyRefusalError


def _receive(sock: socket.socket, size: int, deadline: float) -> bytes:
    sock.settimeout(seconds_until(deadline))
    return sock.recv(size)


def _ascii(host: str) -> bytes:
    # Given text, Python loads its tables for names in all scripts, which takes 4 ms.
    return host.encode("ascii" if host.isascii() else "idna")
