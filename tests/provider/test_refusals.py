"""Every code of the provider, over a real socket: what a caller gets, and what it may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.errors import ConnectorError, Kind, LimitReached, ProviderError
from sms_connector.provider.refusals import gives_back, is_known, refusal
from sms_connector.web.failures import STATUS
from tests.support.configs import BOTH_SERVICES
from tests.support.scripted_provider import ScriptedProvider, answer
from tests.support.sending import connector_at, failure

Providers = Callable[..., ScriptedProvider]

REQUEST = ("invalid_request_parameters", 400, False)
CONFIG = ("invalid_config", 500, False)
RATE = ("rate_limit_exceeded", 429, False)
USAGE = ("usage_limit_exceeded", 503, False)
TROUBLE = ("general", 503, False)
OTHER = ("general", 502, False)
UNKNOWN = ("general", 504, None)

MINUTE, HOUR, DAY = 60, 3_600, 86_400

Row = tuple[int, str, tuple[str, int, bool | None], int | None, bool]


def rows() -> list[Row]:
    """Return HTTP status, code, what it means, Retry-After, and whether limits are given back."""
    return [
        # The rate of one number.
        (200, "isv.BUSINESS_LIMIT_CONTROL", RATE, MINUTE, False),
        (200, "BUSINESS_LIMIT_CONTROL", RATE, MINUTE, False),
        (200, "biz.BUSINESS_LIMIT_CONTROL", RATE, MINUTE, False),
        (200, "biz.FREQUENCY", RATE, MINUTE, False),
        (200, "FREQUENCY", RATE, MINUTE, False),
        (200, "FREQUENCY_FAIL", RATE, MINUTE, False),
        (200, "isv.FREQUENCY_FAIL", RATE, MINUTE, False),
        # The rate of the API.
        (400, "Throttling", RATE, 1, True),
        (429, "Throttling.User", RATE, 1, True),
        (400, "Throttling.Api", RATE, 1, True),
        (503, "Throttling.User", RATE, 1, True),
        (429, "TooManyRequests", RATE, 1, True),
        (429, "Unheard.Of", RATE, 1, True),
        # Caps and balance.
        (200, "isv.DAY_LIMIT_CONTROL", USAGE, None, True),
        (200, "isv.MONTH_LIMIT_CONTROL", USAGE, None, True),
        (200, "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT", USAGE, None, True),
        (200, "isv.AMOUNT_NOT_ENOUGH", USAGE, None, True),
        (503, "isv.AMOUNT_NOT_ENOUGH", USAGE, None, True),
        (200, "isv.OUT_OF_SERVICE", USAGE, None, True),
        # The number and the parameters.
        (200, "isv.MOBILE_NUMBER_ILLEGAL", REQUEST, None, False),
        (200, "MOBILE_NUMBER_ILLEGAL", REQUEST, None, False),
        (200, "isv.DOMESTIC_NUMBER_NOT_SUPPORTED", REQUEST, None, False),
        (200, "isv.MOBILE_COUNT_OVER_LIMIT", REQUEST, None, False),
        (200, "isv.INVALID_PARAMETERS", REQUEST, None, False),
        (200, "INVALID_PARAMETERS", REQUEST, None, False),
        (200, "isv.PARAM_LENGTH_LIMIT", REQUEST, None, False),
        (200, "isv.PARAM_NOT_SUPPORT_URL", REQUEST, None, False),
        (200, "isv.INVALID_JSON_PARAM", REQUEST, None, False),
        (200, "isv.BLACK_KEY_CONTROL_LIMIT", REQUEST, None, False),
        # Sign, template, account and key.
        (200, "isv.TEMPLATE_MISSING_PARAMETERS", CONFIG, None, True),
        (200, "isv.TEMPLATE_PARAMS_ILLEGAL", CONFIG, None, True),
        (200, "isv.SMS_TEMPLATE_ILLEGAL", CONFIG, None, True),
        (200, "isv.SMS_SIGNATURE_ILLEGAL", CONFIG, None, True),
        (200, "isv.SMS_SIGNATURE_SCENE_ILLEGAL", CONFIG, None, True),
        (200, "isv.SIGN_STATE_ILLEGAL", CONFIG, None, True),
        (200, "isv.SIGN_NAME_ILLEGAL", CONFIG, None, True),
        (200, "isv.SMS_SIGN_ILLEGAL", CONFIG, None, True),
        (200, "isv.SMS_CONTENT_ILLEGAL", CONFIG, None, True),
        (200, "isv.EXTEND_CODE_ERROR", CONFIG, None, True),
        (200, "isp.RAM_PERMISSION_DENY", CONFIG, None, True),
        (200, "isv.ACCOUNT_NOT_EXISTS", CONFIG, None, True),
        (200, "isv.ACCOUNT_ABNORMAL", CONFIG, None, True),
        (200, "isv.PRODUCT_UN_SUBSCRIPT", CONFIG, None, True),
        (200, "isv.PRODUCT_UNSUBSCRIBE", CONFIG, None, True),
        (200, "isv.DENY_IP_RANGE", CONFIG, None, True),
        (200, "FUNCTION_NOT_OPENED", CONFIG, None, True),
        (200, "isv.FUNCTION_NOT_OPENED", CONFIG, None, True),
        (404, "InvalidAccessKeyId.NotFound", CONFIG, None, True),
        (400, "InvalidAccessKeyId.Inactive", CONFIG, None, True),
        (400, "SignatureDoesNotMatch", CONFIG, None, True),
        (400, "InvalidSecurityToken.Expired", CONFIG, None, True),
        (400, "InvalidSecurityToken.MismatchWithAccessKey", CONFIG, None, True),
        (403, "Forbidden", CONFIG, None, True),
        (403, "Forbidden.RAM", CONFIG, None, True),
        (403, "NoPermission", CONFIG, None, True),
        # Trouble before processing.
        (200, "isp.SYSTEM_ERROR", TROUBLE, 1, True),
        (200, "isp.GATEWAY_ERROR", TROUBLE, 1, True),
        (503, "ServiceUnavailable", TROUBLE, 1, True),
        (500, "isp.SYSTEM_ERROR", TROUBLE, 1, True),
        # Failures that do not say whether the message was taken.
        (500, "InternalError", UNKNOWN, None, False),
        (200, "InternalError", UNKNOWN, None, False),
        (500, "InternalError.Database", UNKNOWN, None, False),
        (504, "GatewayTimeout", UNKNOWN, None, False),
        (200, "GatewayTimeout", UNKNOWN, None, False),
        (400, "RequestTimeout", UNKNOWN, None, False),
        (200, "isp.TIME_OUT", UNKNOWN, None, False),
        (200, "isv.SERVICE_TIMED_OUT", UNKNOWN, None, False),
        (408, "Service.TimeOut", UNKNOWN, None, False),
        (400, "DeadlineExceeded", UNKNOWN, None, False),
        (500, "Unheard.Of", UNKNOWN, None, False),
        (502, "Unheard.Of", UNKNOWN, None, False),
        (503, "isp.UNHEARD_OF", UNKNOWN, None, False),
        (503, "ServiceUnavailable.Zone", UNKNOWN, None, False),
        (599, "isv.UNHEARD_OF", UNKNOWN, None, False),
        # Refused with any other code.
        (200, "isv.UNHEARD_OF", OTHER, None, False),
        (200, "isp.UNHEARD_OF", OTHER, None, False),
        (400, "Unheard.Of", OTHER, None, False),
        (499, "Unheard.Of", OTHER, None, False),
        (400, "InvalidTimeStamp.Expired", OTHER, None, False),
    ]


@pytest.mark.parametrize("templates", BOTH_SERVICES.values(), ids=BOTH_SERVICES)
@pytest.mark.parametrize(
    ("status", "code", "meaning", "retry_after", "given_back"),
    rows(),
    ids=[f"{row[1]} with HTTP {row[0]}" for row in rows()],
)
def test_a_code_of_the_provider_has_one_meaning(
    provider: Providers,
    templates: Any,
    status: int,
    code: str,
    meaning: tuple[str, int, bool | None],
    retry_after: int | None,
    given_back: bool,
) -> None:
    refusing = provider(answer(status, {"Code": code, "Message": "why", "RequestId": "REQUEST-2"}))
    error = failure(connector_at(refusing.endpoint, templates=templates))
    assert (error.code, STATUS[error.kind], error.sent) == meaning
    assert error.retry_after == retry_after
    assert error.provider == ProviderError(code, "why", "REQUEST-2")
    assert gives_back(error) is given_back
    assert ("may have gone out" in error.message) is (error.sent is None)
    assert len(refusing.requests) == 1


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("触发分钟级流控Permits:1", MINUTE),
        ("触发小时级流控Permits:5", HOUR),
        ("触发天级流控Permits:10", DAY),
        ("触发号码天级流控", DAY),
        ("", MINUTE),
    ],
)
@pytest.mark.parametrize("code", ["isv.BUSINESS_LIMIT_CONTROL", "biz.FREQUENCY"])
def test_the_rate_limit_of_a_number_says_how_long_to_wait(
    provider: Providers, code: str, message: str, seconds: int
) -> None:
    refusing = provider(answer(200, {"Code": code, "Message": message, "RequestId": ""}))
    assert failure(connector_at(refusing.endpoint)).retry_after == seconds


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("FUNCTION_NOT_OPENED", "Enable the number verification service"),
        ("NoPermission", "dypns:SendSmsVerifyCode"),
        ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", "an international one as `overseas`"),
        ("isv.AMOUNT_NOT_ENOUGH", "top it up"),
    ],
)
def test_a_refusal_says_what_to_do(code: str, advice: str) -> None:
    assert advice in refusal(200, code, ProviderError(code, "", "")).message


@pytest.mark.parametrize(
    ("kind", "given_back"),
    [
        ("unavailable", True),
        ("invalid_config", True),
        ("usage_limited", True),
        ("rate_limited", False),
        ("invalid_parameter", False),
        ("refused", False),
        ("unknown_outcome", False),
        ("invalid_response", False),
        ("bug", False),
    ],
)
def test_an_error_without_a_code_of_the_provider_is_given_back_by_its_kind(
    kind: Kind, given_back: bool
) -> None:
    limit = LimitReached("perNumber", "1/minute") if kind == "rate_limited" else None
    assert gives_back(ConnectorError(kind, "", limit=limit)) is given_back
    assert not gives_back(ConnectorError(kind, "", sent=None))


def test_a_known_code_is_one_of_the_table_whatever_its_prefix() -> None:
    for code in ("isv.BUSINESS_LIMIT_CONTROL", "FREQUENCY", "biz.FREQUENCY", "Throttling"):
        assert is_known(code)
    for code in ("", "isv.", "isv.isv.FREQUENCY", "Throttling.13812345678", "isp.FREQUENCY"):
        assert not is_known(code)
