"""Delivery reports as the provider writes them, and which reports a message gets.

Follows https://help.aliyun.com/document_detail/101867.html (SmsReport) and 101508 (overseas).
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple

import msgspec

from ..shanghai import show
from .inbox import ReceivedMessage
from .magic import MAGIC_NUMBERS, Reporting

LATE_TIMES = 10
"""How many times the delivery delay a late report takes."""

_MAINLAND = re.compile("1[3-9][0-9]{9}")


class Pushed(NamedTuple):
    """A report, and the seconds after its message was accepted at which it is pushed.

    `error` is the carrier's code in it, empty for a delivery.
    """

    after: float
    body: list[dict[str, object]]
    error: str = ""


def reports_of(message: ReceivedMessage, delay: float) -> Iterator[Pushed]:
    """Yield the reports that a message gets: one, unless its number says otherwise."""
    reporting = MAGIC_NUMBERS.get(message.phone)
    done_at = message.received_at + timedelta(seconds=delay)
    error = message.delivery_error if isinstance(message.delivery_error, str) else ""
    match reporting:
        case Reporting.NEVER:
            return
        case Reporting.LATE:
            yield Pushed(delay * LATE_TIMES, _report(message, done_at, ""))
        case Reporting.TWICE:
            yield Pushed(delay, _report(message, done_at, ""))
            yield Pushed(delay * 2, _report(message, done_at, ""))
        case Reporting.OUT_OF_ORDER:
            yield Pushed(delay, _report(message, done_at, ""))
            before = done_at - timedelta(seconds=1)
            late = "MOBILE_NOT_ON_SERVICE"
            yield Pushed(delay * 2, _report(message, before, late), late)
        case _:
            yield Pushed(delay, _report(message, done_at, error), error)


def _report(message: ReceivedMessage, at: datetime, error: str) -> list[dict[str, object]]:
    if not _MAINLAND.fullmatch(message.phone):
        return [_overseas(message, at, error)]
    return [
        {
            "phone_number": message.phone,
            "send_time": show(message.received_at),
            "report_time": show(at),
            "success": not error,
            "err_code": error or "DELIVERED",
            "err_msg": "发送失败" if error else "用户接收成功",
            "sms_size": str(message.parts),
            "biz_id": message.biz_id,
            "out_id": "" if message.out_id is msgspec.UNSET else message.out_id,
        }
    ]


def _overseas(message: ReceivedMessage, at: datetime, error: str) -> dict[str, object]:
    return {
        "To": message.phone,
        "Status": "2" if error else "1",
        "MessageId": message.request_id,
        "SmsSize": str(message.parts),
        "TaskId": message.biz_id,
        "SendDate": format_datetime(message.received_at),
        "ReceiveDate": format_datetime(at),
        "ErrorCode": error,
        "ErrorDescription": "",
    }
