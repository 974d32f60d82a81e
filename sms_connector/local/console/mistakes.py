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

# The provider puts 【】 around a sign itself.
_BRACKETS: Final = re.compile(r"[【】\[\]［］]")
_TEMPLATE_CODE: Final = re.compile(r"SMS_[!-~]+|\d+")


def mistakes(form: Form) -> Iterator[Check]:
    """Yield each mistake as a failed check, whose subject is a path into the connector JSON."""
    if _BRACKETS.search(form.sign_name):
        yield Check(
            "signName",
            False,
            "`signName` has brackets: the provider adds 【】 itself.",
            "Remove the brackets.",
        )
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
        yield from _code_mistakes(path, row.code, row.overseas)


def _code_mistakes(path: str, code: str, overseas: str) -> Iterator[Check]:
    where = f"{path}.templateCode"
    for name, value in (
        (f"{where}.china" if overseas else where, code),
        (f"{where}.overseas", overseas),
    ):
        if value and not _TEMPLATE_CODE.fullmatch(value):
            yield Check(
                name,
                False,
                f"`{name}` is not a template code: it begins with SMS_, or has digits alone.",
                f"Copy the code, not the name, of an approved template: {links.TEMPLATES}.",
            )
