"""The one table from the provider's codes to ours, and what to do about each.

The codes are those with which SendSms answers in the provider's tables of September 2026
(https://help.aliyun.com/document_detail/101346.html, sections for sending, with 2858355 on test
numbers), of the API gateway before it (https://api.aliyun.com/document/Dysmsapi/2017-05-25/errorCode),
and of SendSmsVerifyCode, whose codes come with and without ``isv.`` or ``biz.``. The tables also
list codes of other actions (applying for signs and templates, short links) and of delivery
receipts (``reports/carrier_codes.py``); no message is answered with them.

A code in the table means that the message was refused before it was processed. The outcome is
unknown after ``InternalError`` and time-outs, of which the documentation does not say whether the
message was sent, and after ``SignatureNonceUsed``, where the first of two copies may have been.
"""

from typing import Final, Literal

import msgspec

from ..errors import CHECK_DELIVERY, Kind

_REQUEST: Final = "invalid_parameter"
_CONFIG: Final = "invalid_config"
_RATE: Final = "rate_limited"
_USAGE: Final = "usage_limited"
_TROUBLE: Final = "unavailable"
_UNKNOWN: Final = "unknown_outcome"
_OTHER: Final = "refused"

Cause = Literal[
    "key", "secret", "token", "clock", "account", "region", "permission", "sign", "template"
]
"""What to look at after a refusal that concerns the settings or the account."""


class Meaning(msgspec.Struct, frozen=True):
    """What a code means to us, and one sentence for the operator that says what to do."""

    kind: Kind
    remedy: str
    cause: Cause | None = None


_WAIT: Final = Meaning(
    _RATE, "Too many messages to this number: wait before asking for another one."
)
SLOW_DOWN: Final = Meaning(_RATE, "Too many requests at once: try again in a moment.")
_CAP: Final = Meaning(
    _USAGE,
    "A cap set in the SMS console has been reached: raise it there, or wait until it resets.",
)
_BALANCE: Final = Meaning(_USAGE, "The account has no balance left: top it up.", "account")
_NUMBER: Final = Meaning(_REQUEST, "The provider does not accept this phone number.")
_NOT_ENABLED: Final = Meaning(
    _CONFIG,
    "Enable the SMS service in the console of the account that the access key belongs to.",
    "account",
)
_SIGN_FORBIDDEN: Final = Meaning(
    _CONFIG,
    "The provider or a carrier forbids this sign name: apply for another one, the name of a "
    "company, institution or registered trademark.",
    "sign",
)
_EXTENSION: Final = Meaning(
    _CONFIG,
    "The extension codes of the account do not fit this sign name: see the extension code "
    "management (扩展码管理) in the SMS console, or ask the provider.",
)
_PERMISSION: Final = Meaning(
    _CONFIG,
    "Give the access key or role the permission dysms:SendSms, and dypns:SendSmsVerifyCode for "
    "template codes of digits alone.",
    "permission",
)
_WRONG_ENDPOINT: Final = Meaning(
    _CONFIG, "This endpoint does not serve the call: correct `endpoint`, or leave it out."
)
_PROVIDER: Final = Meaning(
    _TROUBLE,
    "The provider is temporarily unavailable. Nothing was sent: try again in a moment.",
)
MAYBE_SENT: Final = Meaning(
    _UNKNOWN,
    f"The provider failed, and does not say whether it took the message. {CHECK_DELIVERY}",
)
UNDOCUMENTED: Final = Meaning(_OTHER, "The provider refused the message: see its code.")

