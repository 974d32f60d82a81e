"""The connector JSON: Logto's Aliyun SMS connector config, and a few settings beyond it."""

import codecs
import re
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from .config_fields import Problem, Problems, Read, read_struct
from .errors import invalid_config
from .fixed_codes import TestNumber, read_test_numbers
from .limits.reading import read_limits
from .limits.rules import Limits
from .message import FALLBACK_USAGE_TYPE, MAINLAND_CODE_LENGTH
from .phone import MAINLAND, PhoneNumber
from .templates import (
    CHINA,
    Backup,
    ByRegion,
    Template,
    check_signs,
    is_pnvs,
    read_backup,
    read_signs,
    read_templates,
    region_of,
)

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])"
_PORT = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
# `\Z` and not `$`, which would let a line break at the end pass: it often comes with a paste.
_ENDPOINT = rf"^(?:https?://)?{_HOST}(?::{_PORT})?/?\Z"

_Key = Annotated[str, Meta(pattern=r"^[!-~]+\Z")]
_Milliseconds = Annotated[int, Meta(ge=1, le=60_000)]
_UpTo20 = Annotated[int, Meta(ge=1, le=20)]

# Beside the host, a port and a slash may follow.
_UNENCRYPTED = re.compile(r"http://(?:[^:/]*\.)?aliyuncs\.com(?![^:/])", re.IGNORECASE)


class VerificationSettings(msgspec.Struct, frozen=True, rename="camel"):
    """How a verification works: digits of a code, its life in seconds, guesses, messages.

    ``check_by_number``: whether a code can be checked without the id of its verification.
    """

    code_length: Annotated[int, Meta(ge=4, le=8)] = 6
    valid_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 600
    attempts: _UpTo20 = 5
    sends: _UpTo20 = 5
    check_by_number: bool = True


class ConnectorConfig(msgspec.Struct, frozen=True, rename="camel"):
    """A connector JSON that has been checked. At its top level, unknown keys are ignored.

    Both keys of the pair may be left out: the function's own role is used then. With no
    ``endpoint``, the official client finds the one of the region, or the central one.
    An answer takes ``2 * connect_timeout + read_timeout`` milliseconds at most: one connect
    time for TCP and one for TLS, or for a second try.
    """

    sign_name: ByRegion
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
    backup: Backup | None = None
    test_numbers: tuple[TestNumber, ...] = ()

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

    def sign_for(self, template: Template, phone: PhoneNumber) -> str:
        """Find the sign of a message: the template's for its region, else the connector's."""
        sign_name = template.sign_at(region_of(phone), self.sign_name)
        assert sign_name is not None  # noqa: S101  (see check_signs)
        return sign_name

    def backup_for(self, template: Template, phone: PhoneNumber) -> Backup | None:
        """Find what goes out in place of a message, for a reason that is not the number's."""
        return (template.backup or self.backup) if phone.is_mainland else None

    def test_number(self, phone: PhoneNumber, today: str) -> TestNumber | None:
        """Find the test number that this is on a day in Shanghai: see ``clock.shanghai_date``."""
        return next(
            (
                number
                for number in self.test_numbers
                if number.works_on(today) and number.phone.identity == phone.identity
            ),
            None,
        )

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

    Raises ConnectorError (``invalid_config``) that names every problem by its path, and never
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
        # Imported only where it is used.
        from .config_syntax import syntax_problem

        problems.add("", syntax_problem(text))
        return None, tuple(problems)
    if isinstance(raw, str) and raw.lstrip().startswith("{"):
        problems.add(
            "",
            "must be a JSON object, and is one inside quotation marks: leave out those around it, "
            "and the backslashes",
        )
        return None, tuple(problems)
    parts: dict[str, Read] = {
        "signName": read_signs,
        "templates": read_templates,
        "backup": read_backup,
        "testNumbers": read_test_numbers,
        "limits": read_limits,
        "verification": partial(read_struct, kind=VerificationSettings, closed=True),
    }
    config = read_struct(raw, "", problems, ConnectorConfig, parts)
    if isinstance(raw, dict):
        _check_key_pair(raw, problems)
    if config:
        check_signs(config.sign_name, config.templates, problems)
    if config and _UNENCRYPTED.match(config.endpoint or ""):
        problems.add("endpoint", "must not be http:// at aliyuncs.com: codes would go unencrypted")
    if config and config.verification.code_length > MAINLAND_CODE_LENGTH:
        _check_code_length(config, problems)
    return (None if problems else config), tuple(problems)


def _decode(text: str | bytes) -> object:
    """Raises ValueError for what is not JSON."""
    try:
        # Editors on Windows put a mark before a text, and it comes along in a paste.
        if isinstance(text, bytes):
            return msgspec.json.decode(text.removeprefix(codecs.BOM_UTF8))
        return msgspec.json.decode(text.removeprefix("\ufeff"))
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
    mainland = (template.template_code.at(CHINA) for template in config.templates)
    sends_sms = any(code is not None and not is_pnvs(code) for code in mainland)
    if sends_sms and (countries is None or MAINLAND in countries):
        problems.add(
            "verification.codeLength",
            f"must be at most {MAINLAND_CODE_LENGTH}: SMS_ templates for mainland China take no "
            "longer code",
        )
