"""The rows of the form: templates with their countries and backup, and test numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from ...templates import CHINA, OVERSEAS, is_pnvs


class CountryRow(msgspec.Struct, frozen=True):
    """A country by its ISO 3166 code, and the template code and sign of its own, if any."""

    country: str = ""
    code: str = ""
    sign: str = ""


class BackupFields(msgspec.Struct, frozen=True):
    """Both are empty where there is no backup."""

    code: str = ""
    sign: str = ""


class TemplateRow(msgspec.Struct, frozen=True, rename="camel"):
    """With `overseas` or `countries`, `code` is for mainland China alone; so for the signs."""

    usage_type: str
    code: str
    overseas: str = ""
    sign: str = ""
    sign_overseas: str = ""
    countries: tuple[CountryRow, ...] = ()
    backup: BackupFields = BackupFields()


class TestNumberRow(msgspec.Struct, frozen=True):
    phone: str = ""
    code: str = ""
    until: str = ""


_OF_A_ROW: Final = ("usageType", "templateCode", "signName", "backup")


def template_row(template: Mapping[str, Any]) -> TemplateRow:
    """Fill in a row from a template of the JSON, as far as it fits."""
    codes, signs = by_region(template.get("templateCode")), by_region(template.get("signName"))
    named = dict.fromkeys(name for name in (*codes, *signs) if name not in (CHINA, OVERSEAS))
    return TemplateRow(
        text(template, "usageType"),
        codes.get(CHINA, ""),
        codes.get(OVERSEAS, ""),
        signs.get(CHINA, ""),
        signs.get(OVERSEAS, ""),
        tuple(CountryRow(name, codes.get(name, ""), signs.get(name, "")) for name in named),
        backup_fields(template),
    )


def template_of(row: TemplateRow, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template of a row: ``kept`` is the one in the file, whose other keys stay."""
    if template_row(kept) == row:
        return dict(kept)
    codes = {each.country: each.code for each in row.countries if each.code or not each.sign}
    signs = {each.country: each.sign for each in row.countries if each.sign}
    # A sign beside codes of both services is the one of the mainland's.
    is_mixed = is_pnvs(row.code) and bool(row.overseas or codes)
    fields = {
        "usageType": row.usage_type,
        "templateCode": merged(row.code, row.overseas, codes, kept.get("templateCode")),
        "signName": merged(
            row.sign, row.sign_overseas, signs, {} if is_mixed else kept.get("signName")
        ),
        "backup": backup_of(row.backup),
    }
    # The keys that people look for come first.
    named = {name: value for name, value in fields.items() if value}
    return named | {name: value for name, value in kept.items() if name not in _OF_A_ROW}


def by_region(value: object) -> dict[str, str]:
    """Return the texts of the JSON by region; one that stands alone is that of ``china``."""
    values = value if isinstance(value, dict) else {CHINA: value}
    return {name: each for name, each in values.items() if isinstance(each, str)}


def merged(
    first: str, overseas: str, countries: Mapping[str, str], kept: object
) -> str | dict[str, str]:
    """Return the value for the JSON: one for all numbers, or those of regions.

    It stays one of the mainland alone if ``kept``, the one in the file, is that.
    """
    is_mainland_s = isinstance(kept, dict) and OVERSEAS not in kept
    if not overseas and not countries and not is_mainland_s:
        return first
    values = {CHINA: first, OVERSEAS: overseas}
    return {name: value for name, value in values.items() if value} | dict(countries)


def backup_fields(whole: Mapping[str, Any]) -> BackupFields:
    backup = whole.get("backup")
    known = backup if isinstance(backup, dict) else {}
    return BackupFields(text(known, "templateCode"), text(known, "signName"))


def backup_of(fields: BackupFields) -> dict[str, str]:
    values = {"templateCode": fields.code, "signName": fields.sign}
    return {name: value for name, value in values.items() if value}


def test_number_rows(whole: Mapping[str, Any]) -> tuple[TestNumberRow, ...]:
    numbers = whole.get("testNumbers")
    return tuple(
        TestNumberRow(*(text(number, name) for name in ("phone", "code", "until")))
        for number in (numbers if isinstance(numbers, list) else [])
        if isinstance(number, dict)
    )


def test_numbers_of(rows: Sequence[TestNumberRow]) -> list[dict[str, str]]:
    return [
        {name: value for name, value in msgspec.to_builtins(row).items() if value} for row in rows
    ]


def text(whole: Mapping[str, Any], name: str) -> str:
    value = whole.get(name)
    return value if isinstance(value, str) else ""
