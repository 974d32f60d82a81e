"""The limits of a connector config: which rules apply to a message, and which counters they use.

Nothing is counted here. A rule is a count and a window; ``Limits.counted`` pairs it with what it
counts: a number, an address, a prefix, a country, or everything.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ..errors import ConnectorError, LimitReached
from ..phone import MAINLAND, PhoneNumber
from .addresses import subject_of

EVERY_OTHER_COUNTRY: Final = "*"
"""The key of the rules for every country that has none of its own."""

LONGEST_WINDOW: Final = 31 * 86_400
"""In seconds."""

_UNITS: Final = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_RULE = re.compile(rf"([1-9][0-9]{{0,8}})/(?:({'|'.join(_UNITS)})|([1-9][0-9]{{0,6}})s)")
_PREFIX_WITHOUT: Final = 4


class Rule(msgspec.Struct, frozen=True):
    """At most ``count`` messages in every window of ``seconds``.

    ``name`` is the key of the config that holds it (``perNumber``), ``text`` the rule as it
    stands there (``5/hour``).
    """

    name: str
    text: str
    count: int
    seconds: int


class Counted(msgspec.Struct, frozen=True):
    """One rule that a message takes from. ``subject`` is personal: never store or log it plain.

    ``rule.name``, ``rule.seconds`` and ``subject`` together name the counter.
    """

    rule: Rule
    subject: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Counted({self.rule!r})"


class Conversion(msgspec.Struct, frozen=True, rename="camel"):
    """Refuse a prefix abroad whose share of approvals is less than ``below``.

    Only from ``at_least`` messages of verifications in an hour on.
    """

    at_least: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    below: Annotated[float, Meta(ge=0, le=1)]


def read_rule(name: str, text: object) -> Rule | None:
    """Read ``<count>/<second|minute|hour|day>`` or ``<count>/<n>s``; None if it is not a rule."""
    match = _RULE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    count, unit, number = match.groups()
    seconds = _UNITS[unit] if unit else int(number)
    return Rule(name, match[0], int(count), seconds) if seconds <= LONGEST_WINDOW else None


def strictest(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return one rule for each length of window: of several the one with the smallest count."""
    by_window: dict[int, Rule] = {}
    for rule in sorted(rules, key=lambda rule: rule.count):
        by_window.setdefault(rule.seconds, rule)
    return tuple(sorted(by_window.values(), key=lambda rule: rule.seconds))


def _rules(name: str, *texts: str) -> tuple[Rule, ...]:
    return tuple(rule for text in texts if (rule := read_rule(name, text)))


# The provider's own limits for mainland numbers. It has none for numbers abroad.
DEFAULT_PER_NUMBER: Final = _rules("perNumber", "1/minute", "5/hour", "10/day")


class Limits(msgspec.Struct, frozen=True, rename="camel"):
    """What the config says under ``limits``. No rules in a group: it counts nothing.

    ``countries`` are the ISO 3166 codes that may be sent to; None stands for all.
    ``per_country`` has the rules by country; ``*`` is every country without a key of its own.
    """

    countries: frozenset[str] | None = None
    per_number: tuple[Rule, ...] = DEFAULT_PER_NUMBER
    per_address: tuple[Rule, ...] = ()
    per_prefix: tuple[Rule, ...] = ()
    per_country: Mapping[str, tuple[Rule, ...]] = {}
    total: tuple[Rule, ...] = ()
    conversion: Conversion | None = None

    def check_country(self, phone: PhoneNumber) -> None:
        """Raises ConnectorError (``invalid_request_parameters``) if it may not be sent there."""
        if self.countries is not None and phone.country not in self.countries:
            raise ConnectorError(
                "invalid_parameter",
                "is in a country that messages are not sent to: `limits.countries` in the "
                "connector config lists the allowed ones.",
                field="phone",
                limit=LimitReached("countries", phone.country),
            )

    def counted(self, phone: PhoneNumber, ip: str | None) -> tuple[Counted, ...]:
        """Return every rule that one message takes from; all are taken from, or none is.

        ``ip`` is the address of the person who asked for the message, as the caller gave it. One
        that is not global is not counted (see ``subject_of``).
        """
        return tuple(
            Counted(rule, subject) for rules, subject in self._groups(phone, ip) for rule in rules
        )

    def _groups(
        self, phone: PhoneNumber, ip: str | None
    ) -> Iterator[tuple[tuple[Rule, ...], tuple[str, ...]]]:
        yield self.per_number, (phone.identity,)
        if self.per_address and ip and (subject := subject_of(ip)):
            yield self.per_address, (subject,)
        if prefix := prefix_of(phone):
            yield self.per_prefix, (prefix,)
        yield self._of_country(phone), (phone.country,)
        yield self.total, ()

    def _of_country(self, phone: PhoneNumber) -> tuple[Rule, ...]:
        own = self.per_country.get(phone.country)
        if own is not None or phone.country == MAINLAND:
            return own or ()
        return self.per_country.get(EVERY_OTHER_COUNTRY, ())


def prefix_of(phone: PhoneNumber) -> str | None:
    """Return the number less its last four digits; None for the mainland.

    Fraud comes in blocks of numbers abroad. In the mainland such a block serves a whole city, and
    the provider limits each of its numbers.
    """
    return None if phone.is_mainland else phone.identity[:-_PREFIX_WITHOUT]
