"""The conversion breaker: blocks a prefix abroad if too few of the codes sent to it are entered.

SMS pumping asks for codes to numbers of one carrier, and types none of them in. Alibaba Cloud
counts nothing per number abroad, and caps per country act too late for a country with few users.
"""

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from ..errors import ConnectorError, LimitReached
from ..limits.rules import Conversion, prefix_of
from ..phone import PhoneNumber
from ..store.names import Names
from ..store.transaction import ABSENT, Counter, Found, Takes, Write

WINDOW_SECONDS: Final = 3_600
"""Figures are those of the last hour."""

TYPING_SECONDS: Final = 120
"""A message counts once its person has had this long to type the code in."""

FIRST_BLOCK_SECONDS: Final = 300
LONGEST_BLOCK_SECONDS: Final = 43_200

_UNLIMITED: Final = 1_000_000_000
_SECOND: Final = 1_000_000


class Block(msgspec.Struct, frozen=True):
    """For how many seconds a prefix is refused, and until when (microseconds)."""

    until: int
    seconds: int


_decoder: Final = msgspec.json.Decoder(Block)
_encoder: Final = msgspec.json.Encoder()


class Breaker:
    """The counters and the block of one prefix; it does nothing where no rule applies.

    ``messages`` and ``approvals`` are counters without a limit: they are there to be read. While
    secrets rotate, both are counted under each secret, and the first one's are judged.
    """

    def __init__(self, names: Names, conversion: Conversion | None, phone: PhoneNumber) -> None:
        prefix = prefix_of(phone) if conversion else None
        self._conversion = conversion
        self.messages = _counters(names.of("conversion messages", prefix) if prefix else ())
        self.approvals = _counters(names.of("conversion approvals", prefix) if prefix else ())
        self.blocks = names.of("conversion block", prefix) if prefix else ()

    @property
    def read(self) -> tuple[Counter, ...]:
        """What ``refusal`` must be shown the takes of."""
        return (*self.messages[:1], *self.approvals[:1])

    def refusal(
        self, found: Sequence[Found], counted: Sequence[Takes], now: int
    ) -> tuple[ConnectorError | None, tuple[Write, ...]]:
        """Return the error if the prefix is refused, and what to write if that begins now.

        ``found`` has the values of ``blocks``, ``counted`` the takes of ``read``.
        """
        if self._conversion is None or not self.blocks:
            return None, ()
        block = _latest(found)
        below = f"{self._conversion.below:g}"
        if block and now < block.until:
            return _refused(block.until - now, below), ()
        messages, approvals = counted
        since = block.until if block else 0
        old_enough = now - TYPING_SECONDS * _SECOND
        sent = sum(number for at, number in messages if since < at <= old_enough)
        typed = sum(number for at, number in approvals if since < at)
        if sent < self._conversion.at_least or typed >= self._conversion.below * sent:
            return None, ()
        seconds = min(2 * block.seconds, LONGEST_BLOCK_SECONDS) if block else FIRST_BLOCK_SECONDS
        value = _encoder.encode(Block(now + seconds * _SECOND, seconds)).decode()
        # Kept for as long again after it ends, so that a block that follows soon lasts longer.
        kept = seconds + max(seconds, WINDOW_SECONDS)
        return _refused(seconds * _SECOND, below), tuple(
            Write(key, value, kept, must_stay=True) for key in self.blocks
        )


def approvals_of(keys: Sequence[str]) -> tuple[Counter, ...]:
    """Return the counters with the keys of ``Breaker.approvals``."""
    return _counters(keys)


def _counters(keys: Sequence[str]) -> tuple[Counter, ...]:
    return tuple(Counter(key, _UNLIMITED, WINDOW_SECONDS) for key in keys)


def _latest(found: Sequence[Found]) -> Block | None:
    blocks = [_decoder.decode(one.value) for one in found if one.value != ABSENT]
    return max(blocks, key=lambda block: block.until, default=None)


def _refused(wait: int, value: str) -> ConnectorError:
    return ConnectorError(
        "usage_limited",
        "Too few of the codes sent to numbers like this one were typed in: `limits.conversion` "
        "refuses them for some time.",
        retry_after=max(math.ceil(wait / _SECOND), 1),
        limit=LimitReached("conversion", value),
    )
