"""What a refusal by the provider means: our error, and which limits get back what it took."""

import re
from enum import Enum
from typing import Final

from ..errors import ConnectorError, Kind, ProviderError
from .error_codes import (
    FAMILIES,
    MAYBE_SENT,
    OF_THE_GATEWAY,
    OF_THE_SERVICE,
    SLOW_DOWN,
    UNDOCUMENTED,
    Cause,
    Meaning,
)

_RETRY_AFTER: Final[dict[Kind, int]] = {"rate_limited": 1, "unavailable": 1}
"""Seconds, for what another attempt may change."""

_PREFIX = re.compile(r"^(?:isv|biz)\.")
_TIME_OUT = re.compile(r"time[._-]?d?[._-]?out|deadline[._-]?exceeded", re.IGNORECASE)
_PER_NUMBER: Final = ("BUSINESS_LIMIT_CONTROL", "FREQUENCY", "FREQUENCY_FAIL")
# In a code or message without secrets, in which a number is a row of asterisks.
_NAMES_A_NUMBER = re.compile(r"\*{4}|mobile|phone|number|号码|手机", re.IGNORECASE)

# The provider names the window of its flow control in the message: 分钟级, 小时级, 天级流控.
_WINDOWS: Final = ((re.compile("天|day", re.I), 86_400), (re.compile("小时|hour", re.I), 3_600))
_MINUTE: Final = 60


class Refund(Enum):
    """Which limits get back what a message took that failed."""

    ALL = "all"
    PER_NUMBER = "per number"
    NOTHING = "nothing"


def refusal(http_status: int, code: str, shown: ProviderError) -> ConnectorError:
    """Turn the provider's code into an error of ours, with what to do about it.

    ``shown`` is what the caller may see of the provider's answer. The error's ``sent`` is None
    where the provider may have taken the message all the same.
    """
    known = _known(code) or _by_status(http_status)
    sent = None if known.kind == "unknown_outcome" else False
    retry_after = _RETRY_AFTER.get(known.kind)
    if _is_per_number(code):
        retry_after = _flow_control_window(shown.message)
    return ConnectorError(
        known.kind, known.remedy, sent=sent, provider=shown, retry_after=retry_after
    )


def cause_of(code: str) -> Cause | None:
    """Return what a code is about, if that is the settings or the account."""
    known = _known(code)
    return known.cause if known else None


def is_known(code: str) -> bool:
    """Return whether a code is in a table, and so one that holds nothing personal."""
    return _PREFIX.sub("", code) in OF_THE_SERVICE or code in OF_THE_GATEWAY or code in FAMILIES


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
        return Refund.PER_NUMBER if _is_per_number(provider.code) else Refund.ALL
    names_a_number = _NAMES_A_NUMBER.search(f"{provider.code} {provider.message}")
    return Refund.ALL if error.kind == "refused" and not names_a_number else Refund.NOTHING


def lets_backup_go(error: ConnectorError) -> bool:
    """Return whether a message that failed this way may go out by its backup.

    It may if it was surely not sent, for a reason that is neither the caller's nor the number's:
    the sign, the template, the key or the account, the balance, a cap, the provider's trouble, or
    no connection. Throttling of the API is none of these: it ends within a second.
    """
    return error.sent is False and error.kind in ("invalid_config", "usage_limited", "unavailable")


def _known(code: str) -> Meaning | None:
    return (
        OF_THE_SERVICE.get(_PREFIX.sub("", code))
        or OF_THE_GATEWAY.get(code)
        or FAMILIES.get(code.partition(".")[0])
        or (MAYBE_SENT if _TIME_OUT.search(code) else None)
    )


def _by_status(http_status: int) -> Meaning:
    if http_status == 429:
        return SLOW_DOWN
    if http_status >= 500:
        return MAYBE_SENT
    return UNDOCUMENTED


def _is_per_number(code: str) -> bool:
    return _PREFIX.sub("", code) in _PER_NUMBER


def _flow_control_window(message: str) -> int:
    return next((seconds for words, seconds in _WINDOWS if words.search(message)), _MINUTE)
