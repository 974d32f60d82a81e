"""The form's fields, and the connector JSON that they make."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from ...templates import REQUIRED_USAGE_TYPES

SECRET_PLACEHOLDER = "your-access-key-secret"
"""Takes the place of the secret where the JSON is shown."""

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
)
_SHOWN_OF_A_TEMPLATE = ("usageType", "templateCode", "signName")


class TemplateRow(msgspec.Struct, frozen=True, rename="camel"):
    """With `overseas`, `code` is for mainland China alone."""

    usage_type: str
    code: str
    overseas: str = ""


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

    def __repr__(self) -> str:
        return "Form()"


def filled_in(whole: Mapping[str, Any]) -> Form:
    """Fill in the form from a connector JSON, as far as it fits, without the secret."""
    templates = whole.get("templates")
    rows = templates if isinstance(templates, list) else []
    return Form(
        access_key_id=_text(whole, "accessKeyId"),
        access_key_secret="",
        sign_name=_text(whole, "signName"),
        templates=tuple(_row(row) for row in rows if isinstance(row, dict)),
        strict=whole.get("strictPhoneRegionNumberCheck") is True,
        endpoint=_text(whole, "endpoint"),
    )


def with_required_rows(form: Form) -> Form:
    """Return the form with an empty row for each required usage type that has none."""
    named = {row.usage_type for row in form.templates}
    missing = [TemplateRow(name, "") for name in REQUIRED_USAGE_TYPES if name not in named]
    return msgspec.structs.replace(form, templates=(*form.templates, *missing))


def _row(template: Mapping[str, Any]) -> TemplateRow:
    code = template.get("templateCode")
    if isinstance(code, dict):
        codes = _text(code, "china"), _text(code, "overseas")
    else:
        codes = _text(template, "templateCode"), ""
    return TemplateRow(_text(template, "usageType"), *codes)


def connector_json(form: Form, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Merge a form into the JSON of the file; keys without a field stay as they are."""
    fields: dict[str, Any] = {
        "accessKeyId": form.access_key_id,
        "accessKeySecret": form.access_key_secret or _text(kept, "accessKeySecret"),
        "signName": form.sign_name,
        "templates": [_template(row, kept) for row in form.templates],
        "strictPhoneRegionNumberCheck": form.strict,
        "endpoint": form.endpoint,
    }
    # Keys keep their order.
    whole = dict(kept) | fields
    left_out = {name for name in fields if whole[name] == ""}
    if not form.strict and "strictPhoneRegionNumberCheck" not in kept:
        left_out.add("strictPhoneRegionNumberCheck")
    return {name: value for name, value in whole.items() if name not in left_out}


def _template(row: TemplateRow, kept: Mapping[str, Any]) -> dict[str, Any]:
    templates = kept.get("templates")
    known = {
        template.get("usageType"): template
        for template in reversed(templates if isinstance(templates, list) else [])
        if isinstance(template, dict) and isinstance(template.get("usageType"), str)
    }
    template = dict(known.get(row.usage_type, {}))
    template.pop("usageType", None)
    template.pop("templateCode", None)
    # The keys that people look for come first.
    named: dict[str, Any] = {"usageType": row.usage_type} if row.usage_type else {}
    if row.overseas:
        codes = {"china": row.code, "overseas": row.overseas}
        named["templateCode"] = {region: code for region, code in codes.items() if code}
    elif row.code:
        named["templateCode"] = row.code
    return named | template


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


def _text(whole: Mapping[str, Any], name: str) -> str:
    value = whole.get(name)
    return value if isinstance(value, str) else ""
