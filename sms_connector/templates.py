"""The templates and signs of a connector JSON: which of them a number gets, by its region."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from .config_fields import Problems, Read, read_struct
from .errors import invalid_parameter
from .limits.countries import COUNTRIES
from .phone import MAINLAND, PhoneNumber

REQUIRED_USAGE_TYPES: Final = ("Register", "SignIn", "ForgotPassword", "Generic")

CHINA: Final = "china"
OVERSEAS: Final = "overseas"
ANYWHERE: Final = ""
"""The region of a value that stands alone in the JSON: it is for every number."""

_SignName = Annotated[str, Meta(pattern=r"^[^\x00-\x1f]+\Z")]
_Code = Annotated[str, Meta(pattern=r"^[!-~]+\Z")]
_PnvsCode = Annotated[str, Meta(pattern=r"^[0-9]{6}\Z")]

_COUNTRIES: Final = "ISO 3166 codes of countries such as HK"
_CODE_TEXT: Final = "must be a template code"
_CODES_TEXT: Final = (
    "must be a template code, or an object with one for each of china, overseas and countries"
)
_SIGN_TEXT: Final = "must be the name of a sign"
_SIGNS_TEXT: Final = (
    "must be the name of a sign, or an object with one for each of china, overseas and countries"
)
_PNVS_TEXT: Final = (
    "must be a template code of the number verification service, which have 6 digits"
)

_GIVE_OVERSEAS: Final = "give the usage type an `overseas` template code to send to it"


class ByRegion(msgspec.Struct, frozen=True):
    """A value for each region: ``china``, ``overseas``, or a country (ISO 3166); or ANYWHERE."""

    values: Mapping[str, str]

    def at(self, region: str) -> str | None:
        """Return the value of a region; a country that has none of its own is ``overseas``."""
        values = self.values
        if ANYWHERE in values:
            return values[ANYWHERE]
        return values.get(region) or (None if region == CHINA else values.get(OVERSEAS))


class Backup(msgspec.Struct, frozen=True, rename="camel"):
    """A template of the number verification service, and its sign, for mainland numbers.

    It goes out where the template in whose place it stands was definitely not sent.
    """

    template_code: _PnvsCode
    sign_name: _SignName


class Template(msgspec.Struct, frozen=True, rename="camel"):
    """The provider's template for one usage type.

    ``sign_name`` and ``backup`` are those of this template alone; None stands for the connector's.
    """

    usage_type: Annotated[str, Meta(min_length=1)]
    template_code: ByRegion
    sign_name: ByRegion | None = None
    backup: Backup | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all regions."""
        return tuple(self.template_code.values.values())

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that this template sends to: ``china``, ``overseas``, countries."""
        values = self.template_code.values
        if ANYWHERE not in values:
            return tuple(values)
        return (CHINA,) if is_pnvs(values[ANYWHERE]) else (CHINA, OVERSEAS)

    def is_pnvs_at(self, region: str) -> bool:
        """Return whether the code of a region is one of the number verification service."""
        return is_pnvs(self.template_code.at(region) or "")

    def sign_at(self, region: str, signs: ByRegion) -> str | None:
        """Return the sign of a region: the template's, else that of ``signs``, the connector's."""
        own = self.sign_name.at(region) if self.sign_name else None
        return own or signs.at(region)

    def code_for(self, phone: PhoneNumber) -> str:
        """Choose by the region of the number.

        Raises ConnectorError (``invalid_request_parameters``) where the message would certainly be
        refused, or reach another number: see ``PhoneNumber.reads_as_mainland``.
        """
        code = self.template_code.at(region_of(phone))
        if phone.reads_as_mainland and ANYWHERE in self.template_code.values:
            raise invalid_parameter(
                "phone",
                "has the digits of a mainland China mobile, which would get the message instead: "
                f"{_GIVE_OVERSEAS}",
            )
        if phone.is_mainland and code is None:
            raise invalid_parameter(
                "phone",
                "is in mainland China, where this template does not send: give the usage type a "
                "`china` template code to send to it",
            )
        if code is None or (not phone.is_mainland and is_pnvs(code)):
            raise invalid_parameter(
                "phone",
                f"is outside mainland China, where this template does not send: {_GIVE_OVERSEAS}",
            )
        return code


def is_pnvs(template_code: str) -> bool:
    """Return whether a template is one of the number verification service, whose codes are digits.

    It sends to mainland China only.
    """
    return template_code.isascii() and template_code.isdigit()


def region_of(phone: PhoneNumber) -> str:
    """Return the region by which the JSON names the country of a number."""
    return CHINA if phone.is_mainland else phone.country


def read_templates(raw: object, path: str, problems: Problems) -> tuple[Template, ...]:
    """Return the templates that are valid; each problem of the others is in ``problems``."""
    if not isinstance(raw, list):
        problems.add(path, "must be a list of templates")
        return ()
    templates = [
        _read_template(template, f"{path}[{index}]", problems) for index, template in enumerate(raw)
    ]
    named = [template.get("usageType") for template in raw if isinstance(template, dict)]
    missing = [usage_type for usage_type in REQUIRED_USAGE_TYPES if usage_type not in named]
    if missing:
        problems.add_sentence(
            path, f"UsageType ({', '.join(missing)}) should be provided in templates"
        )
    return tuple(template for template in templates if template)


def read_signs(raw: object, path: str, problems: Problems) -> ByRegion | None:
    """Return one sign name or those of regions."""
    return _read_by_region(_SignName, (_SIGN_TEXT, _SIGNS_TEXT), raw, path, problems)


def read_backup(raw: object, path: str, problems: Problems) -> Backup | None:
    """Return a backup; unknown keys in it are problems."""
    parts: dict[str, Read] = {"templateCode": _read_pnvs_code, "signName": _read_sign}
    return read_struct(raw, path, problems, Backup, parts, closed=True)


def _read_pnvs_code(raw: object, path: str, problems: Problems) -> str:
    return _read_one(_PnvsCode, _PNVS_TEXT, raw, path, problems)


def _read_sign(raw: object, path: str, problems: Problems) -> str:
    return _read_one(_SignName, _SIGN_TEXT, raw, path, problems)


def _read_one(kind: object, text: str, raw: object, path: str, problems: Problems) -> str:
    if not _is(kind, raw):
        problems.add(path, text)
    return str(raw)


def _read_template(raw: object, path: str, problems: Problems) -> Template | None:
    parts: dict[str, Read] = {
        "templateCode": _read_codes,
        "signName": read_signs,
        "backup": read_backup,
    }
    return read_struct(raw, path, problems, Template, parts)


def _read_codes(raw: object, path: str, problems: Problems) -> ByRegion | None:
    codes = _read_by_region(_Code, (_CODE_TEXT, _CODES_TEXT), raw, path, problems)
    for region, code in codes.values.items() if codes else ():
        where = f"{path}.{region}" if region else path
        if is_pnvs(code) and region not in (ANYWHERE, CHINA):
            problems.add(
                where,
                "must be an international template: a code of digits alone serves the mainland "
                "only",
            )
        # An SMS template whose prefix was forgotten would go to the other service.
        elif is_pnvs(code) and not _is(_PnvsCode, code):
            problems.add(
                where,
                "must begin with SMS_, or be one of the number verification service, which have 6 "
                "digits",
            )
    return codes


def _read_by_region(
    kind: object, texts: tuple[str, str], raw: object, path: str, problems: Problems
) -> ByRegion | None:
    """Read one value or an object of them; ``texts`` are what each must be."""
    text_of_one, text_of_all = texts
    if not isinstance(raw, dict) or not raw:
        if _is(kind, raw):
            return ByRegion({ANYWHERE: str(raw)})
        problems.add(path, text_of_all)
        return None
    before = len(problems)
    for region, value in raw.items():
        if region == MAINLAND:
            problems.add(f"{path}.{region}", "is named china here: rename it")
        elif region not in (CHINA, OVERSEAS) and region not in COUNTRIES:
            problems.add_unknown_key(path, region, (CHINA, OVERSEAS, _COUNTRIES))
        elif not _is(kind, value):
            problems.add(f"{path}.{region}", text_of_one)
    return ByRegion(raw) if len(problems) == before else None


def _is(kind: object, value: object) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def check_signs(signs: ByRegion, templates: Sequence[Template], problems: Problems) -> None:
    """Add a problem for each template that has no sign in one of its regions, or a wrong one.

    ``signs`` are the connector's: see ``Template.sign_at``.
    """
    for index, template in enumerate(templates):
        where = f"templates[{index}]"
        found = {region: template.sign_at(region, signs) for region in template.regions}
        without = [region for region, sign in found.items() if sign is None]
        if without:
            problems.add(
                "signName", f"must name a sign for {', '.join(without)}: `{where}` sends there"
            )
        given = {sign for region, sign in found.items() if template.is_pnvs_at(region)}
        others = {sign for region, sign in found.items() if not template.is_pnvs_at(region)}
        if given & others:
            problems.add(
                f"{where}.signName",
                'must be {"china": …, "overseas": …}, with a sign of the number verification '
                "service as china and your own as overseas: the codes of the template are of both "
                "services, and no sign serves both",
            )
