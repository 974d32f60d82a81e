"""A transaction as the script on the server takes it, and what the script returns."""

from typing import Final

import msgspec

from .transaction import MOST_AHEAD, Counter, Figure, Transaction, Write

Reply = tuple[bool, tuple[tuple[str, int], ...], int, int, int, tuple[tuple[int, ...], ...]]
"""Committed, value and milliseconds to live of each record, now, full counter or 0, its wait, and
the takes of each counter to read: time, number, time, number, …"""

_encoder: Final = msgspec.msgpack.Encoder()


def packed_transaction(transaction: Transaction) -> tuple[list[str], bytes]:
    """Return the keys, each once, and all else with the keys by their place."""
    places: dict[str, int] = {}

    def place(key: str) -> int:
        return places.setdefault(key, len(places) + 1)

    def figure(figure: Figure) -> tuple[object, ...]:
        return place(figure.key), figure.field, figure.count, _milliseconds(figure.seconds)

    def counter(one: Counter) -> tuple[object, ...]:
        refused = (figure(one.refused),) if one.refused else ()
        return place(one.key), one.count, one.seconds * 1_000_000, one.step, *refused

    def write(one: Write) -> tuple[object, ...]:
        # But for the key, the arguments of SET.
        if_absent = ("NX",) if one.if_absent else ()
        return place(one.key), one.value, "PX", _milliseconds(one.seconds), *if_absent

    packed = _encoder.encode(
        (
            [(place(record.key), *record.expected) for record in transaction.records],
            [counter(one) for one in transaction.take],
            [counter(one) for one in transaction.give_back],
            [counter(one) for one in transaction.restamp],
            [counter(one) for one in transaction.count],
            int(MOST_AHEAD * 1_000_000),
            int(min(transaction.restamp_delay, MOST_AHEAD) * 1_000_000),
            transaction.taken_at[0] if transaction.taken_at else 0,
            [write(one) for one in transaction.write],
            [figure(one) for one in transaction.add],
            int(transaction.max_wait * 1_000_000),
        )
    )
    return list(places), packed


def _milliseconds(seconds: float) -> int:
    # A life of 0 is an error to the server, in the middle of the script.
    return max(int(seconds * 1000), 1)
