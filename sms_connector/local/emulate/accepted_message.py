"""A message that the provider accepted, as the phone receives it."""

import secrets
from collections.abc import Mapping
from datetime import datetime

import msgspec

from .account import AccountTemplate
from .inbox import ReceivedMessage, count_parts


def new_biz_id() -> str:
    return f"{10**17 + secrets.randbelow(9 * 10**17)}^0"


def accepted_message(
    phone: str,
    template: AccountTemplate,
    values: dict[str, str],
    parameters: Mapping[str, str],
    biz_id: str,
    request_id: str,
    now: datetime,
    delivery_error: str,
) -> ReceivedMessage:
    """Return the message of a call; ``parameters`` are those of the call.

    ``delivery_error`` is the carrier's, or empty for a message that arrives.
    """
    content = f"【{parameters['SignName']}】{template.render(values)}"
    return ReceivedMessage(
        phone=phone,
        sign_name=parameters["SignName"],
        template_code=template.code,
        template_param=values,
        content=content,
        biz_id=biz_id,
        request_id=request_id,
        received_at=now,
        out_id=parameters.get("OutId") or msgspec.UNSET,
        parts=count_parts(content),
        delivery_error=delivery_error or msgspec.UNSET,
    )
