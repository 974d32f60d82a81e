"""The form's fields, and the connector JSON that they make."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from ...templates import CHINA, OVERSEAS, REQUIRED_USAGE_TYPES
from .template_rows import (
    BackupFields,
    TemplateRow,
    TestNumberRow,
    backup_fields,
    backup_of,
    by_region,
    merged,
    template_of,
    template_row,
    test_number_rows,
    test_numbers_of,
    text,
)

SECRET_PLACEHOLDER = "your-access-key-secret"
"""Takes the index of the secret where the JSON is shown."""

# The connector's keys, in the order of Logto's form.
_SHOWN = (
    "accessKeyId",
    "accessKeySecret",
    "signName",
    "templates",
    "strictPhoneRegionNumberCheck",
    "endpoint",
    "regionId",
    "connectTimeout",
    "readTimeout",
    "limits",
    "verification",
    "backup",
    "testNumbers",
)
_SHOWN_OF_A_TEMPLATE = ("usageType", "templateCode", "signName", "backup")


class Form(msgspec.Struct, frozen=True, rename="camel"):
    """The fields as the page sends them. Empty ones are left out of the connector JSON.

    An empty secret keeps the one in the file.
    """

    access_key_id: str
    access_key_secret: str
    sign_name: str
    templates: tuple[TemplateRow, ...]
    strict: bool
    endpoint: str
    sign_overseas: str = ""
    backup: BackupFields = BackupFields()
    test_numbers: tuple[TestNumberRow, ...] = ()

    def __repr__(self) -> str:
        return "Form()"


def filled_in(whole: Mapping[str, Any]) -> Form:
    """Fill in the form from a connector JSON, as far as it fits, without the secret."""
    templates = whole.get("templates")
    rows = templates if isinstance(templates, list) else []
    signs = by_region(whole.get("signName"))
    return Form(
        access_key_id=text(whole, "accessKeyId"),
        access_key_secret="",
        sign_name=signs.get(CHINA, ""),
        templates=tuple(template_row(row) for row in rows if isinstance(row, dict)),
        strict=whole.get("strictPhoneRegionNumberCheck") is True,
        endpoint=text(whole, "endpoint"),
        sign_overseas=signs.get(OVERSEAS, ""),
        backup=backup_fields(whole),
        test_numbers=test_number_rows(whole),
    )


def with_required_rows(form: Form) -> Form:
    """Return the form with an empty row for each required usage type that has none."""
    named = {row.usage_type for row in form.templates}
    missing = [TemplateRow(name, "") for name in REQUIRED_USAGE_TYPES if name not in named]
    return msgspec.structs.replace(form, templates=(*form.templates, *missing))


def connector_json(form: Form, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Merge a form into the JSON of the file; keys without a field stay as they are."""
    before = filled_in(kept)
    fields: dict[str, Any] = {
        "accessKeyId": form.access_key_id,
        "accessKeySecret": form.access_key_secret or text(kept, "accessKeySecret"),
        "signName": _signs(form, kept),
        "templates": [template_of(row, _kept_template(row, kept)) for row in form.templates],
        "strictPhoneRegionNumberCheck": form.strict,
        "endpoint": form.endpoint,
        "backup": backup_of(form.backup),
        "testNumbers": test_numbers_of(form.test_numbers) or "",
    }
    # What no field could show stays while its fields are not changed.
    for name, unchanged in (
        ("backup", form.backup == before.backup),
        ("testNumbers", form.test_numbers == before.test_numbers),
    ):
        if unchanged:
            fields[name] = kept.get(name, "")
    # Keys keep their order.
    whole = dict(kept) | fields
    left_out = {name for name in fields if whole[name] in ("", {})}
    if not form.strict and "strictPhoneRegionNumberCheck" not in kept:
        left_out.add("strictPhoneRegionNumberCheck")
    return {name: value for name, value in whole.items() if name not in left_out}


def _signs(form: Form, kept: Mapping[str, Any]) -> object:
    """Return the sign for all templates; those of countries have no field here, and stay."""
    before = kept.get("signName")
    signs = by_region(before)
    named = {name: sign for name, sign in signs.items() if name not in (CHINA, OVERSEAS)}
    if (form.sign_name, form.sign_overseas) == (signs.get(CHINA, ""), signs.get(OVERSEAS, "")):
        return "" if before is None else before
    return merged(form.sign_name, form.sign_overseas, named, before)


def _kept_template(row: TemplateRow, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first template of the file with the usage type of a row."""
    templates = kept.get("templates")
    for template in templates if isinstance(templates, list) else []:
        if isinstance(template, dict) and template.get("usageType") == row.usage_type:
            return template
    return {}


def shown_json(whole: Mapping[str, Any]) -> str:
    """Return the JSON to copy: without the secret, and without unknown keys."""
    shown: dict[str, Any] = {name: whole[name] for name in _SHOWN if name in whole}
    if "accessKeySecret" in shown:
        shown["accessKeySecret"] = SECRET_PLACEHOLDER
    shown["templates"] = [
        {name: template[name] for name in _SHOWN_OF_A_TEMPLATE if name in template}
        for template in shown.get("templates", [])
    ]
    return json.dumps(shown, ensure_ascii=False, indent=2)
