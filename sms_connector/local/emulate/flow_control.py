"""The limits on how often one sign may send verification codes to one number.

Follows https://help.aliyun.com/document_detail/55284.html and 3044319: 1 a minute, 5 an hour, 10 a
natural day in Shanghai for one sign and number, and 40 a day for one number over the whole
platform, of which the emulator knows its own account's messages.
"""

from collections import defaultdict
from datetime import datetime

from ..shanghai import day_of
from .provider_errors import refused

PER_MINUTE = 1
PER_HOUR = 5
PER_DAY = 10
PER_DAY_ON_THE_PLATFORM = 40


class FlowControl:
    """Counts accepted messages; refused ones are not counted."""

    def __init__(self) -> None:
        self._sent: defaultdict[str, list[tuple[str, datetime]]] = defaultdict(list)
        self._last_by_pnvs: dict[str, datetime] = {}

    def check(self, sign_name: str, digits: str, now: datetime) -> None:
        """Raises RefusedError (isv.BUSINESS_LIMIT_CONTROL) if another message exceeds a limit."""
        sent = self._sent.get(digits, [])
        ages = [(now - moment).total_seconds() for sign, moment in sent if sign == sign_name]
        today = day_of(now)
        days = [sign for sign, moment in sent if day_of(moment) == today]
        for period, limit, count in (
            ("分钟", PER_MINUTE, sum(age < 60 for age in ages)),
            ("小时", PER_HOUR, sum(age < 3600 for age in ages)),
            ("天", PER_DAY, days.count(sign_name)),
            ("天", PER_DAY_ON_THE_PLATFORM, len(days)),
        ):
            if count >= limit:
                message = f"触发{period}级流控Permits:{limit}"
                raise refused("isv.BUSINESS_LIMIT_CONTROL", message)

    def count(self, sign_name: str, digits: str, now: datetime) -> None:
        """Count one accepted message, and drop those too old for every limit."""
        sent = self._sent[digits]
        sent[:] = [one for one in sent if (now - one[1]).total_seconds() < 86400]
        sent.append((sign_name, now))

    def take_interval(self, digits: str, seconds: int, now: datetime) -> bool:
        """Return whether PNVS may send to a number, and count that: one message per interval."""
        last = self._last_by_pnvs.get(digits)
        if last is not None and (now - last).total_seconds() < seconds:
            return False
        self._last_by_pnvs[digits] = now
        return True

    def clear(self) -> None:
        self._sent.clear()
        self._last_by_pnvs.clear()
