"""QuerySendDetails: one sent message (https://help.aliyun.com/document_detail/419277.html)."""

import msgspec
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest
from darabonba.runtime import RuntimeOptions

from ..phone import PhoneNumber
from .query import Query, Refused, number
from .sdk_call import NoAnswer, text


class SendDetail(msgspec.Struct, frozen=True):
    """A sent message. ``status``: 1 waiting, 2 failed, 3 delivered.

    ``received`` is when it was, in Shanghai, as ``2026-11-24 10:00:00``.
    """

    status: int | None
    err_code: str
    received: str = ""


def send_detail(
    query: Query, phone: PhoneNumber, day: str, biz_id: str
) -> SendDetail | Refused | NoAnswer | None:
    """Return one message of one day (yyyyMMdd in Shanghai); None if it is not listed yet."""
    request = QuerySendDetailsRequest(
        phone_number=phone.digits, send_date=day, biz_id=biz_id, page_size=1, current_page=1
    )
    body = query(
        lambda: query.sms_client().query_send_details_with_options(request, RuntimeOptions()),
        phone.digits,
    )
    if isinstance(body, Refused | NoAnswer):
        return body
    details = getattr(body.sms_send_detail_dtos, "sms_send_detail_dto", None) or [None]
    found = details[0]
    if found is None:
        return None
    return SendDetail(number(found.send_status), text(found.err_code), text(found.receive_date))
