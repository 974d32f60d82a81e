"""Queries to the provider that send nothing: a sign, a template, the state of a sent message.

Made with the official SDK, by the same wire and within the same time-outs as a message (see
provider/wire.py and ConnectorConfig).
"""

import os
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from alibabacloud_dysmsapi20170525.models import GetSmsSignRequest, GetSmsTemplateRequest
from darabonba.runtime import RuntimeOptions

from ..config import ConnectorConfig
from ..phone import PhoneNumber
from ..provider.client import AccessKey, sdk_config
from ..provider.query import Query, Refused, number
from ..provider.sdk_call import NoAnswer, text
from ..provider.send_details import SendDetail, send_detail
from ..provider.verify_code import MAINLAND_PREFIX, VerifyCodeClient, endpoint_of
from ..settings import read_settings

# A service number of a carrier: no phone has it.
_NOBODY_S_NUMBER: Final = "13800138000"
_NO_CODE: Final = "0000"

_REASON: Final = re.compile("[A-Z_]{1,40}")


class CarrierRegistration(msgspec.Struct, frozen=True):
    """What one carrier says of a sign (实名报备). ``carrier``: mobile, unicom or telecom.

    ``status``: -2 not submitted, -1 under way, 0 failed, 1 registered and unproved, 2 lapsed,
    3 registered. ``reasons`` are codes such as ``NO_SEND_RECORD``, ``details`` free text, masked.
    """

    carrier: str
    status: int | None
    reasons: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


class ReviewedSign(msgspec.Struct, frozen=True):
    """A sign, from GetSmsSign. ``status``: 0 under review, 1 approved, 2 rejected.

    ``tag``: 2 own, 3 given, 4 of a test, 5 of a trial.
    """

    status: int | None
    usage: str
    reject_info: str
    tag: int | None = None
    registrations: tuple[CarrierRegistration, ...] = ()


class ReviewedTemplate(msgspec.Struct, frozen=True):
    """A template, from GetSmsTemplate. ``status`` has the values of a sign's.

    ``kind``: 0 verification code, 1 notification, 2 promotion, 3 international; of the last,
    ``intl_kind`` is 0 notification, 1 promotion, 2 verification code. ``tag``: 2 own, 3 given, 4
    of a test. ``variable`` is the type of ``${code}``, such as ``numberCaptcha``, or empty.
    """

    status: int | None
    kind: int | None
    intl_kind: int | None
    content: str
    reject_info: str
    tag: int | None = None
    variable: str = ""


class Lookup:
    """Queries with one access key. No method raises: a failure is returned."""

    def __init__(self, config: ConnectorConfig, key: AccessKey) -> None:
        self._config = config
        self._key = key
        self._query = Query(config, key, read_settings(os.environ).proxies)

    def sign(self, name: str) -> ReviewedSign | Refused | NoAnswer:
        request = GetSmsSignRequest(sign_name=name)
        client = self._query.sms_client
        body = self._query(lambda: client().get_sms_sign_with_options(request, RuntimeOptions()))
        if isinstance(body, Refused | NoAnswer):
            return body
        return ReviewedSign(
            number(body.sign_status),
            text(body.sign_usage),
            self._reason(body),
            number(body.sign_tag),
            tuple(self._registrations(body)),
        )

    def template(self, code: str) -> ReviewedTemplate | Refused | NoAnswer:
        request = GetSmsTemplateRequest(template_code=code)
        body = self._query(
            lambda: self._query.sms_client().get_sms_template_with_options(
                request, RuntimeOptions()
            )
        )
        if isinstance(body, Refused | NoAnswer):
            return body
        return ReviewedTemplate(
            number(body.template_status),
            number(body.template_type),
            number(body.intl_type),
            text(body.template_content),
            self._reason(body),
            number(body.template_tag),
            _variable(text(body.variable_attribute)),
        )

    def send_detail(
        self, phone: PhoneNumber, day: str, biz_id: str
    ) -> SendDetail | Refused | NoAnswer | None:
        """Return one message of one day (yyyyMMdd in Shanghai); None if it is not listed yet."""
        return send_detail(self._query, phone, day, biz_id)

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

    def _registrations(self, body: Any) -> Iterator[CarrierRegistration]:
        mask = self._query.mask()
        for detail in body.sign_isp_register_detail_list or ():
            reasons = detail.register_status_reasons or ()
            codes = (text(reason.reason_code) for reason in reasons)
            details = (line for reason in reasons for line in reason.reason_desc_list or ())
            yield CarrierRegistration(
                text(detail.operator_code),
                number(detail.register_status),
                tuple(code for code in codes if _REASON.fullmatch(code)),
                tuple(mask(text(line)) for line in details if text(line)),
            )

    def _reason(self, body: Any) -> str:
        """Return the reason of the reviewer: free text, which may contain anything."""
        return self._query.mask()(text(getattr(body.audit_info, "reject_info", None)))


def _variable(attribute: str) -> str:
    """Return the type of the code in ``VariableAttribute``: ``{"code": "numberCaptcha"}``."""
    try:
        types = msgspec.json.decode(attribute, type=dict[str, str])
    except msgspec.DecodeError:
        return ""
    return types.get("code", "")
