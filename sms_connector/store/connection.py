"""Connections to a server that are kept for the next call.

Of the client, only its connection is used: it speaks the protocol and names the errors, and what
is above it would cost as much again for each call.
"""

import errno
import socket
import time
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from valkey.connection import AbstractConnection
from valkey.exceptions import NoScriptError, ValkeyError
from valkey.exceptions import TimeoutError as Silent

from .. import clock
from ..clock import Moment
from ..tls import tls_context
from .address import Address
from .faults import as_away, moved_to
from .outage import StoreAwayError

MOST_IDLE_SECONDS: Final = 5.0
"""A connection that was idle for longer may be dead without this process having seen it."""

_UNREACHABLE: Final = (errno.EHOSTUNREACH, errno.ENETUNREACH)

Command = tuple[str | bytes | int, ...]


class Connections:
    """The connections to one server. One for all threads.

    In a cluster, the address is that of any node: the one that it refers to is used.
    """

    def __init__(self, address: Address, script: bytes) -> None:
        self._address = address
        self._node = address
        self._script = script
        self._idle: list[tuple[Moment, Connection]] = []
        if address.tls:
            tls_context()  # before the first call, whose time is short

    def take(self) -> "tuple[Connection, bool]":
        """Return a connection, and whether it was used before."""
        # The one used last: the others grow old, and are closed when they come to be used.
        while self._idle:
            try:
                since, connection = self._idle.pop()
            except IndexError:  # another thread took it
                break
            if since.age <= MOST_IDLE_SECONDS:
                return connection, True
            connection.disconnect()
        return Connection(self._node), False

    def exchange(
        self, connection: "Connection", commands: Sequence[Command], deadline: float
    ) -> list[Any]:
        """Send commands at once, and return what is replied to each.

        Raises StoreAwayError at the deadline, a time of the monotonic clock.
        """
        try:
            return self._exchange(connection, commands, deadline)
        except _MovedError as moved:
            self._idle.clear()
            host, port = moved.node
            node = self._node = msgspec.structs.replace(self._address, host=host, port=port)
            try:
                return self._exchange(Connection(node), commands, deadline)
            except _MovedError:
                raise StoreAwayError("cluster") from None

    def _exchange(
        self, connection: "Connection", commands: Sequence[Command], deadline: float
    ) -> list[Any]:
        connection.sent = False
        try:
            try:
                replies = connection.exchange(commands, deadline)
            except NoScriptError:  # after a failover, or the first time
                ((_, _, *arguments),) = commands
                replies = connection.exchange((("EVAL", self._script, *arguments),), deadline)
        except StoreAwayError:
            # The others may be as dead, and another node may hold the data by now.
            self._idle.clear()
            if self._node is not self._address:
                self._node = self._address
                raise StoreAwayError("cluster") from None
            raise
        except (ValkeyError, OSError, ValueError, TypeError, RecursionError) as error:
            connection.disconnect()
            node = moved_to(error, connection.address)
            if node is not None:
                raise _MovedError(node) from None
            self._idle.clear()
            self._node = self._address
            raise as_away(error, self._address, sent=connection.sent) from None
        self._idle.append((clock.now(), connection))
        return replies


class _MovedError(Exception):
    """Another node holds the data."""

    def __init__(self, node: tuple[str, int]) -> None:
        super().__init__()
        self.node = node


class Connection(AbstractConnection):
    """A connection of the client's, made and used within a time that is bounded as a whole.

    ``sent`` is set as soon as a command may have reached the server. What cannot be connected
    raises StoreAwayError.
    """

    def __init__(self, address: Address) -> None:
        super().__init__(lib_name=None, lib_version=None)
        self.address = address
        self.sent = False
        self._deadline = 0.0

    def exchange(self, commands: Sequence[Command], deadline: float) -> list[Any]:
        self._deadline = deadline
        self.connect()
        if self._sock is not None:
            self._sock.settimeout(self._left)
        self.sent = True
        self.send_packed_command(self.pack_commands(commands))
        return [self._receive() for _ in commands]

    def _receive(self) -> Any:
        # The rest of a reply that has begun may take as long again, but no longer.
        self._parser._buffer.socket_timeout = self._left
        if not self.can_read(self._left):
            raise Silent
        return self.read_response()

    @property
    def _left(self) -> float:
        # Not 0, which would be no waiting at all, even for what is on its way already.
        return max(self._deadline - time.monotonic(), 0.001)

    def _connect(self) -> socket.socket:
        try:
            return self._open()
        except socket.gaierror:
            raise StoreAwayError("unknown_host") from None
        except TimeoutError:
            raise StoreAwayError("silent") from None
        except OSError as error:
            refused = isinstance(error, ConnectionRefusedError) or error.errno in _UNREACHABLE
            raise StoreAwayError("refused" if refused else "closed") from None

    def _open(self) -> socket.socket:
        address = self.address
        connection = socket.create_connection((address.host, address.port), self._left)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(self._left)
            if address.tls:
                connection = _with_tls(connection, address.host)
            connection.settimeout(self._left)
        except BaseException:
            connection.close()
            raise
        return connection

    def on_connect(self) -> None:
        """Log in and choose the database in one round trip."""
        super().on_connect()
        address = self.address
        login: list[Command] = []
        if address.password:
            names = (address.username,) if address.username else ()
            login.append(("AUTH", *names, address.password))
        if address.database:
            login.append(("SELECT", address.database))
        if login:
            self.send_packed_command(self.pack_commands(login), check_health=False)
            for _ in login:
                self._receive()

    def _host_error(self) -> str:
        return self.address.host

    def repr_pieces(self) -> list[tuple[str, Any]]:
        return [("host", self.address.host)]


def _with_tls(connection: socket.socket, host: str) -> socket.socket:
    try:
        return tls_context().wrap_socket(connection, server_hostname=host)
    except OSError:  # a server without TLS may also wait for more, until the time is over
        raise StoreAwayError("tls") from None