# The service's own codes, without `isv.` or `biz.`: refused by a check of the request.
OF_THE_SERVICE: Final[dict[str, Meaning]] = {
    "BUSINESS_LIMIT_CONTROL": _WAIT,
    "FREQUENCY": _WAIT,
    "FREQUENCY_FAIL": _WAIT,
    "DAY_LIMIT_CONTROL": _CAP,
    "MONTH_LIMIT_CONTROL": _CAP,
    "AMOUNT_NOT_ENOUGH": _BALANCE,
    "OUT_OF_SERVICE": _BALANCE,
    "MOBILE_NUMBER_ILLEGAL": _NUMBER,
    "MOBILE_COUNT_OVER_LIMIT": _NUMBER,
    "DOMESTIC_NUMBER_NOT_SUPPORTED": Meaning(
        _REQUEST,
        "This template does not send to the region of this number: the usage type needs a "
        "mainland template as `china` and an international one as `overseas`.",
    ),
    "CUSTOMER_REFUSED": Meaning(
        _REQUEST, "The person with this number has unsubscribed from messages of this sign."
    ),
    # The tables have had two meanings for it: a number on a block list, and a word in a variable.
    "BLACK_KEY_CONTROL_LIMIT": Meaning(
        _REQUEST,
        "The number is on a block list of the provider, after a complaint or an unsubscription, "
        "or the code contains a forbidden word.",
    ),
    "INVALID_PARAMETERS": Meaning(
        _REQUEST, "The provider finds a parameter malformed: see its message."
    ),
    "PARAM_LENGTH_LIMIT": Meaning(
        _REQUEST,
        "The code is too short or too long for the template: mainland verification templates "
        "take 4 to 6 characters.",
    ),
    "PARAM_NOT_SUPPORT_URL": Meaning(
        _REQUEST, "The provider takes the code for a URL or for sensitive text."
    ),
    "INVALID_JSON_PARAM": Meaning(
        _REQUEST, "The provider could not read the values for the template."
    ),
    "TEMPLATE_PARAMS_ILLEGAL": Meaning(
        _CONFIG,
        "The code does not fit the type of the template's variable: one of digits only (仅数字) "
        "takes no letters. Send digits, or apply for a template that takes letters.",
        "template",
    ),
    "TEMPLATE_MISSING_PARAMETERS": Meaning(
        _CONFIG,
        "The template has a variable that gets no value: its only variable must be `${code}`.",
        "template",
    ),
    "template_parameter_count_illegal": Meaning(
        _CONFIG,
        "A verification template has one variable only, `${code}`: apply for another template.",
        "template",
    ),
    "SMS_TEMPLATE_ILLEGAL": Meaning(
        _CONFIG,
        "The account of the access key has no approved template with this code, or its variables "
        "are not `${code}` alone: check both under 模板管理 in the SMS console.",
        "template",
    ),
    "SMS_CONTENT_ILLEGAL": Meaning(
        _CONFIG,
        "The text of the template contains what may not be sent: apply for a template with "
        "another text.",
        "template",
    ),
    "UNSUPPORTED_CONTENT": Meaning(
        _CONFIG,
        "The text of the template has characters that cannot be sent, such as traditional "
        "Chinese, emoji or symbols: apply for a template without them.",
        "template",
    ),
    "SMS_CONTENT_MISMATCH_TEMPLATE_TYPE": Meaning(
        _CONFIG,
        "The text of the template does not fit its type: apply for a template of the type 验证码.",
        "template",
    ),
    "SMS_SIGNATURE_ILLEGAL": Meaning(
        _CONFIG,
        "The account of the access key has no approved sign with this name: `signName` must be "
        "written as under 签名管理 in the SMS console, without 【】 or spaces.",
        "sign",
    ),
    "SMS_SIGNATURE_SCENE_ILLEGAL": Meaning(
        _CONFIG,
        "The scenario of the sign does not allow messages of this template's type: use a sign "
        "with the scenario 通用 or 验证码.",
        "sign",
    ),
    "SIGN_STATE_ILLEGAL": Meaning(
        _CONFIG,
        "The sign is not usable (不可用): 签名管理 in the SMS console says why.",
        "sign",
    ),
    "SIGN_NAME_ILLEGAL": Meaning(
        _CONFIG, "The sign name breaks the rules for names: apply for another one.", "sign"
    ),
    "SMS_SIGN_EMOJI_ILLEGAL": Meaning(
        _CONFIG, "The sign name must not contain emoji: correct `signName`.", "sign"
    ),
    "SMS_SIGN_ILLEGAL": _SIGN_FORBIDDEN,
    "SIGNATURE_BLACKLIST": _SIGN_FORBIDDEN,
    "EXTEND_CODE_ERROR": _EXTENSION,
    "ONE_CODE_MULTIPLE_SIGN": _EXTENSION,
    "CODE_EXCEED_LIMIT": _EXTENSION,
    "CODE_ERROR": _EXTENSION,
    "SMS_TEST_NUMBER_LIMIT": Meaning(
        _CONFIG,
        "A test sign and template send only to numbers that are bound in the SMS console: bind "
        "this one there, or use a sign and a template of your own.",
    ),
    "SMS_TEST_SIGN_TEMPLATE_LIMIT": Meaning(
        _CONFIG,
        "A test sign goes with a test template only, and a test template with a test sign: use "
        "both of a test, or neither.",
    ),
    "SMS_TEST_TEMPLATE_PARAMS_ILLEGAL": Meaning(
        _REQUEST, "A test template takes codes of 4 to 6 digits only."
    ),
    "FUNCTION_NOT_OPENED": Meaning(
        _CONFIG,
        "Enable the number verification service (号码认证服务) in the console: it sends the "
        "template codes of digits alone.",
    ),
    "ACCOUNT_NOT_EXISTS": Meaning(
        _CONFIG, "The account of this access key does not exist: use another key.", "account"
    ),
    "ACCOUNT_ABNORMAL": Meaning(
        _CONFIG,
        "The account is not in order, or its billing could not be queried: see the console, and "
        "ask the provider if it shows nothing.",
        "account",
    ),
    "SECURITY_FROZEN_ACCOUNT": Meaning(
        _CONFIG,
        "The provider has frozen the account's SMS because it sent nothing for a long time (45 "
        "days): ask the provider's sales or support to open it again.",
        "account",
    ),
    "PRODUCT_UN_SUBSCRIPT": _NOT_ENABLED,
    "PRODUCT_UNSUBSCRIBE": _NOT_ENABLED,
    "DENY_IP_RANGE": Meaning(
        _CONFIG,
        "Nothing outside mainland China may send to the mainland: run the function in a mainland "
        "region, such as cn-hangzhou. No allowlist changes this.",
        "region",
    ),
}

