"""What a failed query of the provider says about the settings."""

from collections.abc import Mapping
from typing import Final

import msgspec

from ...config import ConnectorConfig
from ...provider.call import Stage
from ...provider.error_codes import Cause
from ...provider.query import Refused
from ...provider.refusals import cause_of, refusal
from ...provider.sdk_call import NoAnswer
from ..endpoint import is_emulator
from . import links
from .finding import Check


class LookupResult(msgspec.Struct, frozen=True):
    """The check that a query amounts to. ``key_works`` is None if it says nothing about the key.

    With ``is_final``, no further query would succeed either.
    """

    check: Check
    key_works: bool | None = True
    is_final: bool = False


_NEW_TOKEN: Final = (
    "Get a new key triple of the role: it is valid for hours only. A pair in the connector JSON "
    f"must be a user's own: {links.KEYS}."
)

# For the causes that no other sign or template would get past.
_REMEDIES: Final[Mapping[Cause | None, str]] = {
    "key": f"Copy both keys anew from {links.KEYS}, or enable the key there.",
    "secret": f"Copy both keys anew from {links.KEYS}. A secret is shown only once: if it is lost, "
    "make a new pair.",
    "token": _NEW_TOKEN,
    "clock": "Set the clock of this machine, best by NTP.",
    "account": f"See {links.OVERVIEW}.",
    "region": "Query from a machine in mainland China: the address of this one is outside.",
}

_NO_PERMISSION: Final = (
    "Not checked: the key has no permission to query signs and templates.",
    "Give the key's user or role AliyunDysmsReadOnlyAccess, or dysms:GetSmsSign and "
    f"dysms:GetSmsTemplate: {links.PERMISSIONS}. Sending needs dysms:SendSms alone.",
)

_NOT_FOUND: Final[Mapping[Cause | None, tuple[str, str]]] = {
    "sign": (
        "The account of this key has no such sign.",
        f"Copy the name of the sign from {links.SIGNS}.",
    ),
    "template": (
        "The account of this key has no such template.",
        f"Copy the code from {links.TEMPLATES} or {links.OVERSEAS_TEMPLATES}.",
    ),
}

# In characters: one line of what somebody else wrote.
_LONGEST_SHOWN: Final = 120


def explain_failure(
    answer: Refused | NoAnswer, subject: str, config: ConnectorConfig
) -> LookupResult:
    """Return the check that a failed query about ``subject`` amounts to."""
    if isinstance(answer, NoAnswer):
        return LookupResult(_no_answer(answer, config), None, True)
    code = answer.provider.code
    cause = cause_of(code)
    error = refusal(answer.http_status, code, answer.provider)
    if cause in _REMEDIES:
        field = "accessKeySecret" if cause == "secret" else "accessKeyId"
        message = f"{error.message} (The provider says {code}.)"
        return LookupResult(Check(field, False, message, _REMEDIES[cause]), False, True)
    if cause == "permission":
        return LookupResult(Check(subject, False, *_NO_PERMISSION), True, False)
    if cause in _NOT_FOUND:
        return LookupResult(Check(subject, False, *_NOT_FOUND[cause]), True, False)
    if error.retry_after is not None or error.kind == "unknown_outcome":
        message = f"Not checked: the provider says {code}."
        return LookupResult(Check(subject, False, message, "Try again in a moment."), None, True)
    first_line = answer.provider.message.partition("\n")[0][:_LONGEST_SHOWN]
    message = f"Not checked: the provider says {code}: {first_line}"
    return LookupResult(Check(subject, False, message, f"See {links.OVERVIEW}."), None, False)


def _no_answer(answer: NoAnswer, config: ConnectorConfig) -> Check:
    if answer.reached is Stage.CONNECTING and is_emulator(config) and config.protocol == "HTTP":
        message = f"Nothing listens on {config.host}."
        return Check("endpoint", False, message, "Run `python -m sms_connector emulate`.")
    message = f"The provider could not be queried: {answer.reason}."
    if answer.needs_settings:  # the reason says which, and what to do
        return Check(answer.reason.partition(" ")[0], False, message)
    remedy = "Check endpoint and regionId, the network of this machine, and its proxy."
    return Check("endpoint", False, message, remedy)
