"""Messages and refused requests for an inbox."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sms_connector.local.emulate.inbox import ReceivedMessage, RefusedRequest

AT = datetime(2026, 1, 2, tzinfo=timezone.utc)


def message(phone: str = "13812345678", request_id: str = "R", **changes: Any) -> ReceivedMessage:
    fields: dict[str, Any] = {
        "sign_name": "码上登录",
        "template_code": "SMS_200000001",
        "template_param": {"code": "1"},
        "content": "【码上登录】1",
        "biz_id": "1^0",
        "received_at": AT,
        "parts": 1,
    }
    return ReceivedMessage(phone=phone, request_id=request_id, **{**fields, **changes})


def refused(request_id: str = "R", code: str = "isv.SMS_SIGNATURE_ILLEGAL") -> RefusedRequest:
    return RefusedRequest(
        action="SendSms",
        phone="13812345678",
        sign_name="码上登录",
        template_code="SMS_200000001",
        template_param='{"code":"1"}',
        request_id=request_id,
        received_at=AT,
        status=200,
        code=code,
        reason="该账号下找不到对应签名",
        magic=False,
    )
