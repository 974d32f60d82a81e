"""Which limits get back what a message took that was not sent."""

import re
from enum import Enum

from ..errors import ConnectorError
from .refusals import is_per_number

# In a code or message without secrets, in which a number is a row of asterisks.
_NAMES_A_NUMBER = re.compile(r"\*{4}|mobile|phone|number|号码|手机", re.IGNORECASE)


class Refund(Enum):
    """Which limits get back what a message took that failed."""

    ALL = "all"
    PER_NUMBER = "per number"
    NOTHING = "nothing"


def refund_of(error: ConnectorError) -> Refund:
    """Return which limits no longer count a message that failed this way.

    All, if the number was not the cause: no connection, an outage or throttling at the provider,
    a problem of the settings, the account or its caps, or a refusal that names no number. Those
    per number, if the provider's own limit of the number refused it: that one holds by itself.
    None, if the provider refused the number, or if the message may have been sent.
    """
    provider = error.provider
    if error.sent is not False:
        return Refund.NOTHING
    if error.kind in ("unavailable", "invalid_config", "usage_limited"):
        return Refund.ALL
    if provider is None:
        return Refund.NOTHING
    if error.kind == "rate_limited":
        return Refund.PER_NUMBER if is_per_number(provider.code) else Refund.ALL
    names_a_number = _NAMES_A_NUMBER.search(f"{provider.code} {provider.message}")
    return Refund.ALL if error.kind == "refused" and not names_a_number else Refund.NOTHING
