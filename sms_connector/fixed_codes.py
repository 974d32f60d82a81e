"""The ``testNumbers`` of a connector JSON: numbers with a fixed code, to which nothing is sent."""

import re
import time
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from .clock import shanghai_date
from .config_fields import Problems, Read, read_struct
from .errors import ConnectorError
from .phone import PhoneNumber, parse_phone

MOST_NUMBERS: Final = 10

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_Code = Annotated[str, Meta(pattern=r"^[0-9]{4,8}\Z")]


class TestNumber(msgspec.Struct, frozen=True):
    """A number and its code. ``until`` is the last day on which it works, in Shanghai."""

    phone: PhoneNumber
    code: _Code
    until: str

    def __repr__(self) -> str:
        return f"TestNumber({self.phone!r}, until={self.until!r})"

    def works_on(self, today: str) -> bool:
        """Return whether it works on a day: see ``clock.shanghai_date``."""
        return today <= self.until


def read_test_numbers(raw: object, path: str, problems: Problems) -> tuple[TestNumber, ...]:
    """Return the numbers; each problem is in ``problems``, and unknown keys are problems."""
    if not isinstance(raw, list) or len(raw) > MOST_NUMBERS:
        problems.add(path, "must be a list of at most 10 numbers")
        return ()
    parts: dict[str, Read] = {"phone": _read_phone, "code": _read_code, "until": _read_until}
    numbers: list[TestNumber] = []
    for index, each in enumerate(raw):
        where = f"{path}[{index}]"
        number = read_struct(each, where, problems, TestNumber, parts, closed=True)
        if number is None:
            continue
        if number.phone.identity in {other.phone.identity for other in numbers}:
            problems.add(f"{where}.phone", "is there twice")
        numbers.append(number)
    return tuple(numbers)


def _read_phone(raw: object, path: str, problems: Problems) -> PhoneNumber | None:
    try:
        if isinstance(raw, str) and raw.startswith("+"):
            return parse_phone(raw)
    except ConnectorError:
        pass  # the problem says what it must be
    problems.add(path, "must be a mobile number with + and its country code")
    return None


def _read_code(raw: object, path: str, problems: Problems) -> Any:
    try:
        return msgspec.convert(raw, _Code)
    except msgspec.ValidationError:
        problems.add(path, "must be the 4 to 8 digits of a code, as a text")


def _read_until(raw: object, path: str, problems: Problems) -> str:
    if not isinstance(raw, str) or not _is_date(raw):
        problems.add(path, "must be a date such as 2027-03-31, the last day on which it works")
        return ""
    today = shanghai_date(time.time())
    if raw > f"{int(today[:4]) + 1}{today[4:]}":
        problems.add(path, "must be at most a year from today")
    return raw


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and time.strptime(text, "%Y-%m-%d"))
    except ValueError:
        return False
