"""Common mistakes in the form.

The function's validator accepts them, because existing connector JSON must keep working, or its
message does not say what to correct.
"""

import re
from collections.abc import Iterator
from typing import Final

from ..check import links
from ..check.finding import Check
from .form import Form
from .template_rows import TemplateRow

# The provider puts 【】 around a sign itself.
_BRACKETS: Final = re.compile(r"[【】\[\]［］]")
_TEMPLATE_CODE: Final = re.compile(r"SMS_[!-~]+|\d+")


def mistakes(form: Form) -> Iterator[Check]:
    """Yield each mistake as a failed check, whose subject is a path into the connector JSON."""
    yield from _brackets("signName", form.sign_name, form.sign_overseas)
    yield from _brackets("backup.signName", form.backup.sign)
    named: set[str] = set()
    for index, row in enumerate(form.templates):
        path = f"templates[{index}]"
        if row.usage_type in named:
            yield Check(
                f"{path}.usageType",
                False,
                f"There is a template for {row.usage_type} already.",
                "Remove one of the two.",
            )
        named.add(row.usage_type)
        signs = (row.sign, row.sign_overseas, *(each.sign for each in row.countries))
        yield from _brackets(f"{path}.signName", *signs)
        yield from _brackets(f"{path}.backup.signName", row.backup.sign)
        yield from _code_mistakes(path, row)
        yield from _countries_twice(path, row)


def _brackets(path: str, *signs: str) -> Iterator[Check]:
    if any(map(_BRACKETS.search, signs)):
        yield Check(
            path,
            False,
            f"`{path}` has brackets: the provider adds 【】 itself.",
            "Remove the brackets.",
        )


def _code_mistakes(path: str, row: TemplateRow) -> Iterator[Check]:
    where = f"{path}.templateCode"
    is_regional = bool(row.overseas or row.countries)
    codes = [
        (f"{where}.china" if is_regional else where, row.code),
        (f"{where}.overseas", row.overseas),
        *((f"{where}.{each.country}", each.code) for each in row.countries),
    ]
    for name, value in codes:
        if value and not _TEMPLATE_CODE.fullmatch(value):
            yield Check(
                name,
                False,
                f"`{name}` is not a template code: it begins with SMS_, or has digits alone.",
                f"Copy the code, not the name, of an approved template: {links.TEMPLATES}.",
            )


def _countries_twice(path: str, row: TemplateRow) -> Iterator[Check]:
    countries = [each.country for each in row.countries]
    for country in dict.fromkeys(countries):
        if countries.count(country) > 1:
            yield Check(
                f"{path}.templateCode",
                False,
                f"There is a line for {country} already.",
                "Remove one of the two.",
            )
