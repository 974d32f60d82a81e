"""What a sign or a template must be for verification codes to go out with it."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from ..lookup import Sign, Template
from . import places
from .finding import Check

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_SENT_VARIABLE: Final = "code"

_PENDING, _APPROVED, _REJECTED = 0, 1, 2
_VERIFICATION, _INTERNATIONAL, _INTL_VERIFICATION = 0, 3, 2

_KINDS: Final = {0: "verification code", 1: "notification", 2: "promotion"}
_INTL_KINDS: Final = {0: "notification", 1: "promotion", 2: "verification code"}

# What a sign for verification codes is approved for, as the console and older answers name it.
_FITTING_USAGE = re.compile("通用|验证码|general|verification", re.I)


class Region(Enum):
    """Where the numbers are that a template code is used for."""

    MAINLAND = "mainland China"
    ABROAD = "abroad"
    ANY = "anywhere"


def check_sign(sign: Sign) -> Iterator[Check]:
    """Check review and scenario: one check that is ok, or each problem."""
    problems = list(_sign_problems(sign))
    for message, remedy in problems:
        yield Check("signName", False, message, remedy)
    if not problems:
        usage = f" ({sign.usage})" if sign.usage else ""
        yield Check("signName", True, f"The sign is approved{usage}.")


def _sign_problems(sign: Sign) -> Iterator[tuple[str, str]]:
    if sign.status != _APPROVED:
        yield _review("The sign", sign.status, sign.reject_info, places.SIGNS)
    if sign.usage and not _FITTING_USAGE.search(sign.usage):
        yield (
            f"The sign is for {sign.usage}, not for verification codes.",
            f"Apply for a sign with the scenario 通用 or 验证码: {places.SIGNS}.",
        )


def check_template(path: str, code: str, region: Region, template: Template) -> Iterator[Check]:
    """Check one template code for its use: one check that is ok, or each problem."""
    problems = list(_template_problems(code, region, template))
    for message, remedy in problems:
        yield Check(path, False, message, remedy)
    if not problems:
        served = Region.ABROAD if template.kind == _INTERNATIONAL else Region.MAINLAND
        only = " only" if region is Region.ANY else ""
        yield Check(path, True, f"{code} is approved, for codes, and serves {served.value}{only}.")


def _template_problems(code: str, region: Region, template: Template) -> Iterator[tuple[str, str]]:
    international = template.kind == _INTERNATIONAL
    place = places.OVERSEAS_TEMPLATES if international else places.TEMPLATES
    if template.status != _APPROVED:
        yield _review(code, template.status, template.reject_info, place)
    if not _is_for_codes(template):
        kinds, kind = (
            (_INTL_KINDS, template.intl_kind) if international else (_KINDS, template.kind)
        )
        yield (
            f"{code} is a template of another kind: {kinds.get(kind or 0, 'unknown')}.",
            f"Apply for a template of the type 验证码 (verification code): {place}.",
        )
    yield from _variable_problems(code, template, place)
    yield from _region_problems(code, region, international)


def _is_for_codes(template: Template) -> bool:
    if template.kind == _INTERNATIONAL:
        return template.intl_kind == _INTL_VERIFICATION
    return template.kind == _VERIFICATION


def _variable_problems(code: str, template: Template, place: str) -> Iterator[tuple[str, str]]:
    variables = list(dict.fromkeys(_VARIABLE.findall(template.content)))
    if _SENT_VARIABLE not in variables:
        yield (
            f"{code} holds no ${{code}}: the phone would not show the code.",
            f"Apply for a template whose one variable is ${{code}}: {place}.",
        )
    others = [f"${{{name}}}" for name in variables if name != _SENT_VARIABLE]
    if others:
        yield (
            f"{code} holds {', '.join(others)}, which nobody fills in.",
            f"Apply for a template whose one variable is ${{code}}: {place}.",
        )


def _region_problems(code: str, region: Region, international: bool) -> Iterator[tuple[str, str]]:
    if international and region is Region.MAINLAND:
        yield (
            f"{code} sends abroad only, and is used for numbers of mainland China.",
            f"Put a mainland template's code here: {places.TEMPLATES}.",
        )
    elif international and region is Region.ANY:
        yield (
            f"{code} sends abroad only, and is used for numbers of mainland China too.",
            f'Give both codes: {{"china": "SMS_…", "overseas": "{code}"}}; a mainland one is '
            f"found in {places.TEMPLATES}.",
        )
    elif not international and region is Region.ABROAD:
        yield (
            f"{code} sends to mainland China only, and is used for numbers abroad.",
            f"Put an international template's code here: {places.OVERSEAS_TEMPLATES}.",
        )


def _review(what: str, status: int | None, reject_info: str, place: str) -> tuple[str, str]:
    if status == _PENDING:
        return f"{what} is under review.", f"Wait for the review, or hurry it there: {place}."
    if status == _REJECTED:
        why = f": {reject_info}" if reject_info else ""
        return f"{what} was rejected{why}.", f"Mend it and hand it in again: {place}."
    return f"{what} is not approved: its review was cancelled.", f"Hand it in again: {place}."
