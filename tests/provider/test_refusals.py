"""Every code of the pages that ``provider/error_codes.py`` names, over a real socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.errors import ConnectorError, Kind, LimitReached, ProviderError
from sms_connector.local.emulate.magic import MAGIC_NUMBERS
from sms_connector.local.emulate.pnvs_account import PNVS_MAGIC_NUMBERS
from sms_connector.local.emulate.provider_errors import Refusal
from sms_connector.provider import error_codes, refusals
from sms_connector.provider.refunds import Refund, refund_of
from sms_connector.provider.refusals import is_known
from sms_connector.web.error_responses import STATUS
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

ALL, OF_THE_NUMBER, NOTHING = Refund.ALL, Refund.PER_NUMBER, Refund.NOTHING

# What each remedy says.
WAIT = "wait before asking"
SLOW_DOWN = "Too many requests at once"
CAP = "A cap set in the SMS console"
TOP_UP = "top it up"
NUMBER = "does not accept this phone number"
EXTENSION = "扩展码管理"
FORBIDDEN_SIGN = "forbids this sign name"
ENABLE = "Enable the SMS service"
PERMISSION = "dysms:SendSms, and dypns:SendSmsVerifyCode"
ROLE = "check the role"
ENDPOINT = "correct `endpoint`"
TRY_AGAIN = "Nothing was sent: try again"
CHECK = "Check the delivery state"
SEE_CODE = "see its code"

Row = tuple[int, str, tuple[str, int, bool | None], int | None, Refund, str]


def rows() -> list[Row]:
    """Return HTTP status, code, meaning, Retry-After, what is given back, and the remedy."""
    return [
        # The rate of one number.
        (200, "isv.BUSINESS_LIMIT_CONTROL", RATE, MINUTE, OF_THE_NUMBER, WAIT),
        (200, "BUSINESS_LIMIT_CONTROL", RATE, MINUTE, OF_THE_NUMBER, WAIT),
        (200, "biz.BUSINESS_LIMIT_CONTROL", RATE, MINUTE, OF_THE_NUMBER, WAIT),
        (200, "biz.FREQUENCY", RATE, MINUTE, OF_THE_NUMBER, WAIT),
        (200, "FREQUENCY", RATE, MINUTE, OF_THE_NUMBER, WAIT),
        (200, "FREQUENCY_FAIL", RATE, MINUTE, OF_THE_NUMBER, WAIT),
        (200, "isv.FREQUENCY_FAIL", RATE, MINUTE, OF_THE_NUMBER, WAIT),
        # The rate of the API.
        (400, "Throttling", RATE, 1, ALL, SLOW_DOWN),
        (429, "Throttling.User", RATE, 1, ALL, SLOW_DOWN),
        (400, "Throttling.Api", RATE, 1, ALL, SLOW_DOWN),
        (503, "Throttling.User", RATE, 1, ALL, SLOW_DOWN),
        (429, "TooManyRequests", RATE, 1, ALL, SLOW_DOWN),
        (429, "Unheard.Of", RATE, 1, ALL, SLOW_DOWN),
        # Caps and balance.
        (200, "isv.DAY_LIMIT_CONTROL", USAGE, None, ALL, CAP),
        (200, "isv.MONTH_LIMIT_CONTROL", USAGE, None, ALL, CAP),
        (200, "isv.AMOUNT_NOT_ENOUGH", USAGE, None, ALL, TOP_UP),
        (503, "isv.AMOUNT_NOT_ENOUGH", USAGE, None, ALL, TOP_UP),
        (200, "isv.OUT_OF_SERVICE", USAGE, None, ALL, TOP_UP),
        # The number and the parameters.
        (200, "isv.MOBILE_NUMBER_ILLEGAL", REQUEST, None, NOTHING, NUMBER),
        (200, "MOBILE_NUMBER_ILLEGAL", REQUEST, None, NOTHING, NUMBER),
        (
            200,
            "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
            REQUEST,
            None,
            NOTHING,
            "mainland template as `china`",
        ),
        (200, "isv.MOBILE_COUNT_OVER_LIMIT", REQUEST, None, NOTHING, NUMBER),
        (200, "isv.INVALID_PARAMETERS", REQUEST, None, NOTHING, "a parameter malformed"),
        (200, "INVALID_PARAMETERS", REQUEST, None, NOTHING, "a parameter malformed"),
        (200, "isv.PARAM_LENGTH_LIMIT", REQUEST, None, NOTHING, "4 to 6 characters"),
        (200, "isv.PARAM_NOT_SUPPORT_URL", REQUEST, None, NOTHING, "for a URL"),
        (200, "isv.INVALID_JSON_PARAM", REQUEST, None, NOTHING, "could not read the values"),
        (
            200,
            "isv.BLACK_KEY_CONTROL_LIMIT",
            REQUEST,
            None,
            NOTHING,
            "on a block list of the provider, after a complaint",
        ),
        (200, "isv.CUSTOMER_REFUSED", REQUEST, None, NOTHING, "has unsubscribed"),
        (200, "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL", REQUEST, None, NOTHING, "4 to 6 digits only"),
        # Sign, template, account and key.
        (200, "isv.TEMPLATE_MISSING_PARAMETERS", CONFIG, None, ALL, "gets no value"),
        (200, "isv.TEMPLATE_PARAMS_ILLEGAL", CONFIG, None, ALL, "takes no letters"),
        (
            200,
            "isv.SMS_TEMPLATE_ILLEGAL",
            CONFIG,
            None,
            ALL,
            "or its variables are not `${code}` alone",
        ),
        (200, "isv.SMS_SIGNATURE_ILLEGAL", CONFIG, None, ALL, "no approved sign with this name"),
        (200, "isv.SMS_SIGNATURE_SCENE_ILLEGAL", CONFIG, None, ALL, "通用 or 验证码"),
        (200, "isv.SIGN_STATE_ILLEGAL", CONFIG, None, ALL, "不可用"),
        (200, "isv.SIGN_NAME_ILLEGAL", CONFIG, None, ALL, "breaks the rules for names"),
        (200, "isv.SMS_SIGN_ILLEGAL", CONFIG, None, ALL, FORBIDDEN_SIGN),
        (200, "isv.SMS_CONTENT_ILLEGAL", CONFIG, None, ALL, "contains what may not be sent"),
        (200, "isv.EXTEND_CODE_ERROR", CONFIG, None, ALL, EXTENSION),
        (200, "isv.ONE_CODE_MULTIPLE_SIGN", CONFIG, None, ALL, EXTENSION),
        (200, "isv.CODE_EXCEED_LIMIT", CONFIG, None, ALL, EXTENSION),
        (200, "isv.CODE_ERROR", CONFIG, None, ALL, EXTENSION),
        (200, "isv.SIGNATURE_BLACKLIST", CONFIG, None, ALL, FORBIDDEN_SIGN),
        (200, "SIGNATURE_BLACKLIST", CONFIG, None, ALL, FORBIDDEN_SIGN),
        (200, "isv.SMS_SIGN_EMOJI_ILLEGAL", CONFIG, None, ALL, "must not contain emoji"),
        (200, "isv.UNSUPPORTED_CONTENT", CONFIG, None, ALL, "emoji or symbols"),
        (200, "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE", CONFIG, None, ALL, "does not fit its type"),
        (200, "template_parameter_count_illegal", CONFIG, None, ALL, "one variable only"),
        (
            200,
            "isv.SMS_TEST_NUMBER_LIMIT",
            CONFIG,
            None,
            ALL,
            "numbers that are bound in the SMS console",
        ),
        (200, "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT", CONFIG, None, ALL, "both of a test, or neither"),
        (200, "isv.SECURITY_FROZEN_ACCOUNT", CONFIG, None, ALL, "sent nothing for a long time"),
        (200, "isp.RAM_PERMISSION_DENY", CONFIG, None, ALL, PERMISSION),
        (200, "isv.ACCOUNT_NOT_EXISTS", CONFIG, None, ALL, "does not exist"),
        (200, "isv.ACCOUNT_ABNORMAL", CONFIG, None, ALL, "is not in order"),
        (200, "isv.PRODUCT_UN_SUBSCRIPT", CONFIG, None, ALL, ENABLE),
        (200, "isv.PRODUCT_UNSUBSCRIBE", CONFIG, None, ALL, ENABLE),
        (200, "isv.DENY_IP_RANGE", CONFIG, None, ALL, "run the function in a mainland region"),
        (200, "FUNCTION_NOT_OPENED", CONFIG, None, ALL, "Enable the number verification service"),
        (
            200,
            "isv.FUNCTION_NOT_OPENED",
            CONFIG,
            None,
            ALL,
            "Enable the number verification service",
        ),
        (404, "InvalidAccessKeyId.NotFound", CONFIG, None, ALL, "no such access key"),
        (400, "InvalidAccessKeyId.Inactive", CONFIG, None, ALL, "is disabled"),
        (400, "SignatureDoesNotMatch", CONFIG, None, ALL, "Check `accessKeySecret`"),
        (400, "InvalidSecurityToken.Expired", CONFIG, None, ALL, ROLE),
        (400, "InvalidSecurityToken.MismatchWithAccessKey", CONFIG, None, ALL, ROLE),
        (403, "Forbidden", CONFIG, None, ALL, PERMISSION),
        (403, "Forbidden.RAM", CONFIG, None, ALL, PERMISSION),
        (403, "NoPermission", CONFIG, None, ALL, PERMISSION),
        (400, "MissingSecurityToken", CONFIG, None, ALL, "needs its security token"),
        (400, "InvalidVersion", CONFIG, None, ALL, ENDPOINT),
        (404, "InvalidAction.NotFound", CONFIG, None, ALL, ENDPOINT),
        # Trouble before processing.
        (200, "isp.SYSTEM_ERROR", TROUBLE, 1, ALL, TRY_AGAIN),
        (200, "isp.GATEWAY_ERROR", TROUBLE, 1, ALL, TRY_AGAIN),
        (503, "ServiceUnavailable", TROUBLE, 1, ALL, TRY_AGAIN),
        (500, "isp.SYSTEM_ERROR", TROUBLE, 1, ALL, TRY_AGAIN),
        # Failures that do not say whether the message was taken.
        (500, "InternalError", UNKNOWN, None, NOTHING, CHECK),
        (200, "InternalError", UNKNOWN, None, NOTHING, CHECK),
        (500, "InternalError.Database", UNKNOWN, None, NOTHING, CHECK),
        (504, "GatewayTimeout", UNKNOWN, None, NOTHING, CHECK),
        (200, "GatewayTimeout", UNKNOWN, None, NOTHING, CHECK),
        (400, "RequestTimeout", UNKNOWN, None, NOTHING, CHECK),
        (200, "isp.TIME_OUT", UNKNOWN, None, NOTHING, CHECK),
        (200, "isv.SERVICE_TIMED_OUT", UNKNOWN, None, NOTHING, CHECK),
        (408, "Service.TimeOut", UNKNOWN, None, NOTHING, CHECK),
        (400, "DeadlineExceeded", UNKNOWN, None, NOTHING, CHECK),
        (400, "SignatureNonceUsed", UNKNOWN, None, NOTHING, "repeats them"),
        (500, "Unheard.Of", UNKNOWN, None, NOTHING, CHECK),
        (502, "Unheard.Of", UNKNOWN, None, NOTHING, CHECK),
        (503, "isp.UNHEARD_OF", UNKNOWN, None, NOTHING, CHECK),
        (503, "ServiceUnavailable.Zone", UNKNOWN, None, NOTHING, CHECK),
        (599, "isv.UNHEARD_OF", UNKNOWN, None, NOTHING, CHECK),
        # Refused with any other code.
        (200, "isv.UNHEARD_OF", OTHER, None, ALL, SEE_CODE),
        (200, "isp.UNHEARD_OF", OTHER, None, ALL, SEE_CODE),
        (400, "Unheard.Of", OTHER, None, ALL, SEE_CODE),
        (499, "Unheard.Of", OTHER, None, ALL, SEE_CODE),
        (400, "InvalidTimeStamp.Expired", OTHER, None, ALL, "clock is wrong"),
    ]


@pytest.mark.parametrize("templates", BOTH_SERVICES.values(), ids=BOTH_SERVICES)
@pytest.mark.parametrize(
    ("status", "code", "meaning", "retry_after", "refund", "remedy"),
    rows(),
    ids=[f"{row[1]} with HTTP {row[0]}" for row in rows()],
)
def test_a_code_of_the_provider_has_one_meaning_and_a_remedy(
    provider: Providers,
    templates: Any,
    status: int,
    code: str,
    meaning: tuple[str, int, bool | None],
    retry_after: int | None,
    refund: Refund,
    remedy: str,
) -> None:
    refusing = provider(answer(status, {"Code": code, "Message": "why", "RequestId": "REQUEST-2"}))
    error = failure(connector_at(refusing.endpoint, templates=templates))
    assert (error.code, STATUS[error.kind], error.sent) == meaning
    assert error.retry_after == retry_after
    assert error.provider == ProviderError(code, "why", "REQUEST-2")
    assert refund_of(error) is refund
    assert remedy in error.message
    assert ("may have gone out" in error.message) is (error.sent is None)
    assert len(refusing.requests) == 1


def test_every_code_of_the_tables_is_tested_here_and_given_by_the_emulator() -> None:
    known = {*error_codes.OF_THE_SERVICE, *error_codes.OF_THE_GATEWAY, *error_codes.FAMILIES}
    outcomes = (*MAGIC_NUMBERS.values(), *PNVS_MAGIC_NUMBERS.values())
    emulated = {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)}
    for codes in ({code for _, code, *_ in rows()}, emulated):
        bare = {refusals._PREFIX.sub("", code) for code in codes}
        families = {code.partition(".")[0] for code in codes}
        assert known - codes - bare - families == set()


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
    ("status", "code", "message", "refund"),
    [
        (200, "isv.UNHEARD_OF", "未知错误", ALL),
        (499, "Unheard.Of", "", ALL),
        (200, "isv.MOBILE_UNHEARD_OF", "", NOTHING),
        (200, "isv.UNHEARD_OF", "号码状态异常", NOTHING),
        (400, "Unheard.Of", "The specified phone is on a list.", NOTHING),
        (200, "isv.UNHEARD_OF", "13812345678 is on a list", NOTHING),
        (500, "Unheard.Of", "", NOTHING),
    ],
)
def test_a_refusal_that_is_not_documented_is_given_back_unless_it_names_a_number(
    provider: Providers, status: int, code: str, message: str, refund: Refund
) -> None:
    refusing = provider(answer(status, {"Code": code, "Message": message, "RequestId": ""}))
    assert refund_of(failure(connector_at(refusing.endpoint))) is refund


@pytest.mark.parametrize(
    ("kind", "refund"),
    [
        ("unavailable", ALL),
        ("invalid_config", ALL),
        ("usage_limited", ALL),
        ("rate_limited", NOTHING),
        ("invalid_parameter", NOTHING),
        ("refused", NOTHING),
        ("unknown_outcome", NOTHING),
        ("invalid_response", NOTHING),
        ("bug", NOTHING),
    ],
)
def test_an_error_without_a_code_of_the_provider_is_given_back_by_its_kind(
    kind: Kind, refund: Refund
) -> None:
    limit = LimitReached("perNumber", "1/minute") if kind == "rate_limited" else None
    assert refund_of(ConnectorError(kind, "", limit=limit)) is refund
    assert refund_of(ConnectorError(kind, "", sent=None)) is NOTHING


def test_a_known_code_is_one_of_the_table_whatever_its_prefix() -> None:
    for code in ("isv.BUSINESS_LIMIT_CONTROL", "FREQUENCY", "biz.FREQUENCY", "Throttling"):
        assert is_known(code)
    for code in ("", "isv.", "isv.isv.FREQUENCY", "Throttling.13812345678", "isp.FREQUENCY"):
        assert not is_known(code)
