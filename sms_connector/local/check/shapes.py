"""The shape of an answer: names and types of its fields, and statuses that are enumerations.

Nothing else of an answer is kept: what a shape holds was in the documentation before.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

NOT_SHOWN: Final = "not shown"

# Names in the documentation are words; a number, a key or a template code has digits.
_NAME: Final = re.compile(r"[A-Za-z]{1,40}")
_CODE: Final = re.compile(
    r"(?:isv|isp|biz)\.[A-Z_]{3,60}|[A-Z][A-Za-z]{1,30}(?:\.[A-Z][A-Za-z]{1,30})?"
)

_SMALL: Final = re.compile(r"-?[0-9]{1,2}")
_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "OperatorCode": frozenset({"mobile", "unicom", "telecom"}),
    "ReasonCode": frozenset(
        {
            *("UNBINDING_QUA", "BINDING_INCOMPLETE_QUA", "NON_REGISTER", "REGISTERING"),
            *("DETECTING", "DETECT_SUCCESS", "QUALIFICATION_ERROR", "SIGNATURE_ERROR"),
            *("SIGNATURE_QUALIFICATION_ERROR", "ONE_CODE_MULTIPLE_SIGN", "OTHERS_ERROR"),
            *("REGISTER_TIMEOUT", "NO_SEND_RECORD", "EXT_CODE_RECYCLE", "SUBPORT_RECYCLE"),
        }
    ),
    "VerifyResult": frozenset({"PASS", "UNKNOWN"}),
}
_NUMBERS: Final = frozenset(
    {
        *("SignStatus", "SignTag", "RegisterStatus", "RegisterResult", "SendStatus"),
        *("TemplateStatus", "TemplateType", "TemplateTag", "IntlType"),
    }
)


def code_shown(code: object, *, known: bool) -> str:
    """Return a code of the provider if it looks like one of its own, or is in our table."""
    is_one = known or (isinstance(code, str) and _CODE.fullmatch(code))
    return str(code) if is_one else NOT_SHOWN


def types_of(answer: Any, path: str = "") -> dict[str, str]:
    """Return the JSON type of each field by its path, such as ``AuditInfo.RejectInfo``."""
    if isinstance(answer, dict):
        found: dict[str, str] = {}
        for name, value in answer.items():
            at = f"{path}.{_shown(name)}" if path else _shown(name)
            found |= {at: _type(value), **types_of(value, at)}
        return found
    if isinstance(answer, list):
        return {at: kind for item in answer for at, kind in types_of(item, f"{path}[]").items()}
    return {}


def statuses_of(answer: Any) -> dict[str, list[str]]:
    """Return the values of the fields that are enumerations, in the order of the answer."""
    found: dict[str, list[str]] = {}
    if isinstance(answer, list):
        parts = [statuses_of(item) for item in answer]
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if name in _WORDS or name in _NUMBERS:
                found.setdefault(name, []).append(_status(name, value))
        parts = [statuses_of(value) for value in answer.values()]
    else:
        parts = []
    for part in parts:
        for name, values in part.items():
            found.setdefault(name, []).extend(values)
    return found


def _status(name: str, value: object) -> str:
    text = "null" if value is None else str(value)
    if text == "null" or text in _WORDS.get(name, ()):
        return text
    return text if name in _NUMBERS and _SMALL.fullmatch(text) else NOT_SHOWN


def _shown(name: str) -> str:
    return name if _NAME.fullmatch(name) else NOT_SHOWN


def _type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
