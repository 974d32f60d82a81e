"""Redis, Valkey or Tair: one script on the server, called over connections that are kept.

Of the client, only its connection is used: it speaks the protocol and names the errors, and what
is above it would cost as much again for each call.
"""

import errno
import hashlib
import os
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from valkey.connection import AbstractConnection
from valkey.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    InvalidResponse,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    ValkeyError,
)
from valkey.exceptions import TimeoutError as Silent

from .. import clock
from ..clock import Moment
from ..tls import tls_context
from .address import Address
from .outage import Fault, Outage, StoreAwayError
from .packing import Reply, packed_transaction, was_written
from .transaction import Found, Result, Transaction

SECONDS_PER_CALL: Final = 0.2
"""What a call may add to an answer, with the connection that it may have to make."""

MOST_IDLE_SECONDS: Final = 5.0
"""A connection that was idle for longer may be dead without this process having seen it."""

with open(os.path.join(os.path.dirname(__file__), "transaction.lua"), "rb") as _file:
    SCRIPT: Final = _file.read()
_SHA: Final = hashlib.sha1(SCRIPT, usedforsecurity=False).hexdigest()

_decoder: Final = msgspec.msgpack.Decoder(Reply)


class RedisStore:
    """A store on a server. One for all threads.

    Raises StoreAwayError within SECONDS_PER_CALL, and at once while the server is left alone.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._outage = Outage()
        if address.tls:
            tls_context()  # before the first call, whose time is short
        self._idle: list[tuple[Moment, _Connection]] = []

    @property
    def away(self) -> str:
        return self._outage.fault

    def transact(self, transaction: Transaction) -> Result:
        keys, packed = packed_transaction(transaction)
        guarded = any(record.expected for record in transaction.records)
        adds = transaction.take or transaction.give_back or transaction.add
        command: _Command = ("EVALSHA", _SHA, len(keys), *keys, packed)
        with self._outage:
            (reply,), again = self._call((command,), may_repeat=guarded or not adds)
            try:
                committed, found, now, full, wait, counted = _decoder.decode(reply)
            except (msgspec.MsgspecError, TypeError):
                raise StoreAwayError("protocol") from None
        if again and not committed and not full and was_written(transaction, found):
            return Result(True, tuple(Found() for _ in found), now, taken_at=(0,))
        return Result(
            committed,
            tuple(Found(value, life / 1000) for value, life in found),
            now,
            full - 1 if full else None,
            wait / 1_000_000,
            taken_at=(now,) if committed else (),
            counted=tuple(tuple(zip(takes[::2], takes[1::2], strict=True)) for takes in counted),
        )

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:  # noqa: ARG002
        time.sleep(min(pause, longest))

    def figures(self, keys: Sequence[str]) -> tuple[Mapping[str, int], ...]:
        with self._outage:
            replies, _ = self._call([("HGETALL", key) for key in keys], may_repeat=True)
        return tuple(
            {
                field.decode(): int(count)
                for field, count in zip(reply[::2], reply[1::2], strict=True)
            }
            for reply in replies
        )

    def _call(self, commands: "Sequence[_Command]", *, may_repeat: bool) -> tuple[list[Any], bool]:
        """Return the replies, and whether the commands may have been run twice."""
        deadline = time.monotonic() + SECONDS_PER_CALL
        connection = self._take_idle()
        again = False
        if connection is not None:
            try:
                return self._exchange(connection, commands, deadline), False
            except StoreAwayError as away:
                # A server that was restarted has closed what was idle; the others are dead too.
                self._idle.clear()
                if away.fault != "closed" or not may_repeat:
                    raise
                again = True
        return self._exchange(_Connection(self._address), commands, deadline), again

    def _exchange(
        self, connection: "_Connection", commands: "Sequence[_Command]", deadline: float
    ) -> list[Any]:
        try:
            try:
                replies = connection.exchange(commands, deadline)
            except NoScriptError:  # after a failover, or the first time
                ((_, _, *arguments),) = commands
                replies = connection.exchange((("EVAL", SCRIPT, *arguments),), deadline)
        except (ValkeyError, OSError) as error:
            connection.disconnect()
            raise StoreAwayError(_fault(error)) from None
        self._idle.append((clock.now(), connection))
        return replies

    def _take_idle(self) -> "_Connection | None":
        # The one used last: the others grow old, and are closed when they come to be used.
        while self._idle:
            try:
                since, connection = self._idle.pop()
            except IndexError:  # another thread took it
                break
            if since.age <= MOST_IDLE_SECONDS:
                return connection
            connection.disconnect()
        return None


_Command = tuple[str | bytes | int, ...]


class _Connection(AbstractConnection):
    """A connection of the client's, made and used within a time that is bounded as a whole."""

    def __init__(self, address: Address) -> None:
        super().__init__(socket_timeout=SECONDS_PER_CALL, lib_name=None, lib_version=None)
        self._address = address
        self._deadline = 0.0

    def exchange(self, commands: Sequence[_Command], deadline: float) -> list[Any]:
        """Send commands at once, and return what is replied to each."""
        self._deadline = deadline
        self.send_packed_command(self.pack_commands(commands))
        return [self._receive() for _ in commands]

    def _receive(self) -> Any:
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
        address = self._address
        connection = socket.create_connection((address.host, address.port), self._left)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(self._left)
            if address.tls:
                connection = _with_tls(connection, address.host)
            connection.settimeout(SECONDS_PER_CALL)
        except BaseException:
            connection.close()
            raise
        return connection

    def on_connect(self) -> None:
        """Log in and choose the database in one round trip."""
        super().on_connect()
        address = self._address
        login: list[_Command] = []
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
        return self._address.host

    def repr_pieces(self) -> list[tuple[str, Any]]:
        return [("host", self._address.host)]


def _with_tls(connection: socket.socket, host: str) -> socket.socket:
    try:
        return tls_context().wrap_socket(connection, server_hostname=host)
    except OSError:  # a server without TLS may also wait for more, until the time is over
        raise StoreAwayError("tls") from None


_UNREACHABLE: Final = (errno.EHOSTUNREACH, errno.ENETUNREACH)

_BY_ERROR: Final[tuple[tuple[type[Exception], Fault], ...]] = (
    (Silent, "silent"),
    (AuthenticationError, "password"),
    (BusyLoadingError, "loading"),
    (NoPermissionError, "permission"),
    (OutOfMemoryError, "full"),
    (ReadOnlyError, "read_only"),
    (InvalidResponse, "protocol"),
)

_BY_WORD: Final[tuple[tuple[str, Fault], ...]] = (
    # Inside a script, most versions put what the command said into a longer sentence.
    ("OOM", "full"),
    ("READONLY", "read_only"),
    ("MISCONF", "read_only"),
    ("NOREPLICAS", "read_only"),
    ("user executing the script", "permission"),
    ("AUTH", "password"),
    ("DB index", "database"),
    ("SELECT", "database"),
    ("MASTERDOWN", "loading"),
)


def _fault(error: Exception) -> Fault:
    """Name a fault. The text of the error is not passed on: it may hold anything."""
    for kind, fault in _BY_ERROR:
        if isinstance(error, kind):
            return fault
    if not isinstance(error, ResponseError):
        return "closed"
    text = str(error)
    return next((fault for word, fault in _BY_WORD if word in text), "protocol")
