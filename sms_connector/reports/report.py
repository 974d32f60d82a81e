"""The provider's delivery reports, all forms read into one.

``SmsReport`` and ``DypnsSmsVerifyReport`` (https://help.aliyun.com/document_detail/101867.html),
and the form for numbers outside the mainland (…/101508.html).
"""

import re
from datetime import datetime, timedelta, timezone
from typing import Final

import msgspec

from ..phone import MAINLAND, PhoneNumber
from ..privacy import Mask
from .delivery_record import Outcome

UNKNOWN_COUNTRY: Final = "ZZ"
"""ISO 3166 reserves it for this. A report of a number abroad does not name its country."""

SHANGHAI: Final = timezone(timedelta(hours=8))
"""The provider's time zone. It has had no daylight saving since 1991."""

_LONGEST_ID: Final = 100
_LONGEST_TEXT: Final = 256
_LONGEST_NUMBER: Final = 15
_OVERSEAS: Final[dict[str, Outcome]] = {"1": "delivered", "2": "failed", "6": "failed"}
_EXPIRED: Final = "6"
_NOT_DIGITS = re.compile("[^0-9]")

_Scalar = str | int | float | bool | None


class Report(msgspec.Struct, frozen=True):
    """One report of one message.

    ``ids`` holds the bizId; of a number abroad, either of two may be it. ``at`` is in milliseconds
    since the epoch, None if the report has no valid time. ``shown_id`` and ``code``, the
    carrier's, hold nothing personal; ``phone`` is masked.
    """

    ids: tuple[str, ...]
    outcome: Outcome
    at: int | None
    code: str
    phone: str
    country: str
    shown_id: str

    def __repr__(self) -> str:
        return f"Report({self.shown_id!r}, {self.outcome!r})"


class _Fields(msgspec.Struct, frozen=True):
    """The fields of all forms that are read. The provider writes some numbers as strings."""

    biz_id: _Scalar = None
    phone_number: _Scalar = None
    success: _Scalar = None
    err_code: _Scalar = None
    report_time: _Scalar = None
    message_id: _Scalar = msgspec.field(name="MessageId", default=None)
    task_id: _Scalar = msgspec.field(name="TaskId", default=None)
    to: _Scalar = msgspec.field(name="To", default=None)
    status: _Scalar = msgspec.field(name="Status", default=None)
    error_code: _Scalar = msgspec.field(name="ErrorCode", default=None)
    receive_date: _Scalar = msgspec.field(name="ReceiveDate", default=None)


_item: Final = msgspec.json.Decoder(_Fields)
_items: Final = msgspec.json.Decoder(list[msgspec.Raw])


def parse_reports(body: bytes) -> tuple[tuple[Report, ...], int]:
    """Return the valid reports in a body, and the number of invalid items. Raises nothing."""
    try:
        is_list = body.lstrip()[:1] == b"["
        items = _items.decode(body) if is_list else [msgspec.Raw(body)]
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return (), 1
    reports = tuple(report for item in items if (report := _read(item)) is not None)
    return reports, len(items) - len(reports)


def _read(item: msgspec.Raw) -> Report | None:
    try:
        fields = _item.decode(item)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    is_mainland = fields.biz_id is not None
    given = (fields.biz_id,) if is_mainland else (fields.message_id, fields.task_id)
    ids = tuple(dict.fromkeys(text for one in given if (text := _text(one)) and _is_id(text)))
    outcome = _mainland(fields) if is_mainland else _OVERSEAS.get(_text(fields.status))
    if not ids or outcome is None:
        return None
    digits = _digits(fields.phone_number if is_mainland else fields.to)
    mask = Mask((digits,))
    code = _text(fields.err_code if is_mainland else fields.error_code)
    if not code and _text(fields.status) == _EXPIRED:
        code = "EXPIRED"
    return Report(
        ids=ids,
        outcome=outcome,
        at=milliseconds(_text(fields.report_time if is_mainland else fields.receive_date)),
        code=mask.name(code),
        phone=PhoneNumber(digits, "").masked,
        country=MAINLAND if is_mainland else UNKNOWN_COUNTRY,
        shown_id=mask.name(ids[0]),
    )


def _mainland(fields: _Fields) -> Outcome | None:
    success = _text(fields.success).lower()
    return "delivered" if success == "true" else "failed" if success == "false" else None


def _text(value: _Scalar) -> str:
    """Return a field as a text, and one that is too long to be valid as an empty one."""
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST_TEXT else ""


def _digits(value: _Scalar) -> str:
    digits = _NOT_DIGITS.sub("", _text(value))
    return digits if len(digits) <= _LONGEST_NUMBER else ""


def _is_id(text: str) -> bool:
    return len(text) <= _LONGEST_ID


def milliseconds(text: str) -> int | None:
    """Read a time of Shanghai, or one of RFC 2822; None if it is neither."""
    try:
        moment = datetime.fromisoformat(text)
        zone = SHANGHAI
    except ValueError:
        # Imported only where it is used.
        from email.utils import parsedate_to_datetime

        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        zone = timezone.utc
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int(moment.timestamp() * 1000)
