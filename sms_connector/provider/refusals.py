"""The one table from the provider's codes to ours, and what to do about each.

The codes are those of https://help.aliyun.com/document_detail/101346.html, of the API gateway
before SendSms, and of SendSmsVerifyCode, whose codes come with and without ``isv.`` or ``biz.``.

A code in the table means that the message was refused before it was processed. The exceptions are
``InternalError`` and time-outs: the documentation does not say whether the message was sent, so
their outcome is unknown.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

from ..errors import CHECK_DELIVERY, ConnectorError, Kind, ProviderError

_REQUEST: Final = "invalid_parameter"
_CONFIG: Final = "invalid_config"
_RATE: Final = "rate_limited"
_USAGE: Final = "usage_limited"
_TROUBLE: Final = "unavailable"
_UNKNOWN: Final = "unknown_outcome"
_OTHER: Final = "refused"

_RETRY_AFTER: Final[dict[Kind, int]] = {_RATE: 1, _TROUBLE: 1}
"""Seconds, for what another attempt may change."""

_NUMBER = "The provider does not accept this phone number."
_WRONG_REGION = (
    "This template does not send to the region of this number: the usage type needs a mainland "
    "template as `china` and an international one as `overseas`."
)
_PARAMETER = "The provider does not accept this code."
_TEMPLATE = "Check the template code in the connector config, and its review state in the console."
_VARIABLES = "The template must have exactly one variable, `${code}`: check it in the console."
_SIGN = "Check `signName` in the connector config, and its review state in the console."
_ACCOUNT = "Check the account in the console: it must be in order and have the SMS service enabled."
_PNVS = (
    "Enable the number verification service (号码认证服务) in the console: it sends the template "
    "codes of digits alone."
)
_KEY_ID = "Check `accessKeyId`: it must exist and be enabled."
_KEY_SECRET = "Check `accessKeySecret`; if it is correct, check this machine's clock."
_ROLE_TOKEN = "The function's role gave a token that is invalid or expired: check the role."
_NO_TOKEN = "The access key is a role's and needs its security token: use a user's key pair."
_PERMISSION = (
    "Give the access key or role the permission dysms:SendSms, and dypns:SendSmsVerifyCode for "
    "template codes of digits alone."
)
_CLOCK = "This machine's clock is wrong: correct it."
_WAIT = "Too many messages to this number: wait before asking for another one."
_SLOW_DOWN = "Too many requests at once: try again in a moment."
_CAP = "A cap set in the SMS console has been reached: raise it there, or wait until it resets."
_TEST_SIGN = "A test sign name can send only to the numbers bound to it in the SMS console."
_BALANCE = "The account has no balance left: top it up."
_ADDRESS = "Allow this function's address in the SMS console."
_PROVIDER = "The provider is temporarily unavailable. Nothing was sent: try again in a moment."
_MAYBE_SENT = f"The provider failed, and does not say whether it took the message. {CHECK_DELIVERY}"
_UNDOCUMENTED = "The provider refused the message: see its code."

Cause = Literal["key", "secret", "token", "clock", "account", "permission", "sign", "template"]
"""What to look at after a refusal that concerns the settings or the account."""

_CAUSES: Final[Mapping[str, Cause]] = {
    _KEY_ID: "key",
    _KEY_SECRET: "secret",
    _ROLE_TOKEN: "token",
    _NO_TOKEN: "token",
    _CLOCK: "clock",
    _ACCOUNT: "account",
    _BALANCE: "account",
    _ADDRESS: "account",
    _PERMISSION: "permission",
    _SIGN: "sign",
    _TEMPLATE: "template",
}

# The service's own codes, without `isv.` or `biz.`: refused by a check of the request.
_OF_THE_SERVICE: Final[dict[str, tuple[Kind, str]]] = {
    "BUSINESS_LIMIT_CONTROL": (_RATE, _WAIT),
    "FREQUENCY": (_RATE, _WAIT),
    "FREQUENCY_FAIL": (_RATE, _WAIT),
    "DAY_LIMIT_CONTROL": (_USAGE, _CAP),
    "MONTH_LIMIT_CONTROL": (_USAGE, _CAP),
    "SMS_TEST_SIGN_TEMPLATE_LIMIT": (_USAGE, _TEST_SIGN),
    "AMOUNT_NOT_ENOUGH": (_USAGE, _BALANCE),
    "OUT_OF_SERVICE": (_USAGE, _BALANCE),
    "MOBILE_NUMBER_ILLEGAL": (_REQUEST, _NUMBER),
    "DOMESTIC_NUMBER_NOT_SUPPORTED": (_REQUEST, _WRONG_REGION),
    "MOBILE_COUNT_OVER_LIMIT": (_REQUEST, _NUMBER),
    "INVALID_PARAMETERS": (_REQUEST, _PARAMETER),
    "PARAM_LENGTH_LIMIT": (_REQUEST, _PARAMETER),
    "PARAM_NOT_SUPPORT_URL": (_REQUEST, _PARAMETER),
    "INVALID_JSON_PARAM": (_REQUEST, _PARAMETER),
    "BLACK_KEY_CONTROL_LIMIT": (_REQUEST, _PARAMETER),
    "TEMPLATE_MISSING_PARAMETERS": (_CONFIG, _VARIABLES),
    "TEMPLATE_PARAMS_ILLEGAL": (_CONFIG, _VARIABLES),
    "SMS_TEMPLATE_ILLEGAL": (_CONFIG, _TEMPLATE),
    "SMS_CONTENT_ILLEGAL": (_CONFIG, _TEMPLATE),
    "EXTEND_CODE_ERROR": (_CONFIG, _SIGN),
    "SMS_SIGNATURE_ILLEGAL": (_CONFIG, _SIGN),
    "SMS_SIGNATURE_SCENE_ILLEGAL": (_CONFIG, _SIGN),
    "SIGN_STATE_ILLEGAL": (_CONFIG, _SIGN),
    "SIGN_NAME_ILLEGAL": (_CONFIG, _SIGN),
    "SMS_SIGN_ILLEGAL": (_CONFIG, _SIGN),
    "FUNCTION_NOT_OPENED": (_CONFIG, _PNVS),
    "ACCOUNT_NOT_EXISTS": (_CONFIG, _ACCOUNT),
    "ACCOUNT_ABNORMAL": (_CONFIG, _ACCOUNT),
    "PRODUCT_UN_SUBSCRIPT": (_CONFIG, _ACCOUNT),
    "PRODUCT_UNSUBSCRIBE": (_CONFIG, _ACCOUNT),
    "DENY_IP_RANGE": (_CONFIG, _ADDRESS),
}

# The gateway's codes, and the service's trouble: `isp` codes that call for another attempt.
_OF_THE_GATEWAY: Final[dict[str, tuple[Kind, str]]] = {
    "isp.SYSTEM_ERROR": (_TROUBLE, _PROVIDER),
    "isp.GATEWAY_ERROR": (_TROUBLE, _PROVIDER),
    "ServiceUnavailable": (_TROUBLE, _PROVIDER),
    "isp.RAM_PERMISSION_DENY": (_CONFIG, _PERMISSION),
    "InvalidAccessKeyId.NotFound": (_CONFIG, _KEY_ID),
    "InvalidAccessKeyId.Inactive": (_CONFIG, _KEY_ID),
    "MissingSecurityToken": (_CONFIG, _NO_TOKEN),
    "SignatureDoesNotMatch": (_CONFIG, _KEY_SECRET),
    "InvalidTimeStamp.Expired": (_OTHER, _CLOCK),
}

# Gateway codes that stand for all codes which begin with them and a dot.
_FAMILIES: Final[dict[str, tuple[Kind, str]]] = {
    "Throttling": (_RATE, _SLOW_DOWN),
    "Forbidden": (_CONFIG, _PERMISSION),
    "NoPermission": (_CONFIG, _PERMISSION),
    "InvalidSecurityToken": (_CONFIG, _ROLE_TOKEN),
    "InternalError": (_UNKNOWN, _MAYBE_SENT),
}

_PREFIX = re.compile(r"^(?:isv|biz)\.")
_TIME_OUT = re.compile(r"time[._-]?d?[._-]?out|deadline[._-]?exceeded", re.IGNORECASE)
_PER_NUMBER: Final = ("BUSINESS_LIMIT_CONTROL", "FREQUENCY", "FREQUENCY_FAIL")

# The provider names the window of its flow control in the message: 分钟级, 小时级, 天级流控.
_WINDOWS: Final = ((re.compile("天|day", re.I), 86_400), (re.compile("小时|hour", re.I), 3_600))
_MINUTE: Final = 60


def refusal(http_status: int, code: str, shown: ProviderError) -> ConnectorError:
    """Turn the provider's code into an error of ours, with what to do about it.

    ``shown`` is what the caller may see of the provider's answer. The error's ``sent`` is None
    where the provider may have taken the message all the same.
    """
    kind, remedy = _known(code) or _by_status(http_status)
    sent = None if kind == _UNKNOWN else False
    retry_after = _RETRY_AFTER.get(kind)
    if _is_per_number(code):
        retry_after = _flow_control_window(shown.message)
    return ConnectorError(kind, remedy, sent=sent, provider=shown, retry_after=retry_after)


def cause_of(code: str) -> Cause | None:
    """Return what a code is about, if that is the settings or the account."""
    known = _known(code)
    return _CAUSES.get(known[1]) if known else None


def is_known(code: str) -> bool:
    """Return whether a code is in a table, and so one that holds nothing personal."""
    return _PREFIX.sub("", code) in _OF_THE_SERVICE or code in _OF_THE_GATEWAY or code in _FAMILIES


def gives_back(error: ConnectorError) -> bool:
    """Return whether a message that failed this way no longer counts towards the limits.

    True if the number was not the cause: no connection, an outage or throttling at the provider,
    or a problem of the settings, the account or its caps. False if the provider refused the number
    or its rate, or if the message may have been sent.
    """
    if error.sent is not False:
        return False
    if error.kind == _RATE:
        return error.provider is not None and not _is_per_number(error.provider.code)
    return error.kind in (_TROUBLE, _CONFIG, _USAGE)


def _known(code: str) -> tuple[Kind, str] | None:
    return (
        _OF_THE_SERVICE.get(_PREFIX.sub("", code))
        or _OF_THE_GATEWAY.get(code)
        or _FAMILIES.get(code.partition(".")[0])
        or ((_UNKNOWN, _MAYBE_SENT) if _TIME_OUT.search(code) else None)
    )


def _by_status(http_status: int) -> tuple[Kind, str]:
    if http_status == 429:
        return _RATE, _SLOW_DOWN
    if http_status >= 500:
        return _UNKNOWN, _MAYBE_SENT
    return _OTHER, _UNDOCUMENTED


def _is_per_number(code: str) -> bool:
    return _PREFIX.sub("", code) in _PER_NUMBER


def _flow_control_window(message: str) -> int:
    return next((seconds for words, seconds in _WINDOWS if words.search(message)), _MINUTE)
