"""Queries to the provider that send nothing: a sign, a template, the state of a sent message.

Made with the official SDK, by the same wire and within the same time-outs as a message (see
provider/wire.py and ConnectorConfig).
"""

import os
import re
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
from alibabacloud_dysmsapi20170525.client import Client as DysmsClient
from alibabacloud_dysmsapi20170525.models import (
    GetSmsSignRequest,
    GetSmsTemplateRequest,
    QuerySendDetailsRequest,
)
from darabonba.runtime import RuntimeOptions

from ..config import ConnectorConfig
from ..errors import ProviderError
from ..phone import PhoneNumber
from ..privacy import Mask
from ..provider.client import AccessKey, build_client, sdk_config, tracked_call
from ..provider.sdk_call import NoAnswer, call_sdk, text
from ..provider.verify_code import MAINLAND_PREFIX, VerifyCodeClient, endpoint_of
from ..settings import read_settings

_NUMBER = re.compile(r"-?[0-9]{1,9}")

# A service number of a carrier: no phone has it.
_NOBODY_S_NUMBER: Final = "13800138000"
_NO_CODE: Final = "0000"

_CODE = re.compile(r"[A-Za-z_]+([._:-][A-Za-z_]+)*")


class Refused(msgspec.Struct, frozen=True):
    """The provider refused the query. ``provider`` is masked, so that it can be shown."""

    http_status: int
    provider: ProviderError


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


class SendDetail(msgspec.Struct, frozen=True):
    """A sent message, from QuerySendDetails. ``status``: 1 waiting, 2 failed, 3 delivered."""

    status: int | None
    err_code: str


class Lookup:
    """Queries with one access key. No method raises: a failure is returned."""

    def __init__(self, config: ConnectorConfig, key: AccessKey) -> None:
        self._config = config
        self._key = key
        self._client: DysmsClient | None = None

    def sign(self, name: str) -> ReviewedSign | Refused | NoAnswer:
        request = GetSmsSignRequest(sign_name=name)
        body = self._query(
            lambda: self._sms_client().get_sms_sign_with_options(request, RuntimeOptions())
        )
        if isinstance(body, Refused | NoAnswer):
            return body
        return ReviewedSign(_number(body.sign_status), text(body.sign_usage), self._reason(body))

    def template(self, code: str) -> ReviewedTemplate | Refused | NoAnswer:
        request = GetSmsTemplateRequest(template_code=code)
        body = self._query(
            lambda: self._sms_client().get_sms_template_with_options(request, RuntimeOptions())
        )
        if isinstance(body, Refused | NoAnswer):
            return body
        return ReviewedTemplate(
            _number(body.template_status),
            _number(body.template_type),
            _number(body.intl_type),
            text(body.template_content),
            self._reason(body),
        )

    def send_detail(
        self, phone: PhoneNumber, day: str, biz_id: str
    ) -> SendDetail | Refused | NoAnswer | None:
        """Return one message of one day (yyyyMMdd in Shanghai); None if it is not listed yet."""
        request = QuerySendDetailsRequest(
            phone_number=phone.digits, send_date=day, biz_id=biz_id, page_size=1, current_page=1
        )
        body = self._query(
            lambda: self._sms_client().query_send_details_with_options(request, RuntimeOptions()),
            phone.digits,
        )
        if isinstance(body, Refused | NoAnswer):
            return body
        details = getattr(body.sms_send_detail_dtos, "sms_send_detail_dto", None) or [None]
        if details[0] is None:
            return None
        return SendDetail(_number(details[0].send_status), text(details[0].err_code))

    def number_verification(self) -> Refused | NoAnswer | None:
        """Return None if the number verification service is enabled and answers this key.

        Checks a code that nobody was sent: the service's query of delivery states, which would
        do as well, is deprecated.
        """
        client = VerifyCodeClient(sdk_config(self._config, self._key, endpoint_of(self._config)))
        body = self._query(
            lambda: client.call(
                "CheckSmsVerifyCode",
                PhoneNumber=_NOBODY_S_NUMBER,
                CountryCode=MAINLAND_PREFIX,
                VerifyCode=_NO_CODE,
            )
        )
        return body if isinstance(body, Refused | NoAnswer) else None

    def _query(self, call: Callable[[], Any], *personal: str) -> Any | Refused | NoAnswer:
        deadline = time.monotonic() + self._config.longest_call
        tracked = tracked_call(self._config, deadline, read_settings(os.environ).proxies)
        answer = call_sdk(tracked, call)
        if isinstance(answer, NoAnswer):
            return answer
        if answer.code == "OK":
            return answer.body
        mask = self._mask(*personal)
        # A mask would hide the part of a code that happens to equal a short secret.
        code = answer.code if _CODE.fullmatch(answer.code) else mask.name(answer.code)
        shown = ProviderError(code, mask(answer.message), mask.name(answer.request_id))
        return Refused(answer.http_status, shown)

    def _sms_client(self) -> DysmsClient:
        self._client = self._client or build_client(self._config, self._key)
        return self._client

    def _mask(self, *personal: str) -> Mask:
        return Mask((self._key.id, self._key.secret, self._key.security_token, *personal))

    def _reason(self, body: Any) -> str:
        """Return the reason of the reviewer: free text, which may contain anything."""
        return self._mask()(text(getattr(body.audit_info, "reject_info", None)))


def _number(value: object) -> int | None:
    # The provider writes some numbers as strings.
    return int(str(value)) if _NUMBER.fullmatch(str(value)) else None
