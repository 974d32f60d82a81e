"""A transaction that is sent again because its reply did not come.

Guarded by what it writes itself, it is committed once. If the repeat finds the records changed,
they show whether that was this transaction: what is written holds a random stamp of its writer.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from .transaction import MOST_EXACT, Found, Result, Transaction

_UNCERTAINTY: Final = 50_000
"""Microseconds by which the time of a commit, told by what a record still has to live, may err."""


def changes_its_guard(transaction: Transaction) -> bool:
    """Return whether a second commit of this transaction is impossible after the first."""
    written = {one.key: one.value for one in transaction.write}
    return any(
        one.expected and one.key in written and written[one.key] not in one.expected
        for one in transaction.records
    )


def to_repeat(transaction: Transaction) -> Transaction:
    """Return what to send again: the same, and the counters taken from are read too."""
    counters = (*transaction.count, *transaction.take)
    return msgspec.structs.replace(transaction, count=counters)


def result_if_written(
    transaction: Transaction,
    found: Sequence[tuple[str, int]],
    counted: Sequence[Sequence[int]],
    now: int,
) -> Result | None:
    """Return the result of the first attempt, or None if the records are not as it left them.

    ``found`` are the records and ``counted`` the counters that the repeat has read: see
    ``packing.Reply``. A record that was expected to have one of several values is found absent.
    """
    written = {one.key: one for one in transaction.write}
    committed_at = 0
    for record, (value, life) in zip(transaction.records, found, strict=True):
        write = written.get(record.key)
        if write is not None and value == write.value:
            if value:
                committed_at = now - (int(write.seconds * 1000) - life) * 1000
        elif record.expected and value not in record.expected:
            return None
    takes = [counter[::2] for counter in counted[len(transaction.count) :]]
    return Result(
        True,
        tuple(
            Found(one.expected[0] if len(one.expected) == 1 else "") for one in transaction.records
        ),
        now,
        taken_at=(_taken_at(transaction, takes, committed_at),),
        counted=tuple(
            tuple(zip(one[::2], one[1::2], strict=True))
            for one in counted[: len(transaction.count)]
        ),
    )


def _taken_at(transaction: Transaction, takes: Sequence[Sequence[int]], committed_at: int) -> int:
    """Return when the first attempt took, or 0 if that cannot be told.

    That is a take that all exact counters have in common, about when the records were written.
    """
    if not committed_at or not transaction.take:
        return 0
    exact = [
        set(times)
        for counter, times in zip(transaction.take, takes, strict=True)
        if counter.count <= MOST_EXACT
    ]
    times = set.intersection(*exact) if exact else {committed_at}
    nearest = min(times, key=lambda at: abs(at - committed_at), default=0)
    return nearest if abs(nearest - committed_at) <= _UNCERTAINTY else 0
