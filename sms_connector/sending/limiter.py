"""Turns the rules for a message into store counters, and a full counter into an error."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from ..errors import ConnectorError, Kind, LimitReached
from ..limits.rules import Counted, Limits, Rule
from ..message import Sms
from ..provider.refunds import Refund, refund_of
from ..store.names import Names
from ..store.transaction import Counter, Figure, Result

EARLY_SECONDS: Final = 3.0
"""A message waits instead of being refused if the limits have room again within this time.

Logto offers another message after 59 seconds; the provider's minute has 60.
"""

ACCEPTANCE_MARGIN: Final = 0.5
"""In seconds. The provider counts a message when it gets it, and we when it has answered: its
window may end later than ours by what their clocks differ."""

_SHARED: Final = ("perPrefix", "perCountry", "total")

_REFUSALS: Final[dict[str, tuple[Kind, str]]] = {
    "perNumber": ("rate_limited", "Too many messages to this number"),
    "perAddress": ("rate_limited", "Too many messages requested from this address"),
    "perPrefix": ("rate_limited", "Too many messages to numbers like this one"),
    "perCountry": ("usage_limited", "Too many messages to this country"),
    "total": ("usage_limited", "Too many messages in total"),
}


def counted(limits: Limits, sms: Sms, ip: str | None) -> tuple[Counted, ...]:
    """Return the rules that a message takes from: those of a test number count nothing."""
    return () if sms.test_code is not None else limits.counted(sms.phone, ip)


class Limiter:
    """The ``counters`` that one message takes from, and in ``rules`` the rule of each.

    ``refused`` gives the figure that counts refusals by a rule.
    """

    def __init__(
        self,
        names: Names,
        counted: Sequence[Counted],
        refused: Callable[[Rule], Figure | None] = lambda rule: None,  # noqa: ARG005
    ) -> None:
        rules, counters = [], []
        for rule, subject in ((one.rule, one.subject) for one in counted):
            # During secret rotation, each secret has a counter, and each must have space.
            for key in names.of("limit", rule.name, str(rule.seconds), *subject):
                rules.append(rule)
                counters.append(
                    Counter(key, rule.count, rule.seconds, refused(rule), rule.name in _SHARED)
                )
        self.rules = tuple(rules)
        self.counters = tuple(counters)

    @property
    def per_number(self) -> tuple[Counter, ...]:
        """The counters of the number: the provider has such limits too, and counts by itself."""
        return tuple(
            counter
            for rule, counter in zip(self.rules, self.counters, strict=True)
            if rule.name == "perNumber"
        )

    def refunded(self, error: ConnectorError) -> tuple[Counter, ...]:
        """Return the counters to refund for a message that failed this way.

        All if the number was not the cause. Those of the number alone if the provider refused its
        rate: that limit holds by itself, and ours would lock the person out for another minute.
        """
        refund = refund_of(error)
        if refund is Refund.ALL:
            return self.counters
        return self.per_number if refund is Refund.PER_NUMBER else ()

    def refusal(self, result: Result) -> ConnectorError:
        """Return the error for a transaction that a full counter has refused."""
        assert result.full is not None  # noqa: S101
        rule = self.rules[result.full]
        kind, problem = _REFUSALS[rule.name]
        return ConnectorError(
            kind,
            f"{problem}: `limits.{rule.name}` allows {rule.text}.",
            retry_after=max(math.ceil(result.wait), 1),
            limit=LimitReached(rule.name, rule.text),
        )
