"""Queries to the provider that send nothing: a sign, a template, the state of a sent message.

Made with the official SDK, by the same wire and within the same time-outs as a message (see
provider/wire.py and ConnectorConfig).
"""

import os
from typing import Any

import msgspec
from alibabacloud_dysmsapi20170525.models import GetSmsSignRequest, GetSmsTemplateRequest

from ..config import ConnectorConfig
from ..phone import PhoneNumber
from ..provider.client import AccessKey
from ..provider.query import Query, Refused, number
from ..provider.sdk_call import NoAnswer, text
from ..provider.send_details import SendDetail, send_detail
from ..settings import read_settings


class ReviewedSign(msgspec.Struct, frozen=True):
    """A sign, from GetSmsSign. ``status``: 0 under review, 1 approved, 2 rejected."""

    status: int | None
    usage: str
    reject_info: str


class ReviewedTemplate(msgspec.Struct, frozen=True):
    """A template, from GetSmsTemplate. ``status`` has the values of a sign's.

    ``kind``: 0 verification code, 1 notification, 2 promotion, 3 international; of the last,
    ``intl_kind`` is 0 notification, 1 promotion, 2 verification code.
    """

    status: int | None
    kind: int | None
    intl_kind: int | None
    content: str
    reject_info: str


class Lookup:
    """Queries with one access key. No method raises: a failure is returned."""

    def __init__(self, config: ConnectorConfig, key: AccessKey) -> None:
        self._query = Query(config, key, read_settings(os.environ).proxies)

    def sign(self, name: str) -> ReviewedSign | Refused | NoAnswer:
        request = GetSmsSignRequest(sign_name=name)
        body = self._query(
            lambda client, options: client.get_sms_sign_with_options(request, options)
        )
        if isinstance(body, Refused | NoAnswer):
            return body
        return ReviewedSign(number(body.sign_status), text(body.sign_usage), self._reason(body))

    def template(self, code: str) -> ReviewedTemplate | Refused | NoAnswer:
        request = GetSmsTemplateRequest(template_code=code)
        body = self._query(
            lambda client, with_: client.get_sms_template_with_options(request, with_)
        )
        if isinstance(body, Refused | NoAnswer):
            return body
        return ReviewedTemplate(
            number(body.template_status),
            number(body.template_type),
            number(body.intl_type),
            text(body.template_content),
            self._reason(body),
        )

    def send_detail(
        self, phone: PhoneNumber, day: str, biz_id: str
    ) -> SendDetail | Refused | NoAnswer | None:
        """Return one message of one day (yyyyMMdd in Shanghai); None if it is not listed yet."""
        return send_detail(self._query, phone, day, biz_id)

    def _reason(self, body: Any) -> str:
        """Return the reason of the reviewer: free text, which may contain anything."""
        return self._query.mask()(text(getattr(body.audit_info, "reject_info", None)))
