import pytest

from sms_connector.errors import ProviderError
from sms_connector.provider.refusals import refusal
from sms_connector.web.http import STATUS

REQUEST = ("invalid_request_parameters", 400)
CONFIG = ("invalid_config", 500)
RATE = ("rate_limit_exceeded", 429)
USAGE = ("usage_limit_exceeded", 503)
TROUBLE = ("general", 503)
OTHER = ("general", 502)

EVERY_CODE = {
    "isv.BUSINESS_LIMIT_CONTROL": RATE,
    "Throttling": RATE,
    "Throttling.User": RATE,
    "Throttling.Api": RATE,
    "isv.DAY_LIMIT_CONTROL": USAGE,
    "isv.MONTH_LIMIT_CONTROL": USAGE,
    "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT": USAGE,
    "isv.AMOUNT_NOT_ENOUGH": USAGE,
    "isv.OUT_OF_SERVICE": USAGE,
    "isv.MOBILE_NUMBER_ILLEGAL": REQUEST,
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": REQUEST,
    "isv.MOBILE_COUNT_OVER_LIMIT": REQUEST,
    "isv.INVALID_PARAMETERS": REQUEST,
    "isv.PARAM_LENGTH_LIMIT": REQUEST,
    "isv.PARAM_NOT_SUPPORT_URL": REQUEST,
    "isv.INVALID_JSON_PARAM": REQUEST,
    "isv.BLACK_KEY_CONTROL_LIMIT": REQUEST,
    "isv.TEMPLATE_MISSING_PARAMETERS": CONFIG,
    "isv.TEMPLATE_PARAMS_ILLEGAL": CONFIG,
    "isv.SMS_TEMPLATE_ILLEGAL": CONFIG,
    "isv.SMS_SIGNATURE_ILLEGAL": CONFIG,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": CONFIG,
    "isv.SIGN_STATE_ILLEGAL": CONFIG,
    "isv.SIGN_NAME_ILLEGAL": CONFIG,
    "isv.SMS_SIGN_ILLEGAL": CONFIG,
    "isv.SMS_CONTENT_ILLEGAL": CONFIG,
    "isv.EXTEND_CODE_ERROR": CONFIG,
    "isp.RAM_PERMISSION_DENY": CONFIG,
    "isv.ACCOUNT_NOT_EXISTS": CONFIG,
    "isv.ACCOUNT_ABNORMAL": CONFIG,
    "isv.PRODUCT_UN_SUBSCRIPT": CONFIG,
    "isv.PRODUCT_UNSUBSCRIBE": CONFIG,
    "isv.DENY_IP_RANGE": CONFIG,
    "InvalidAccessKeyId.NotFound": CONFIG,
    "InvalidAccessKeyId.Inactive": CONFIG,
    "SignatureDoesNotMatch": CONFIG,
    "InvalidSecurityToken.Expired": CONFIG,
    "InvalidSecurityToken.MismatchWithAccessKey": CONFIG,
    "Forbidden": CONFIG,
    "Forbidden.RAM": CONFIG,
    "NoPermission": CONFIG,
    "isp.SYSTEM_ERROR": TROUBLE,
    "isp.GATEWAY_ERROR": TROUBLE,
    "isp.UNHEARD_OF": TROUBLE,
    "ServiceUnavailable": TROUBLE,
    "InternalError": TROUBLE,
    "isv.UNHEARD_OF": OTHER,
    "InvalidTimeStamp.Expired": OTHER,
    "": OTHER,
}


@pytest.mark.parametrize(("code", "ours"), EVERY_CODE.items())
def test_a_provider_code_has_one_meaning(code: str, ours: tuple[str, int]) -> None:
    provider = ProviderError(code, "message", "REQUEST-1")
    error = refusal(200, code, provider)
    assert (error.code, STATUS[error.kind]) == ours
    assert error.sent is False
    assert error.provider == provider
    assert error.message


@pytest.mark.parametrize(
    ("http_status", "ours"), [(429, RATE), (500, TROUBLE), (503, TROUBLE), (400, OTHER)]
)
def test_an_unheard_of_code_is_judged_by_the_http_status(
    http_status: int, ours: tuple[str, int]
) -> None:
    error = refusal(http_status, "Unheard.Of", ProviderError("Unheard.Of", "", ""))
    assert (error.code, STATUS[error.kind]) == ours


def test_a_known_code_counts_more_than_the_http_status() -> None:
    error = refusal(503, "isv.AMOUNT_NOT_ENOUGH", ProviderError("", "", ""))
    assert error.code == "usage_limit_exceeded"


@pytest.mark.parametrize(
    ("code", "message", "seconds"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", 60),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", 3_600),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10", 86_400),
        ("isv.BUSINESS_LIMIT_CONTROL", "", 60),
        ("Throttling.User", "", 1),
        ("ServiceUnavailable", "", 1),
        ("isv.DAY_LIMIT_CONTROL", "", None),
        ("isv.SMS_SIGNATURE_ILLEGAL", "", None),
        ("isv.UNHEARD_OF", "", None),
    ],
)
def test_a_caller_is_told_how_long_to_wait_where_waiting_helps(
    code: str, message: str, seconds: int | None
) -> None:
    assert refusal(200, code, ProviderError(code, message, "")).retry_after == seconds
