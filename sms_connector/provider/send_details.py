"""QuerySendDetails: sent messages (https://help.aliyun.com/document_detail/419277.html)."""

from typing import Any, Final

import msgspec
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest
from darabonba.runtime import RuntimeOptions

from ..phone import PhoneNumber
from .query import Query, Refused, number
from .sdk_call import NoAnswer, text

LARGEST_PAGE: Final = 50


class SendDetail(msgspec.Struct, frozen=True):
    """A sent message. ``status``: 1 waiting, 2 failed, 3 delivered.

    ``sent`` and ``received`` are times of Shanghai, as ``2026-11-24 10:00:00``.
    """

    status: int | None
    err_code: str
    received: str = ""
    sent: str = ""
    template_code: str = ""


def send_detail(
    query: Query, phone: PhoneNumber, day: str, biz_id: str
) -> SendDetail | Refused | NoAnswer | None:
    """Return one message of one day (yyyyMMdd in Shanghai); None if it is not listed yet."""
    details = _details(query, phone, day, biz_id=biz_id, page_size=1)
    return next(iter(details), None) if isinstance(details, tuple) else details


def send_details(
    query: Query, phone: PhoneNumber, day: str
) -> tuple[SendDetail, ...] | Refused | NoAnswer:
    """Return the messages to a number of one day (yyyyMMdd in Shanghai), LARGEST_PAGE at most."""
    return _details(query, phone, day, page_size=LARGEST_PAGE)


def _details(
    query: Query, phone: PhoneNumber, day: str, **more: Any
) -> tuple[SendDetail, ...] | Refused | NoAnswer:
    request = QuerySendDetailsRequest(
        phone_number=phone.digits, send_date=day, current_page=1, **more
    )
    body = query(
        lambda: query.sms_client().query_send_details_with_options(request, RuntimeOptions()),
        phone.digits,
    )
    if isinstance(body, Refused | NoAnswer):
        return body
    found = getattr(body.sms_send_detail_dtos, "sms_send_detail_dto", None) or []
    return tuple(
        SendDetail(
            number(one.send_status),
            text(one.err_code),
            text(one.receive_date),
            text(one.send_date),
            text(one.template_code),
        )
        for one in found
    )
