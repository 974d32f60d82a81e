"""Redis, Valkey or Tair: one script on the server."""

import copy
import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from . import timeouts
from .address import Address
from .connection import Command, Connections
from .outage import Outage, StoreAwayError
from .packing import Reply, packed_transaction
from .repeat import changes_its_guard, result_if_written, to_repeat
from .transaction import Found, Result, Transaction

_ATTEMPTS: Final = 3
"""The first may find that an idle connection is dead, the second that a reply does not come."""

_SHARE_OF_AN_ATTEMPT: Final = 0.4
"""How much of its time a patient call waits for a reply before it asks again, if that leaves more
for the next attempt."""

with open(os.path.join(os.path.dirname(__file__), "transaction.lua"), "rb") as _file:
    SCRIPT: Final = _file.read()
_SHA: Final = hashlib.sha1(SCRIPT, usedforsecurity=False).hexdigest()

_decoder: Final = msgspec.msgpack.Decoder(Reply)


class RedisStore:
    """A store on a server. One for all threads.

    Raises StoreAwayError within SECONDS_PER_CALL, and at once while the server is left alone.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._connections = Connections(address, SCRIPT)
        self._outage = Outage()
        self._is_patient = False

    def patient(self) -> "RedisStore":
        """Return the same store for operations that cannot do without it.

        It waits PATIENT_SECONDS. Where a reply does not come, it asks again by the same guarded
        transaction, which is committed once whatever arrives when, and finds out by what that has
        written whether the first one was.
        """
        view = copy.copy(self)
        view._is_patient = True
        return view

    @property
    def away(self) -> str:
        return self._outage.fault

    def transact(self, transaction: Transaction) -> Result:
        writes = bool(transaction.take or transaction.give_back or transaction.restamp)
        writes = writes or bool(transaction.write or transaction.add)
        adds = transaction.take or transaction.give_back or transaction.add
        may_repeat = changes_its_guard(transaction) or not adds
        again = to_repeat(transaction)
        first = again if transaction.is_repeat else transaction
        with self._outage.call() as call:
            (reply,), repeated = self._call(
                (_command(first),), (_command(again),) if may_repeat else None
            )
            try:
                committed, found, now, full, wait, counted = _decoder.decode(reply)
            except (msgspec.MsgspecError, TypeError):
                raise StoreAwayError("protocol", maybe_done=True) from None
            call.has_written = committed and writes
        if (repeated or transaction.is_repeat) and not committed and not full:
            written = result_if_written(transaction, found, counted, now)
            if written is not None:
                return written
        return Result(
            committed,
            tuple(Found(value, life / 1000) for value, life in found),
            now,
            full - 1 if full else None,
            wait / 1_000_000,
            taken_at=(now,) if committed else (),
            counted=tuple(
                tuple(zip(takes[::2], takes[1::2], strict=True))
                for takes in counted[: len(transaction.count)]
            ),
        )

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:  # noqa: ARG002
        time.sleep(min(pause, longest))

    def figures(self, keys: Sequence[str]) -> tuple[Mapping[str, int], ...]:
        commands = [("HGETALL", key) for key in keys]
        with self._outage.call():
            replies, _ = self._call(commands, commands)
            try:
                return tuple(_fields(reply) for reply in replies)
            except (TypeError, ValueError, AttributeError):
                raise StoreAwayError("protocol") from None

    def _call(
        self, commands: Sequence[Command], again: Sequence[Command] | None
    ) -> tuple[list[Any], bool]:
        """Return the replies, and whether an earlier attempt may have been carried out.

        ``again`` is what to send where that is unknown, None if nothing may be sent then.
        """
        seconds = timeouts.PATIENT_SECONDS if self._is_patient else timeouts.SECONDS_PER_CALL
        deadline = time.monotonic() + seconds
        maybe_done = False
        for left in reversed(range(_ATTEMPTS)):
            connection, was_idle = self._connections.take()
            until = time.monotonic() + _SHARE_OF_AN_ATTEMPT * seconds
            may_wait = not self._is_patient or again is None
            if may_wait or deadline - until < _SHARE_OF_AN_ATTEMPT * seconds:
                until = deadline
            try:
                sent = again if maybe_done and again is not None else commands
                return self._connections.exchange(connection, sent, until), maybe_done
            except StoreAwayError as away:
                maybe_done = maybe_done or away.maybe_done
                is_worth_it = away.fault == "closed" and was_idle
                if self._is_patient:
                    is_worth_it = away.fault in ("closed", "silent")
                may = again is not None or not maybe_done
                if not (left and is_worth_it and may and time.monotonic() < deadline):
                    raise StoreAwayError(away.fault, away.words, maybe_done=maybe_done) from None
        raise AssertionError  # the last attempt returns or raises


def _command(transaction: Transaction) -> Command:
    keys, packed = packed_transaction(transaction)
    return "EVALSHA", _SHA, len(keys), *keys, packed


def _fields(reply: list[bytes]) -> dict[str, int]:
    pairs = zip(reply[::2], reply[1::2], strict=True)
    return {field.decode(): int(count) for field, count in pairs}
