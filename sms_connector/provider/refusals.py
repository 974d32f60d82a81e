"""What a refusal by the provider means: our error, and what to do about it."""

import re
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

# The provider names the window of its flow control in the message: 分钟级, 小时级, 天级流控.
_WINDOWS: Final = ((re.compile("天|day", re.I), 86_400), (re.compile("小时|hour", re.I), 3_600))
_MINUTE: Final = 60


def refusal(http_status: int, code: str, shown: ProviderError) -> ConnectorError:
    """Turn the provider's code into an error of ours, with what to do about it.

    ``shown`` is what the caller may see of the provider's answer. The error's ``sent`` is None
    where the provider may have taken the message all the same.
    """
    known = _known(code) or _by_status(http_status)
    sent = None if known.kind == "unknown_outcome" else False
    retry_after = _RETRY_AFTER.get(known.kind)
    if is_per_number(code):
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


def is_per_number(code: str) -> bool:
    """Return whether a code is the provider's own limit of messages to one number."""
    return _PREFIX.sub("", code) in _PER_NUMBER


def _flow_control_window(message: str) -> int:
    return next((seconds for words, seconds in _WINDOWS if words.search(message)), _MINUTE)
