"""The connector JSON: Logto's Aliyun SMS connector config, and a few settings beyond it."""

import re
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from .config_fields import Problem, Problems, Read, read_struct
from .errors import invalid_config, invalid_parameter
from .limits.reading import read_limits
from .limits.rules import Limits
from .message import FALLBACK_USAGE_TYPE, MAINLAND_CODE_LENGTH
from .phone import MAINLAND, PhoneNumber

REQUIRED_USAGE_TYPES = ("Register", "SignIn", "ForgotPassword", "Generic")

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])"
_PORT = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
# `\Z` and not `$`, which would let a line break at the end pass: it often comes with a paste.
_ENDPOINT = rf"^(?:https?://)?{_HOST}(?::{_PORT})?/?\Z"

_Key = Annotated[str, Meta(pattern=r"^[!-~]+\Z")]
_SignName = Annotated[str, Meta(pattern=r"^[^\x00-\x1f]+\Z")]
_Code = Annotated[str, Meta(pattern=r"^[!-~]+\Z")]
_Milliseconds = Annotated[int, Meta(ge=1, le=60_000)]
_UpTo20 = Annotated[int, Meta(ge=1, le=20)]

# Beside the host, a port and a slash may follow.
_UNENCRYPTED = re.compile(r"http://(?:[^:/]*\.)?aliyuncs\.com(?![^:/])", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")
_PNVS_DIGITS = 6

_GIVE_OVERSEAS = "give the usage type an `overseas` template code to send to it"


class RegionalCode(msgspec.Struct, frozen=True):
    """Two template codes: the provider refuses a mainland template abroad and the reverse."""

    china: _Code
    overseas: _Code


class Template(msgspec.Struct, frozen=True, rename="camel"):
    """The provider's template for one usage type.

    ``sign_name`` is the sign of this template alone; None stands for the connector's.
    """

    usage_type: Annotated[str, Meta(min_length=1)]
    template_code: _Code | RegionalCode
    sign_name: _SignName | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The code, or both."""
        code = self.template_code
        return (code.china, code.overseas) if isinstance(code, RegionalCode) else (code,)

    def sign_for(self, code: str) -> str | None:
        """Return the sign of this template for one of its codes; None stands for the connector's.

        No sign serves both services: where the two codes are of different ones, ``sign_name`` is
        that of the number verification service.
        """
        is_mixed = any(map(is_pnvs, self.codes)) and not all(map(is_pnvs, self.codes))
        return None if is_mixed and not is_pnvs(code) else self.sign_name

    def code_for(self, phone: PhoneNumber) -> str:
        """Choose by the region of the number, where there is a choice.

        Raise ConnectorError (``invalid_request_parameters``) where the message would surely be
        refused, or reach another number: see ``PhoneNumber.reads_as_mainland``.
        """
        if isinstance(self.template_code, RegionalCode):
            return self.template_code.china if phone.is_mainland else self.template_code.overseas
        if phone.reads_as_mainland:
            raise invalid_parameter(
                "phone",
                "has the digits of a mainland China mobile, which would get the message instead: "
                f"{_GIVE_OVERSEAS}",
            )
        if not phone.is_mainland and is_pnvs(self.template_code):
            raise invalid_parameter(
                "phone",
                f"is outside mainland China, where this template does not send: {_GIVE_OVERSEAS}",
            )
        return self.template_code


def is_pnvs(template_code: str) -> bool:
    """Return whether a template is one of the number verification service, whose codes are digits.

    It sends to mainland China only.
    """
    return _DIGITS.fullmatch(template_code) is not None


class VerificationSettings(msgspec.Struct, frozen=True, rename="camel"):
    """How a verification works: digits of a code, its life in seconds, guesses, messages."""

    code_length: Annotated[int, Meta(ge=4, le=8)] = 6
    valid_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 600
    attempts: _UpTo20 = 5
    sends: _UpTo20 = 5


class ConnectorConfig(msgspec.Struct, frozen=True, rename="camel"):
    """A connector JSON that has been checked. At its top level, unknown keys are ignored.

    Both keys of the pair may be left out: the function's own role is used then. With no
    ``endpoint``, the official client finds the one of the region, or the central one.
    An answer takes ``2 * connect_timeout + read_timeout`` milliseconds at most: one connect
    time for TCP and one for TLS, or for a second try.
    """

    sign_name: _SignName
    templates: tuple[Template, ...]
    access_key_id: _Key | None = None
    access_key_secret: _Key | None = None
    strict_phone_region_number_check: bool = False
    endpoint: Annotated[str, Meta(pattern=_ENDPOINT)] | None = None
    region_id: Annotated[str, Meta(pattern=r"^[a-z0-9-]+\Z")] | None = None
    connect_timeout: _Milliseconds = 1_000
    read_timeout: _Milliseconds = 2_400
    limits: Limits = Limits()
    verification: VerificationSettings = VerificationSettings()

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
    def template_codes(self) -> tuple[str, ...]:
        """The codes of all templates."""
        return tuple(code for template in self.templates for code in template.codes)

    @property
    def longest_call(self) -> float:
        """Seconds that one call may take: see the class."""
        return (2 * self.connect_timeout + self.read_timeout) / 1000

    def template_for(self, usage_type: str) -> Template:
        """Find the template of a usage type; one that has none of its own uses Generic's."""
        by_type = {template.usage_type: template for template in reversed(self.templates)}
        return by_type.get(usage_type) or by_type[FALLBACK_USAGE_TYPE]

    def near_miss(self, usage_type: str) -> str | None:
        """Return the usage type that was probably meant: one that differs in case only.

        None for one with a template of its own, and where nothing is near: both are as meant.
        """
        known = [template.usage_type for template in self.templates]
        if usage_type in known:
            return None
        return next((name for name in known if name.lower() == usage_type.lower()), None)


def parse_config(text: str | bytes) -> ConnectorConfig:
    """Read and check a connector JSON.

    Raise ConnectorError (``invalid_config``) that names every problem by its path, and never
    repeats a value.
    """
    config, problems = read_config(text)
    if config is None:
        whole = "; ".join(problem.text for problem in problems)
        raise invalid_config(f"The connector config is invalid: {whole}.")
    return config


def read_config(text: str | bytes) -> tuple[ConnectorConfig | None, tuple[Problem, ...]]:
    """Return the config, or None and every problem that keeps it from being one."""
    problems = Problems()
    try:
        raw = _decode(text)
    except ValueError:
        problems.add("", "is not valid JSON")
        return None, tuple(problems)
    parts: dict[str, Read] = {
        "templates": _read_templates,
        "limits": read_limits,
        "verification": partial(read_struct, kind=VerificationSettings, closed=True),
    }
    config = read_struct(raw, "", problems, ConnectorConfig, parts)
    if isinstance(raw, dict):
        _check_key_pair(raw, problems)
    if config and _UNENCRYPTED.match(config.endpoint or ""):
        problems.add("endpoint", "must not be http:// at aliyuncs.com: codes would go unencrypted")
    if config and config.verification.code_length > MAINLAND_CODE_LENGTH:
        _check_code_length(config, problems)
    return (None if problems else config), tuple(problems)


def _decode(text: str | bytes) -> object:
    """Raise ValueError for what is not JSON."""
    try:
        # Editors on Windows put a mark before a text, and it comes along in a paste.
        return msgspec.json.decode(text.removeprefix("\ufeff") if isinstance(text, str) else text)
    except RecursionError:
        raise ValueError from None


def _check_key_pair(raw: dict[str, Any], problems: Problems) -> None:
    missing = [name for name in ("accessKeyId", "accessKeySecret") if raw.get(name) is None]
    if len(missing) == 1:
        problems.add_sentence(
            missing[0],
            "give both `accessKeyId` and `accessKeySecret`, or neither to use the function's role",
        )


def _check_code_length(config: ConnectorConfig, problems: Problems) -> None:
    countries = config.limits.countries
    codes = (template.template_code for template in config.templates)
    mainland = (code.china if isinstance(code, RegionalCode) else code for code in codes)
    if (countries is None or MAINLAND in countries) and not all(map(is_pnvs, mainland)):
        problems.add(
            "verification.codeLength",
            f"must be at most {MAINLAND_CODE_LENGTH}: SMS_ templates for mainland China take no "
            "longer code",
        )


def _read_templates(raw: object, path: str, problems: Problems) -> tuple[Template, ...]:
    if not isinstance(raw, list):
        problems.add(path, "must be a list of templates")
        return ()
    templates = [
        _read_template(template, f"{path}[{index}]", problems) for index, template in enumerate(raw)
    ]
    given = [template.get("usageType") for template in raw if isinstance(template, dict)]
    missing = [usage_type for usage_type in REQUIRED_USAGE_TYPES if usage_type not in given]
    if missing:
        problems.add_sentence(
            path, f"UsageType ({', '.join(missing)}) should be provided in templates"
        )
    return tuple(template for template in templates if template)


def _read_template(raw: object, path: str, problems: Problems) -> Template | None:
    template = read_struct(raw, path, problems, Template)
    code = template.template_code if template else None
    where = f"{path}.templateCode"
    if isinstance(code, RegionalCode):
        if is_pnvs(code.overseas):
            problems.add(
                f"{where}.overseas",
                "must be an international template: a code of digits alone serves the mainland "
                "only",
            )
        code, where = code.china, f"{where}.china"
    # An SMS template whose prefix was forgotten would go to the other service.
    if code and is_pnvs(code) and len(code) != _PNVS_DIGITS:
        problems.add(
            where,
            "must begin with SMS_, or be one of the number verification service, which have "
            f"{_PNVS_DIGITS} digits",
        )
    return template
