"""The table from the provider's error codes to ours, with advice for each.

The codes are those of https://help.aliyun.com/document_detail/101346.html and of the API
gateway before SendSms.
"""

import re
from typing import Final

import msgspec

from ..errors import ConnectorError, ErrorCode, ProviderError


class _Kind(msgspec.Struct, frozen=True):
    code: ErrorCode
    http_status: int
    retry_after: int | None = None


_REQUEST: Final = _Kind("invalid_request_parameters", 400)
_CONFIG: Final = _Kind("invalid_config", 500)
_RATE: Final = _Kind("rate_limit_exceeded", 429, retry_after=1)
_USAGE: Final = _Kind("usage_limit_exceeded", 503)
_TROUBLE: Final = _Kind("general", 503, retry_after=1)
_OTHER: Final = _Kind("general", 502)

_NUMBER = "The provider does not take this phone number."
_WRONG_REGION = (
    "This template cannot send to the region of this number: give the usage type both a `china` "
    "and an `overseas` template code."
)
_PARAMETER = "The provider does not take this code."
_TEMPLATE = "Check the template code in the connector config, and its review state in the console."
_VARIABLES = "The template must have exactly one variable, `${code}`: check it in the console."
_SIGN = "Check `signName` in the connector config, and its review state in the console."
_ACCOUNT = "Check the account in the console: it must be in order and have the SMS service enabled."
_KEY_ID = "Check `accessKeyId`: it must exist and be enabled."
_KEY_SECRET = "Check `accessKeySecret`; if it is right, check that this machine's clock is."
_ROLE_TOKEN = "The function's role gave a token that is not valid (any more): check the role."
_PERMISSION = "Give the access key or role the permission dysms:SendSms."
_CLOCK = "This machine's clock is wrong: correct it."
_WAIT = "Too many messages to this number: wait before asking for another one."
_SLOW_DOWN = "Too many requests at once: try again in a moment."
_CAP = "A cap set in the SMS console is reached: raise it there, or wait until it ends."
_BALANCE = "The account has no balance left: top it up."
_PROVIDER = "The provider is in trouble. Nothing was sent: try again in a moment."
_UNHEARD_OF = "The provider refused the message: see its code."

_TABLE: Final[dict[str, tuple[_Kind, str]]] = {
    "isv.BUSINESS_LIMIT_CONTROL": (_RATE, _WAIT),
    "Throttling": (_RATE, _SLOW_DOWN),
    "isv.DAY_LIMIT_CONTROL": (_USAGE, _CAP),
    "isv.MONTH_LIMIT_CONTROL": (_USAGE, _CAP),
    "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT": (_USAGE, "Test signs send to bound numbers only."),
    "isv.AMOUNT_NOT_ENOUGH": (_USAGE, _BALANCE),
    "isv.OUT_OF_SERVICE": (_USAGE, _BALANCE),
    "isv.MOBILE_NUMBER_ILLEGAL": (_REQUEST, _NUMBER),
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": (_REQUEST, _WRONG_REGION),
    "isv.MOBILE_COUNT_OVER_LIMIT": (_REQUEST, _NUMBER),
    "isv.INVALID_PARAMETERS": (_REQUEST, _PARAMETER),
    "isv.PARAM_LENGTH_LIMIT": (_REQUEST, _PARAMETER),
    "isv.PARAM_NOT_SUPPORT_URL": (_REQUEST, _PARAMETER),
    "isv.INVALID_JSON_PARAM": (_REQUEST, _PARAMETER),
    "isv.BLACK_KEY_CONTROL_LIMIT": (_REQUEST, _PARAMETER),
    "isv.TEMPLATE_MISSING_PARAMETERS": (_CONFIG, _VARIABLES),
    "isv.TEMPLATE_PARAMS_ILLEGAL": (_CONFIG, _VARIABLES),
    "isv.SMS_TEMPLATE_ILLEGAL": (_CONFIG, _TEMPLATE),
    "isv.SMS_CONTENT_ILLEGAL": (_CONFIG, _TEMPLATE),
    "isv.EXTEND_CODE_ERROR": (_CONFIG, _SIGN),
    "isv.SMS_SIGNATURE_ILLEGAL": (_CONFIG, _SIGN),
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": (_CONFIG, _SIGN),
    "isv.SIGN_STATE_ILLEGAL": (_CONFIG, _SIGN),
    "isv.SIGN_NAME_ILLEGAL": (_CONFIG, _SIGN),
    "isv.SMS_SIGN_ILLEGAL": (_CONFIG, _SIGN),
    "isp.RAM_PERMISSION_DENY": (_CONFIG, _PERMISSION),
    "Forbidden": (_CONFIG, _PERMISSION),
    "NoPermission": (_CONFIG, _PERMISSION),
    "isv.ACCOUNT_NOT_EXISTS": (_CONFIG, _ACCOUNT),
    "isv.ACCOUNT_ABNORMAL": (_CONFIG, _ACCOUNT),
    "isv.PRODUCT_UN_SUBSCRIPT": (_CONFIG, _ACCOUNT),
    "isv.PRODUCT_UNSUBSCRIBE": (_CONFIG, _ACCOUNT),
    "isv.DENY_IP_RANGE": (_CONFIG, "Allow this function's address in the SMS console."),
    "InvalidAccessKeyId.NotFound": (_CONFIG, _KEY_ID),
    "InvalidAccessKeyId.Inactive": (_CONFIG, _KEY_ID),
    "SignatureDoesNotMatch": (_CONFIG, _KEY_SECRET),
    "InvalidSecurityToken": (_CONFIG, _ROLE_TOKEN),
    "InvalidTimeStamp.Expired": (_OTHER, _CLOCK),
    "isp": (_TROUBLE, _PROVIDER),
    "ServiceUnavailable": (_TROUBLE, _PROVIDER),
    "InternalError": (_TROUBLE, _PROVIDER),
}

# The provider names the window of its flow control in the message: 分钟级, 小时级, 天级流控.
_WINDOWS: Final = ((re.compile("天|day", re.I), 86_400), (re.compile("小时|hour", re.I), 3_600))
_MINUTE: Final = 60


def refusal(http_status: int, code: str, shown: ProviderError) -> ConnectorError:
    """Return the error for a code of the provider's.

    ``shown`` is the part of the provider's answer that the caller may see.
    """
    kind, remedy = _look_up(code, http_status)
    retry_after = kind.retry_after
    if code == "isv.BUSINESS_LIMIT_CONTROL":
        retry_after = _flow_control_window(shown.message)
    return ConnectorError(
        kind.code, kind.http_status, remedy, provider=shown, retry_after=retry_after
    )


def is_known(code: str) -> bool:
    """Return whether a code is in the table, which means that it holds nothing personal."""
    return code in _TABLE


def _look_up(code: str, http_status: int) -> tuple[_Kind, str]:
    # `Forbidden.RAM` counts as `Forbidden`, `isp.SYSTEM_ERROR` as `isp`.
    found = _TABLE.get(code) or _TABLE.get(code.partition(".")[0])
    if found is not None:
        return found
    if http_status == 429:
        return _RATE, _SLOW_DOWN
    if http_status >= 500:
        return _TROUBLE, _PROVIDER
    return _OTHER, _UNHEARD_OF


def _flow_control_window(message: str) -> int:
    return next((seconds for words, seconds in _WINDOWS if words.search(message)), _MINUTE)
