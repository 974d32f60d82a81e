"""The connector JSON: Logto's Aliyun SMS connector config, and a few settings beyond it."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from .errors import invalid_config
from .message import FALLBACK_USAGE_TYPE
from .phone import PhoneNumber

REQUIRED_USAGE_TYPES = ("Register", "SignIn", "ForgotPassword", "Generic")

_NOT_JSON = "The connector config is not valid JSON."

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])"
_PORT = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
# `\Z` and not `$`, which would let a line break at the end pass: it often comes with a paste.
_ENDPOINT = rf"^(?:https?://)?{_HOST}(?::{_PORT})?/?\Z"

# The description completes the sentence «`signName` must be …» of an error.
_Key = Annotated[str, Meta(pattern=r"^[!-~]+\Z", description="an access key, without spaces")]
_SignName = Annotated[str, Meta(pattern=r"^[^\x00-\x1f]+\Z", description="the name of a sign")]
_UsageType = Annotated[str, Meta(min_length=1, description="a usage type such as SignIn")]
_Code = Annotated[str, Meta(pattern=r"^[!-~]+\Z")]
_Endpoint = Annotated[
    str, Meta(pattern=_ENDPOINT, description="a host, https://host:port or http://host:port")
]
_RegionId = Annotated[
    str, Meta(pattern=r"^[a-z0-9-]+\Z", description="a region such as cn-hangzhou")
]
_Milliseconds = Annotated[
    int, Meta(ge=1, le=60_000, description="milliseconds, a whole number from 1 to 60000")
]


class RegionalCode(msgspec.Struct, frozen=True):
    """Two template codes: the provider refuses a mainland template abroad and the reverse."""

    china: _Code
    overseas: _Code


class Template(msgspec.Struct, frozen=True, rename="camel"):
    """The provider's template for one usage type."""

    usage_type: _UsageType
    template_code: Annotated[
        _Code | RegionalCode,
        Meta(description='a template code, or {"china": …, "overseas": …} with one in each'),
    ]

    def code_for(self, phone: PhoneNumber) -> str:
        """Choose by the region of the number, where there is a choice."""
        if isinstance(self.template_code, RegionalCode):
            return self.template_code.china if phone.is_mainland else self.template_code.overseas
        return self.template_code


class ConnectorConfig(msgspec.Struct, frozen=True, rename="camel"):
    """A connector JSON that has been checked. Keys it does not know are ignored.

    Both keys of the pair may be left out: the function's own role is used then. With no
    ``endpoint``, the official client finds the one of the region, or the central one.
    An answer takes ``2 * connect_timeout + read_timeout`` milliseconds at most: one connect
    time for TCP and one for TLS, or for a second try.
    """

    sign_name: _SignName
    templates: Annotated[tuple[Template, ...], Meta(description="a list of templates")]
    access_key_id: _Key | None = None
    access_key_secret: _Key | None = None
    strict_phone_region_number_check: Annotated[bool, Meta(description="true or false")] = False
    endpoint: _Endpoint | None = None
    region_id: _RegionId | None = None
    connect_timeout: _Milliseconds = 1_000
    read_timeout: _Milliseconds = 2_400

    def __repr__(self) -> str:
        return f"ConnectorConfig(sign_name={self.sign_name!r})"

    @property
    def protocol(self) -> str:
        """``HTTP`` only for an endpoint that says so, which is an emulator's."""
        return "HTTP" if (self.endpoint or "").startswith("http://") else "HTTPS"

    @property
    def host(self) -> str | None:
        """The endpoint without its protocol: ``host`` or ``host:port``."""
        if self.endpoint is None:
            return None
        return re.sub(r"^https?://", "", self.endpoint).rstrip("/")

    @property
    def longest_call(self) -> float:
        """Seconds that one call may take: see the class."""
        return (2 * self.connect_timeout + self.read_timeout) / 1000

    def template_for(self, usage_type: str) -> Template:
        """Find the template of a usage type; one that has none of its own uses Generic's."""
        by_type = {template.usage_type: template for template in reversed(self.templates)}
        return by_type.get(usage_type) or by_type[FALLBACK_USAGE_TYPE]


class Problem(msgspec.Struct, frozen=True):
    """One thing that must change in a connector JSON.

    ``path`` says where (``templates[1].templateCode``; empty for the whole), ``text`` names the
    path too, so that it can stand alone. Neither repeats a value.
    """

    path: str
    text: str


def parse_config(text: str | bytes) -> ConnectorConfig:
    """Read and check a connector JSON.

    Raises ConnectorError (``invalid_config``) that names every problem by its path, and never
    repeats a value.
    """
    try:
        raw = _decode(text)
    except ValueError:
        raise invalid_config(_NOT_JSON) from None
    problems = [problem.text for problem in _problems(raw)]
    if problems:
        raise invalid_config(f"The connector config is invalid: {'; '.join(problems)}.")
    return msgspec.convert(raw, ConnectorConfig)


def find_problems(text: str | bytes) -> tuple[Problem, ...]:
    """Give every problem that ``parse_config`` would raise an error for; none if it is valid."""
    try:
        raw = _decode(text)
    except ValueError:
        return (Problem("", _NOT_JSON),)
    return tuple(_problems(raw))


def _decode(text: str | bytes) -> object:
    """Raises ValueError for what is not JSON."""
    try:
        # Editors on Windows put a mark before a text, and it comes along in a paste.
        return msgspec.json.decode(text.removeprefix("\ufeff") if isinstance(text, str) else text)
    except RecursionError:
        raise ValueError from None


def _problems(raw: object) -> Iterator[Problem]:
    if not isinstance(raw, dict):
        yield Problem("", "it must be a JSON object")
        return
    yield from _field_problems(raw, ConnectorConfig, "")
    if (raw.get("accessKeyId") is None) != (raw.get("accessKeySecret") is None):
        yield Problem(
            "accessKeyId" if raw.get("accessKeyId") is None else "accessKeySecret",
            "give both `accessKeyId` and `accessKeySecret`, or neither to use the function's role",
        )
    templates = raw.get("templates")
    if not isinstance(templates, list):
        return
    for index, template in enumerate(templates):
        path = f"templates[{index}]"
        if isinstance(template, dict):
            yield from _field_problems(template, Template, f"{path}.")
        else:
            yield Problem(path, f"`{path}` must be an object")
    given = [template.get("usageType") for template in templates if isinstance(template, dict)]
    missing = [usage_type for usage_type in REQUIRED_USAGE_TYPES if usage_type not in given]
    if missing:
        told = f"UsageType ({', '.join(missing)}) should be provided in templates"
        yield Problem("templates", told)


def _field_problems(
    raw: dict[str, Any], kind: type[msgspec.Struct], path: str
) -> Iterator[Problem]:
    for field in msgspec.structs.fields(kind):
        where = f"{path}{field.encode_name}"
        if field.encode_name not in raw:
            if field.required:
                yield Problem(where, f"`{where}` is required")
            continue
        # The items of a list are looked at one by one, so that each problem has its own path.
        if field.name == "templates" and isinstance(raw[field.encode_name], list):
            continue
        try:
            msgspec.convert(raw[field.encode_name], field.type)
        except msgspec.ValidationError:
            yield Problem(where, f"`{where}` must be {_description(field.type)}")


def _description(kind: Any) -> str:
    schema = msgspec.json.schema(kind)
    parts = (schema, *schema.get("anyOf", ()))
    return next(str(part["description"]) for part in parts if "description" in part)
