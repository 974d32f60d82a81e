"""Why a request was refused, in a sentence for the developer who debugs it.

The provider's own messages say little, and most of them are in Chinese. `page/texts/zh-CN.json`
has each sentence in Chinese.
"""

from collections.abc import Mapping
from typing import Final

from .inbox import RefusedRequest

MAGIC: Final = "This is a magic number: every message to it is refused like this."
LOST: Final = "This is a magic number: every request to it is lost like this."
OTHER: Final = "The emulator does not explain this code."

_MISSING: Final = "A mandatory parameter is missing: the answer names it."
_FREQUENCY: Final = (
    "Too many messages to this number: wait, or start the emulator with --no-flow-control."
)
_SECURITY_TOKEN: Final = "The security token does not belong to this access key, or is expired."

EXPLANATIONS: Final[Mapping[str, str]] = {
    "isv.SMS_SIGNATURE_ILLEGAL": "The account has no such sign name. It is written without 【】.",
    "isv.SIGN_STATE_ILLEGAL": "The sign name has not been approved.",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": (
        "The sign name was not approved for this type of template."
    ),
    "isv.SMS_TEMPLATE_ILLEGAL": ("The account has no such template, or it has not been approved."),
    "isv.TEMPLATE_MISSING_PARAMETERS": (
        "A variable of the template has no value in TemplateParam."
    ),
    "isv.TEMPLATE_PARAMS_ILLEGAL": (
        "A value in TemplateParam is not a string, or a verification template got other "
        "characters than letters and digits, or letters where it takes digits only."
    ),
    "isv.INVALID_JSON_PARAM": "TemplateParam is not a JSON object.",
    "isv.PARAM_LENGTH_LIMIT": (
        "A value in TemplateParam has more than 35 characters, or the code of a mainland "
        "verification template has not 4 to 6."
    ),
    "isv.PARAM_NOT_SUPPORT_URL": "A value in TemplateParam is a URL.",
    "isv.MOBILE_NUMBER_ILLEGAL": (
        "Not a phone number: 11 digits in the mainland, else country code and number without +."
    ),
    "isv.MOBILE_COUNT_OVER_LIMIT": "One request has at most 1,000 numbers.",
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": (
        "The template does not send to the region of this number: international templates send "
        "abroad only, all others to the mainland only."
    ),
    "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT": (
        "A test sign goes with a test template only, and a test template with a test sign."
    ),
    "isv.SMS_TEST_NUMBER_LIMIT": "A test sign sends to the bound numbers of the account only.",
    "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL": "A test template takes 4 to 6 digits only.",
    "isv.DENY_IP_RANGE": (
        "The emulator was started with --outside-mainland: it refuses messages to the mainland, "
        "as the service does from abroad."
    ),
    "isv.BUSINESS_LIMIT_CONTROL": _FREQUENCY,
    "biz.FREQUENCY": _FREQUENCY,
    "MOBILE_NUMBER_ILLEGAL": (
        "SendSmsVerifyCode sends to 11 digits of the mainland only, with CountryCode 86."
    ),
    "INVALID_PARAMETERS": "A parameter is out of its range or malformed: the answer names it.",
    "SignatureDoesNotMatch": (
        "The signature was made with another secret or over another text than the one that the "
        "answer quotes."
    ),
    "IncompleteSignature": (
        "The Authorization header is malformed, or the signature does not cover host and every "
        "x-acs- header."
    ),
    "InvalidSignatureMethod": (
        "Only ACS3-HMAC-SHA256, and HMAC-SHA1 with version 1.0, are accepted."
    ),
    "InvalidAccessKeyId.NotFound": "The account has no such access key.",
    "InvalidAccessKeyId.Inactive": "The access key is disabled.",
    "InvalidTimeStamp.Format": "The time of the request is not like 2026-01-02T03:04:05Z.",
    "InvalidTimeStamp.Expired": (
        "The time of the request is more than 15 minutes off: check the client's clock."
    ),
    "SignatureNonceUsed": "The same signed request was received before.",
    "MissingSecurityToken": "The access key is temporary and needs its security token.",
    "InvalidSecurityToken.Expired": _SECURITY_TOKEN,
    "InvalidSecurityToken.MismatchWithAccessKey": _SECURITY_TOKEN,
    "InvalidVersion": "Version is not 2017-05-25.",
    "InvalidAction.NotFound": "The emulator does not have this action.",
    "UnsupportedHTTPMethod": "The API takes GET and POST only.",
}


def explanation_of(refused: RefusedRequest) -> str:
    """Return one sentence in English."""
    if refused.magic:
        return MAGIC if refused.code else LOST
    if refused.code.startswith("Missing") and refused.code not in EXPLANATIONS:
        return _MISSING
    return EXPLANATIONS.get(refused.code, OTHER)
