"""What it means for the settings that the provider did not answer a question, or refused to."""

from typing import Final

import msgspec

from ...provider.client import NoAnswer
from ...provider.refusals import refusal
from ..lookup import Refused
from . import places
from .finding import Check


class Trouble(msgspec.Struct, frozen=True):
    """``key_works`` tells what the refusal says of the key; None if nothing.

    With ``is_final``, no further question would get a better answer.
    """

    check: Check
    key_works: bool | None
    is_final: bool


_NEW_SECRET: Final = (
    f"Copy both keys anew from {places.KEYS}. A secret is shown only once: if it is lost, make a "
    "new pair."
)
_NEW_TOKEN: Final = (
    "Get a new key triple of the role: it is valid for hours only. A pair in the connector JSON "
    f"must be a user's own: {places.KEYS}."
)
_ACCOUNT: Final = f"Put the account in order: {places.OVERVIEW}."
_BALANCE: Final = f"Top up the account, or buy a package: {places.OVERVIEW}."

# Subject, message and remedy by code, or by what stands before its dot.
_ABOUT_THE_KEY: Final = {
    "InvalidAccessKeyId.NotFound": (
        "accessKeyId",
        "The provider knows no such access key.",
        f"Copy both keys anew from {places.KEYS}.",
    ),
    "InvalidAccessKeyId.Inactive": (
        "accessKeyId",
        "This access key is disabled.",
        f"Enable it, or use another one: {places.KEYS}.",
    ),
    "SignatureDoesNotMatch": (
        "accessKeySecret",
        "This secret does not belong to the access key.",
        _NEW_SECRET,
    ),
    "InvalidSecurityToken": ("accessKeyId", "The token of this key is not valid.", _NEW_TOKEN),
    "MissingSecurityToken": ("accessKeyId", "This key is a role's and needs a token.", _NEW_TOKEN),
    "InvalidTimeStamp": (
        "accessKeyId",
        "The key could not be tried: this machine's clock is wrong by 15 minutes or more.",
        "Set the clock of this machine, best by NTP.",
    ),
    "isv.ACCOUNT_NOT_EXISTS": ("accessKeyId", "The account does not exist.", _ACCOUNT),
    "isv.ACCOUNT_ABNORMAL": ("accessKeyId", "The account is not in order.", _ACCOUNT),
    "isv.PRODUCT_UN_SUBSCRIPT": ("accessKeyId", "The account has no SMS service.", _ACCOUNT),
    "isv.PRODUCT_UNSUBSCRIBE": ("accessKeyId", "The account has no SMS service.", _ACCOUNT),
    "isv.OUT_OF_SERVICE": ("accessKeyId", "The account's SMS service is stopped.", _BALANCE),
    "isv.AMOUNT_NOT_ENOUGH": ("accessKeyId", "The account has no balance left.", _BALANCE),
    "isv.DENY_IP_RANGE": (
        "accessKeyId",
        "The account does not let this machine's address in.",
        "Allow the address: https://dysms.console.aliyun.com/ (系统设置).",
    ),
}

# In characters: one line of what somebody else wrote.
_LONGEST_SHOWN: Final = 120

_NO_PERMISSION: Final = ("Forbidden", "NoPermission", "isp.RAM_PERMISSION_DENY")
_PERMISSION_REMEDY: Final = (
    "Give the key's user or role AliyunDysmsReadOnlyAccess, or dysms:GetSmsSign and "
    f"dysms:GetSmsTemplate: {places.PERMISSIONS}. Sending needs dysms:SendSms alone."
)

_NOT_FOUND: Final = {
    "isv.SMS_SIGNATURE_ILLEGAL": (
        "The account of this key has no such sign.",
        f"Copy the sign's name as it stands in {places.SIGNS}.",
    ),
    "isv.SMS_TEMPLATE_ILLEGAL": (
        "The account of this key has no such template.",
        f"Copy the code as it stands in {places.TEMPLATES} or {places.OVERSEAS_TEMPLATES}.",
    ),
}


def trouble_of(answer: Refused | NoAnswer, subject: str) -> Trouble:
    """Tell what a question about ``subject`` came to, if it was not answered."""
    if isinstance(answer, NoAnswer):
        message = f"The provider could not be asked: {answer.reason}."
        remedy = "Check endpoint and regionId, the network of this machine, and its proxy."
        return Trouble(Check("endpoint", False, message, remedy), None, True)
    code = answer.provider.code
    kind = code.partition(".")[0]
    if about_the_key := _ABOUT_THE_KEY.get(code) or _ABOUT_THE_KEY.get(kind):
        where, message, remedy = about_the_key
        return Trouble(Check(where, False, message, remedy), False, True)
    if code in _NO_PERMISSION or kind in _NO_PERMISSION:
        message = "Not checked: the key may not look at signs and templates."
        return Trouble(Check(subject, False, message, _PERMISSION_REMEDY), True, False)
    if code in _NOT_FOUND:
        return Trouble(Check(subject, False, *_NOT_FOUND[code]), True, False)
    error = refusal(answer.http_status, answer.provider.code, answer.provider)
    if error.retry_after is not None or error.kind == "unknown_outcome":
        message = f"Not checked: the provider says {code}."
        return Trouble(Check(subject, False, message, "Try again in a moment."), None, True)
    said = answer.provider.message.partition("\n")[0][:_LONGEST_SHOWN]
    message = f"Not checked: the provider says {code}: {said}"
    return Trouble(Check(subject, False, message, f"See {places.OVERVIEW}."), None, False)
