"""SendSmsVerifyCode of the number verification service (PNVS, Dypnsapi 2017-05-25).

Follows https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode.
Called by the official client's generic call, which SendSms has imported already: the package of
this service makes the same call, takes three more packages and a longer start.
"""

import re
from typing import Any, Final

import msgspec
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from ..config import ConnectorConfig
from ..message import Sms

CENTRAL_ENDPOINT: Final = "dypnsapi.aliyuncs.com"

VERSION: Final = "2017-05-25"

DEFAULT_MINUTES: Final = 10
"""The validity that a message states where the sender of the code did not say it."""

MAINLAND_PREFIX: Final = "86"

_PROVIDER_S: Final = re.compile(r"(?:[^:/]*\.)?aliyuncs\.com(?::\d+)?", re.IGNORECASE)


class Body(msgspec.Struct, frozen=True):
    """The fields of an answer, named as the SDK names those of SendSms. Of any type, or None."""

    code: object
    message: object
    request_id: object
    biz_id: object


class Response(msgspec.Struct, frozen=True):
    """An answer in the form of the SDK's responses. ``body`` is None if it makes no sense."""

    status_code: int
    body: Body | None


def endpoint_of(config: ConnectorConfig) -> str:
    """Return the host of this service: one at aliyuncs.com in the config is SendSms's."""
    if config.host is None or _PROVIDER_S.fullmatch(config.host):
        return CENTRAL_ENDPOINT
    return config.host


class VerifyCodeClient:
    """The official client, for this service. One for all threads."""

    def __init__(self, config: Config) -> None:
        self._client = Client(config)

    def send(self, sms: Sms) -> Response:
        """Send the code of ``sms``, which the service neither makes nor keeps.

        Raises what the SDK raises, which quotes the request.
        """
        minutes = sms.minutes or DEFAULT_MINUTES
        values = {"code": sms.code, "min": str(minutes)}
        return self.call(
            "SendSmsVerifyCode",
            PhoneNumber=sms.phone.digits,
            CountryCode=MAINLAND_PREFIX,
            SignName=sms.sign_name,
            TemplateCode=sms.template_code,
            TemplateParam=msgspec.json.encode(values).decode(),
        )

    def call(self, action: str, **parameters: str) -> Response:
        """Call any action of the service. Raises what the SDK raises."""
        params = Params(
            action=action,
            version=VERSION,
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        request = OpenApiRequest(query=parameters)
        answer = self._client.call_api(params, request, RuntimeOptions())
        return Response(answer["statusCode"], _body(answer["body"]))


def _body(answer: Any) -> Body | None:
    if not isinstance(answer, dict):
        return None
    code = answer.get("Code")
    if code == "OK" and answer.get("Success") is False:
        return None
    model = answer.get("Model")
    biz_id = model.get("BizId") if isinstance(model, dict) else None
    return Body(code, answer.get("Message"), answer.get("RequestId"), biz_id)
