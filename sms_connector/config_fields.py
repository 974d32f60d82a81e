"""Reading the parts of a connector JSON: each value is checked once, each problem has a path."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

_TEXTS: Final = {
    "accessKeyId": "must be an access key, without spaces",
    "accessKeySecret": "must be an access key, without spaces",
    "usageType": "must be a usage type such as SignIn",
    "strictPhoneRegionNumberCheck": "must be true or false",
    "endpoint": "must be a host, https://host:port or http://host:port",
    "regionId": "must be a region such as cn-hangzhou",
    "connectTimeout": "must be milliseconds, a whole number from 1 to 60000",
    "readTimeout": "must be milliseconds, a whole number from 1 to 60000",
    "atLeast": "must be a whole number from 1 to 1000000000",
    "below": "must be a share, a number from 0 to 1",
    "codeLength": "must be a whole number from 4 to 8",
    "validSeconds": "must be seconds, a whole number from 1 to 86400",
    "attempts": "must be a whole number from 1 to 20",
    "sends": "must be a whole number from 1 to 20",
    "checkByNumber": "must be true or false",
}
"""What a value must be, by its key: the rest of the sentence that its path begins."""

# A key is repeated only where it can be a misspelt one, and not a secret in the wrong place.
_SHOWN_KEY = re.compile(r"[A-Za-z*]{1,30}")

_S = TypeVar("_S", bound=msgspec.Struct)

Read = Callable[[object, str, "Problems"], Any]
"""Reads what a key holds: the value, its path, and where to add the problems of it."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that must change in a connector JSON.

    ``path`` says where (``templates[1].templateCode``; empty for the whole), ``text`` names the
    path too, so that it can stand alone. Neither repeats a value.
    """

    path: str
    text: str


class Problems:
    """The problems found so far, in the order of the fields."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def add(self, path: str, problem: str) -> None:
        """Add a problem that completes the sentence which its path begins."""
        self._found.append(Problem(path, f"`{path}` {problem}" if path else f"it {problem}"))

    def add_sentence(self, path: str, sentence: str) -> None:
        """Add a problem of several values."""
        self._found.append(Problem(path, sentence))

    def add_unknown_key(self, path: str, key: str, known: tuple[str, ...]) -> None:
        """Add an unknown key. It is an error because a misspelt limit would silently not apply."""
        if _SHOWN_KEY.fullmatch(key):
            self.add(f"{path}.{key}", f"is unknown: the keys here are {', '.join(known)}")
        else:
            self.add(path, f"has an unknown key: the keys here are {', '.join(known)}")


def read_struct(
    raw: object,
    path: str,
    problems: Problems,
    kind: type[_S],
    parts: Mapping[str, Read] | None = None,
    *,
    closed: bool = False,
) -> _S | None:
    """Make a struct of a JSON object; None if it is not valid, with the reasons in ``problems``.

    ``parts`` has what reads the fields that are more than one value. Unknown keys are ignored,
    unless the struct is ``closed``.
    """
    if not isinstance(raw, dict):
        problems.add(path, "must be an object" if path else "must be a JSON object")
        return None
    before = len(problems)
    values: dict[str, Any] = {}
    fields = msgspec.structs.fields(kind)
    for field in fields:
        name = field.encode_name
        where = f"{path}.{name}" if path else name
        if name not in raw:
            if field.required:
                problems.add(where, "is required")
        elif parts and name in parts:
            values[field.name] = parts[name](raw[name], where, problems)
        else:
            try:
                values[field.name] = msgspec.convert(raw[name], field.type)
            except msgspec.ValidationError:  # it quotes what it found: not passed on
                problems.add(where, _TEXTS[name])
    if closed:
        known = tuple(field.encode_name for field in fields)
        for key in raw:
            if key not in known:
                problems.add_unknown_key(path, key, known)
    return kind(**values) if len(problems) == before else None