# The gateway's codes, and the service's trouble: `isp` codes that call for another attempt.
OF_THE_GATEWAY: Final[dict[str, Meaning]] = {
    "isp.SYSTEM_ERROR": _PROVIDER,
    "isp.GATEWAY_ERROR": _PROVIDER,
    "ServiceUnavailable": _PROVIDER,
    "isp.RAM_PERMISSION_DENY": _PERMISSION,
    "InvalidAccessKeyId.NotFound": Meaning(
        _CONFIG, "There is no such access key: correct `accessKeyId`.", "key"
    ),
    "InvalidAccessKeyId.Inactive": Meaning(
        _CONFIG, "The access key is disabled: enable it, or use another one.", "key"
    ),
    "MissingSecurityToken": Meaning(
        _CONFIG,
        "The access key is a role's and needs its security token: use a user's key pair.",
        "token",
    ),
    "SignatureDoesNotMatch": Meaning(
        _CONFIG, "Check `accessKeySecret`; if it is correct, check this machine's clock.", "secret"
    ),
    "InvalidTimeStamp.Expired": Meaning(
        _OTHER, "This machine's clock is wrong: correct it.", "clock"
    ),
    "SignatureNonceUsed": Meaning(
        _UNKNOWN,
        f"The provider got this request twice: something on the way repeats them. {CHECK_DELIVERY}",
    ),
    "InvalidVersion": _WRONG_ENDPOINT,
    "InvalidAction.NotFound": _WRONG_ENDPOINT,
}

# Gateway codes that stand for all codes which begin with them and a dot.
FAMILIES: Final[dict[str, Meaning]] = {
    "Throttling": SLOW_DOWN,
    "Forbidden": _PERMISSION,
    "NoPermission": _PERMISSION,
    "InvalidSecurityToken": Meaning(
        _CONFIG,
        "The function's role gave a token that is invalid or expired: check the role.",
        "token",
    ),
    "InternalError": MAYBE_SENT,
}
