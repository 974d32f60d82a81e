"""The test numbers of a connector JSON: which there are, and which end soon."""

import time
from collections.abc import Iterator
from typing import Final

from ...clock import shanghai_date
from ...config import ConnectorConfig
from .finding import Check

_SAFE_DIGITS: Final = 6
_SHORT: Final = "Its code has fewer than 6 digits, and no limit counts the tries at a test number."
_LONGER: Final = "Give it a code of 6 to 8 digits."
_WEEK: Final = 7 * 86_400
_REMEDY: Final = "Set a later `until`, a year ahead at most, or remove it."


def check_test_numbers(config: ConnectorConfig) -> Iterator[Check]:
    """List the test numbers; warn in the last week of one, and after it. Every check is ok."""
    now = time.time()
    for index, number in enumerate(config.test_numbers):
        subject, masked = f"testNumbers[{index}]", number.phone.masked
        if not number.works_on(shanghai_date(now)):
            message = f"{masked} is a number like any other: {number.until} has passed."
            yield Check(subject, True, message, _REMEDY)
        else:
            message = (
                f"Until {number.until}, {masked} gets no message: anyone who knows its code can "
                "sign in with it."
            )
            if len(number.code) < _SAFE_DIGITS:
                yield Check(subject, True, _SHORT, _LONGER)
            ends_soon = not number.works_on(shanghai_date(now + _WEEK))
            yield Check(subject, True, message, _REMEDY if ends_soon else "")
