"""Whether a sign or a template can be used for verification codes."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from ..lookup import ReviewedSign, ReviewedTemplate
from . import links
from .finding import Check

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_SENT_VARIABLE: Final = "code"

_PENDING, APPROVED, _REJECTED = 0, 1, 2
_VERIFICATION, _INTERNATIONAL, _INTL_VERIFICATION = 0, 3, 2

TEST: Final = 4
"""The tag of a test sign, and of a test template."""

_TRIAL: Final = 5

# By the type of the variable, in mainland verification templates.
_TAKES: Final = {
    "numberCaptcha": " Its code is 4 to 6 digits.",
    "characterWithNumber2": " Its code is 4 to 6 letters and digits.",
}

_KINDS: Final = {0: "verification code", 1: "notification", 2: "promotion"}
_INTL_KINDS: Final = {0: "notification", 1: "promotion", 2: "verification code"}

# Scenarios that allow verification codes, as the console and older API versions name them.
_FITTING_USAGE = re.compile("通用|验证码|general|verification", re.I)


class Region(Enum):
    """The region of the numbers that a template code is used for."""

    MAINLAND = "in mainland China"
    ABROAD = "abroad"
    ANY = "anywhere"


def check_sign(path: str, sign: ReviewedSign) -> Iterator[Check]:
    """Check review and scenario: yield one check that is ok, or each problem; and its kind."""
    problems = list(_sign_problems(sign))
    for message, remedy in problems:
        yield Check(path, False, message, remedy)
    if not problems:
        usage = f" ({sign.usage})" if sign.usage else ""
        yield Check(path, True, f"The sign is approved{usage}.")
    if sign.tag == TEST:
        yield Check(
            path,
            True,
            "It is a test sign (测试签名): it sends with a test template only, to numbers that are "
            "bound in the console.",
            f"Apply for a sign of your own before you go live: {links.SIGNS}.",
        )
    elif sign.tag == _TRIAL:
        yield Check(
            path,
            True,
            "It is a trial sign (试用签名), which the provider lends for a time.",
            f"Apply for a sign of your own before you go live: {links.SIGNS}.",
        )


def _sign_problems(sign: ReviewedSign) -> Iterator[tuple[str, str]]:
    if sign.status != APPROVED:
        yield _review("The sign", sign.status, sign.reject_info, links.SIGNS)
    if sign.usage and not _FITTING_USAGE.search(sign.usage):
        yield (
            f"The scenario of the sign is {sign.usage}: it must allow verification codes.",
            f"Apply for a sign with the scenario 通用 or 验证码: {links.SIGNS}.",
        )


def check_template(
    path: str, code: str, region: Region, template: ReviewedTemplate
) -> Iterator[Check]:
    """Check one template code for its use: yield one check that is ok, or each problem."""
    problems = list(_template_problems(code, region, template))
    for message, remedy in problems:
        yield Check(path, False, message, remedy, template.content)
    if not problems:
        served = Region.ABROAD if template.kind == _INTERNATIONAL else Region.MAINLAND
        only = " only" if region is Region.ANY else ""
        message = f"{code} is approved for verification codes {served.value}{only}."
        takes = _TAKES.get(template.variable, "")
        yield Check(path, True, f"{message}{takes}", text=template.content)


def check_pair(
    path: str, code: str, template: ReviewedTemplate, sign: ReviewedSign
) -> Iterator[Check]:
    """Report a test template without a test sign, and the reverse."""
    if (template.tag == TEST) == (sign.tag == TEST):
        return
    if template.tag == TEST:
        what = f"{code} is a test template, and its sign is no test sign"
    else:
        what = f"{code} is no test template, and its sign is a test sign"
    yield Check(
        path,
        False,
        f"{what}: the provider refuses that.",
        f"Use both of a test, or neither: {links.SIGNS}, {links.TEMPLATES}.",
    )


def _template_problems(
    code: str, region: Region, template: ReviewedTemplate
) -> Iterator[tuple[str, str]]:
    international = template.kind == _INTERNATIONAL
    place = links.OVERSEAS_TEMPLATES if international else links.TEMPLATES
    if template.status != APPROVED:
        yield _review(code, template.status, template.reject_info, place)
    if not _is_for_codes(template):
        kinds, kind = (
            (_INTL_KINDS, template.intl_kind) if international else (_KINDS, template.kind)
        )
        yield (
            f"{code} has the wrong type: {kinds.get(kind or 0, 'unknown')}.",
            f"Apply for a template of the type 验证码 (verification code): {place}.",
        )
    yield from _variable_problems(code, template, place)
    yield from _region_problems(code, region, international)


def _is_for_codes(template: ReviewedTemplate) -> bool:
    if template.kind == _INTERNATIONAL:
        return template.intl_kind == _INTL_VERIFICATION
    return template.kind == _VERIFICATION


def _variable_problems(
    code: str, template: ReviewedTemplate, place: str
) -> Iterator[tuple[str, str]]:
    variables = list(dict.fromkeys(_VARIABLE.findall(template.content)))
    if _SENT_VARIABLE not in variables:
        yield (
            f"{code} has no variable ${{code}}: the SMS would not contain the code.",
            f"Apply for a template whose only variable is ${{code}}: {place}.",
        )
    others = [f"${{{name}}}" for name in variables if name != _SENT_VARIABLE]
    if others:
        yield (
            f"{code} has {', '.join(others)}, which gets no value.",
            f"Apply for a template whose only variable is ${{code}}: {place}.",
        )


def _region_problems(code: str, region: Region, international: bool) -> Iterator[tuple[str, str]]:
    if international and region is Region.MAINLAND:
        yield (
            f"{code} sends abroad only, but is used for numbers in mainland China.",
            f"Put a mainland template's code here: {links.TEMPLATES}.",
        )
    elif international and region is Region.ANY:
        yield (
            f"{code} sends abroad only, but is used for numbers in mainland China too.",
            f'Give both codes: {{"china": "SMS_…", "overseas": "{code}"}}; mainland codes are '
            f"in {links.TEMPLATES}.",
        )
    elif not international and region is Region.ABROAD:
        yield (
            f"{code} sends to mainland China only, but is used for numbers abroad.",
            f"Put an international template's code here: {links.OVERSEAS_TEMPLATES}.",
        )


def _review(what: str, status: int | None, reject_info: str, place: str) -> tuple[str, str]:
    if status == _PENDING:
        return f"{what} is under review.", f"Wait for the review, or ask to expedite it: {place}."
    if status == _REJECTED:
        why = f": {reject_info}" if reject_info else ""
        return f"{what} was rejected{why}.", f"Correct it and submit it again: {place}."
    return f"{what} is not approved: its review was cancelled.", f"Submit it again: {place}."
