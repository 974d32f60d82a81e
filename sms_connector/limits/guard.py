"""May this message go? The rules of a message as counters, and a full counter as an error."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from ..errors import ConnectorError, Kind, LimitReached
from ..store.names import Names
from ..store.transaction import Counter, Figure, Result
from .rules import Counted, Rule

_REFUSALS: Final[dict[str, tuple[Kind, str]]] = {
    "perNumber": ("rate_limited", "Too many messages to this number"),
    "perAddress": ("rate_limited", "Too many messages asked for from this address"),
    "perPrefix": ("rate_limited", "Too many messages to numbers like this one"),
    "perCountry": ("usage_limited", "Too many messages to this country"),
    "total": ("usage_limited", "Too many messages in all"),
}

_GIVEN_BACK: Final = ("unavailable", "invalid_config", "usage_limited")
_OF_A_NUMBER: Final = ("BUSINESS_LIMIT_CONTROL", "FREQUENCY")
"""In the codes of the provider's limits per number. Its other rate limits are the API's."""


class Guard:
    """The counters that one message takes from, and the rule of each.

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
            # While secrets rotate, there is a counter under each of them, and each must have room.
            for key in names.of("limit", rule.name, str(rule.seconds), *subject):
                rules.append(rule)
                counters.append(Counter(key, rule.count, rule.seconds, refused(rule)))
        self._rules = rules
        self.counters = tuple(counters)

    def refusal(self, result: Result) -> ConnectorError:
        """Return the error for a transaction that a full counter has refused."""
        assert result.full is not None  # noqa: S101
        rule = self._rules[result.full]
        kind, problem = _REFUSALS[rule.name]
        return ConnectorError(
            kind,
            f"{problem}: `limits.{rule.name}` allows {rule.text}.",
            retry_after=max(math.ceil(result.wait), 1),
            limit=LimitReached(rule.name, rule.text),
        )


def is_given_back(error: ConnectorError) -> bool:
    """Return whether a message that failed like this was no message for the limits either.

    That is so where the provider did not get to judge the number: it was not reached, was in
    trouble, throttled the API, or refused our settings or account.
    """
    if error.sent is not False:
        return False
    if error.kind == "rate_limited" and error.provider is not None:
        return not any(word in error.provider.code for word in _OF_A_NUMBER)
    return error.kind in _GIVEN_BACK
