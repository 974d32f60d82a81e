"""The values that packages exchange: the message, the SMS made from it, the receipt."""

import re
import secrets
from typing import Final

import msgspec

from .errors import invalid_parameter
from .phone import PhoneNumber
from .templates import Backup

FALLBACK_USAGE_TYPE: Final = "Generic"
"""The usage type whose template serves those that have none of their own."""

CODE_DIGITS: Final = 6

MAINLAND_CODE_LENGTH: Final = 6
"""The most characters that a verification template of the SMS service takes in the mainland.

See https://help.aliyun.com/document_detail/463237.html; the least is 4, as everywhere.
"""

_CODE = re.compile(r"[A-Za-z0-9]{4,10}")
_PNVS_CODE = re.compile(r"[0-9]{4,8}")
_USAGE_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def random_code() -> str:
    """Return a new code of CODE_DIGITS digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def check_mainland_code(code: str) -> None:
    """Raises ConnectorError (``invalid_request_parameters``) for a code that is too long."""
    if len(code) > MAINLAND_CODE_LENGTH:
        raise invalid_parameter(
            "code",
            f"must be 4 to {MAINLAND_CODE_LENGTH} letters and digits: templates for mainland China "
            "take no longer one",
        )


def is_usage_type(text: str) -> bool:
    """Return whether a text is a name such as SignIn, whether or not a template has it."""
    return _USAGE_TYPE.fullmatch(text) is not None


class Message(msgspec.Struct, frozen=True):
    """One verification code for one phone.

    ``phone`` is as the caller gave it: how it is read depends on the connector's settings.
    ``usage_type`` is one of Logto's (``SignIn``, ``Register``, …) or one of your own.
    ``code`` is 4 to 10 ASCII letters and digits, all that a verification template accepts; without
    one, it is made here.
    ``ip`` is the address of the person who asked for the code, if the caller gives it.

    Raises ConnectorError (``invalid_request_parameters``) if the code or usage type is malformed.
    """

    phone: str
    usage_type: str
    code: str | None = None
    ip: str | None = None

    def __post_init__(self) -> None:
        if not is_usage_type(self.usage_type):
            raise invalid_parameter(
                "usageType", "must be a name such as SignIn, Register or Generic"
            )
        if self.code is not None and not _CODE.fullmatch(self.code):
            raise invalid_parameter("code", "must be 4 to 10 letters and digits")

    def __repr__(self) -> str:
        return f"Message(usage_type={self.usage_type!r})"


class Sms(msgspec.Struct, frozen=True):
    """A message ready to send: the number as the provider wants it, the template chosen.

    ``sign_name`` is the sign of the template in the region of the number. ``minutes`` is how long
    the code is valid, from 1 on, for the templates that state it; None if unknown.
    ``backup`` is None where the connector has none for this number. ``test_code`` is the code of a
    test number, None for any other: no message goes to one, and nothing is counted.
    """

    phone: PhoneNumber
    usage_type: str
    template_code: str
    code: str
    sign_name: str = ""
    minutes: int | None = None
    backup: Backup | None = None
    test_code: str | None = None

    @property
    def by_backup(self) -> "Sms | None":
        """The same message by its backup. None without one, or if that cannot carry the code.

        The number verification service takes codes of 4 to 8 digits.
        """
        backup = self.backup
        if backup is None or not _PNVS_CODE.fullmatch(self.code):
            return None
        sms = msgspec.structs.replace(
            self, template_code=backup.template_code, sign_name=backup.sign_name, backup=None
        )
        is_same = (sms.template_code, sms.sign_name) == (self.template_code, self.sign_name)
        return None if is_same else sms

    def __repr__(self) -> str:
        return f"Sms({self.phone!r}, {self.usage_type!r}, {self.template_code!r})"


class FirstRefusal(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Why a message went out by its backup: what kept it from going out by its template.

    ``provider_code`` is None if the provider could not be reached.
    """

    problem: str
    provider_code: str | None = None


class Receipt(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The provider accepted the message. ``biz_id`` finds its delivery state later.

    ``code`` is there where it was made here, for the caller that has to check it. ``backup_for`` is
    there where the message went out by its backup, whose ``template_code`` this is; it is for the
    operator, and no response has it.
    """

    biz_id: str
    request_id: str
    usage_type: str
    template_code: str
    code: str | None = None
    backup_for: FirstRefusal | None = None

    @property
    def shown(self) -> dict[str, object]:
        """What a caller sees of it."""
        shown: dict[str, object] = msgspec.to_builtins(self)
        shown.pop("backupFor", None)
        return shown

    def __repr__(self) -> str:
        return f"Receipt({self.biz_id!r}, {self.request_id!r})"
