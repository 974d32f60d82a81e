from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sms_connector.config import parse_config
from sms_connector.local.console.form import (
    SECRET_PLACEHOLDER,
    Form,
    connector_json,
    filled_in,
    shown_json,
)
from sms_connector.local.console.template_rows import BackupFields, CountryRow, TemplateRow
from tests.support.configs import KEY_SECRET, config

EMPTY = Form("", "", "", (), False, "")


def changed(form: Form, **changes: Any) -> Form:
    return msgspec.structs.replace(form, **changes)


def test_an_unchanged_form_makes_the_same_json() -> None:
    whole = config(endpoint="http://127.0.0.1:8025", strictPhoneRegionNumberCheck=True)
    form = filled_in(whole)
    assert connector_json(form, whole) == whole
    assert list(connector_json(form, whole)) == list(whole)


def test_the_secret_is_not_filled_into_the_form() -> None:
    assert KEY_SECRET not in repr(msgspec.to_builtins(filled_in(config())))


def test_an_empty_secret_keeps_the_saved_one_and_another_replaces_it() -> None:
    form = filled_in(config())
    assert connector_json(form, config())["accessKeySecret"] == KEY_SECRET
    replaced = connector_json(changed(form, access_key_secret="new"), config())
    assert replaced["accessKeySecret"] == "new"


def test_empty_fields_are_left_out_of_the_json() -> None:
    assert connector_json(EMPTY, {}) == {"templates": []}
    row = TemplateRow("", "")
    assert connector_json(changed(EMPTY, templates=(row,)), {}) == {"templates": [{}]}


def test_a_row_with_two_codes_is_a_regional_template() -> None:
    rows = (TemplateRow("SignIn", "A", "B"), TemplateRow("Generic", "A"), TemplateRow("X", "", "B"))
    whole = connector_json(changed(EMPTY, templates=rows), {})
    codes = [template["templateCode"] for template in whole["templates"]]
    assert codes == [{"china": "A", "overseas": "B"}, "A", {"overseas": "B"}]


def test_keys_without_a_field_in_the_form_are_kept() -> None:
    whole = config(type="ours", regionId="cn-hangzhou", connectTimeout=500, own={"a": [1]})
    whole["templates"] = [{**template, "note": "mine"} for template in whole["templates"]]
    form = changed(filled_in(whole), sign_name="别的签名")
    saved = connector_json(form, whole)
    assert saved == {**whole, "signName": "别的签名"}


def test_a_changed_template_code_replaces_the_saved_one() -> None:
    rows = filled_in(config()).templates
    first = msgspec.structs.replace(rows[0], code="SMS_NEW")
    saved = connector_json(changed(filled_in(config()), templates=(first, *rows[1:])), config())
    assert saved["templates"] == [
        {"usageType": "Register", "templateCode": "SMS_NEW"},
        *config()["templates"][1:],
    ]


def test_an_explicit_strict_check_stays_explicit() -> None:
    whole = config(strictPhoneRegionNumberCheck=True)
    saved = connector_json(changed(filled_in(whole), strict=False), whole)
    assert saved["strictPhoneRegionNumberCheck"] is False
    assert "strictPhoneRegionNumberCheck" not in connector_json(filled_in(config()), config())


def test_the_json_to_copy_has_neither_the_secret_nor_unknown_keys() -> None:
    whole = config(own="hidden", regionId="cn-hangzhou")
    whole["templates"] = [{**template, "own": "hidden"} for template in whole["templates"]]
    text = shown_json(whole)
    assert KEY_SECRET not in text
    assert "hidden" not in text
    assert json.loads(text)["accessKeySecret"] == SECRET_PLACEHOLDER
    assert parse_config(text).region_id == "cn-hangzhou"
    assert '  "signName": "阿里云短信测试"' in text
    bare = config(accessKeyId=..., accessKeySecret=...)
    assert parse_config(shown_json(bare)).access_key_secret is None


def test_the_json_to_copy_keeps_limits_verification_and_signs() -> None:
    whole = config(limits={"countries": ["CN"]}, verification={"sends": 3})
    whole["templates"] = [{**template, "signName": "另一个"} for template in whole["templates"]]
    assert parse_config(shown_json(whole)) == parse_config(json.dumps(whole | SHOWN_SECRET))


SHOWN_SECRET = {"accessKeySecret": SECRET_PLACEHOLDER}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["accessKeySecret", "signName", "templates", "endpoint", "own", "backup", "testNumbers"]
)
TEMPLATE_KEYS = st.sampled_from(["usageType", "templateCode", "signName", "backup", "own"])
TEMPLATES = st.lists(st.dictionaries(TEMPLATE_KEYS, JSON) | JSON, max_size=3)


# The first examples may take seconds on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYS, JSON | TEMPLATES))
def test_any_json_object_can_be_filled_in_and_shown(whole: dict[str, Any]) -> None:
    form = filled_in(whole)
    shown_json(connector_json(form, whole))


@pytest.mark.parametrize("value", [Form("a", "secret", "b", (), False, "")])
def test_the_repr_of_a_form_hides_its_secret(value: Form) -> None:
    assert "secret" not in repr(value)


OPENED = {
    "usageType": "SignIn",
    "templateCode": {"china": "SMS_1", "overseas": "SMS_2", "HK": "SMS_3"},
    "signName": {"china": "甲", "HK": "乙", "SG": "丙"},
    "backup": {"templateCode": "100001", "signName": "丁"},
}
NUMBERS = [{"phone": "+8613800000000", "code": "424242", "until": "2026-03-31"}]


def test_countries_signs_a_backup_and_test_numbers_are_filled_in() -> None:
    whole = config(
        signName={"china": "甲", "overseas": "乙", "HK": "丙"},
        templates=[OPENED],
        backup={"templateCode": "100003", "signName": "戊"},
        testNumbers=NUMBERS,
    )
    form = filled_in(whole)
    assert (form.sign_name, form.sign_overseas) == ("甲", "乙")
    assert form.backup == BackupFields("100003", "戊")
    assert [msgspec.to_builtins(number) for number in form.test_numbers] == NUMBERS
    assert form.templates == (
        TemplateRow(
            "SignIn",
            "SMS_1",
            "SMS_2",
            "甲",
            "",
            (CountryRow("HK", "SMS_3", "乙"), CountryRow("SG", "", "丙")),
            BackupFields("100001", "丁"),
        ),
    )
    assert connector_json(form, whole) == whole
    assert connector_json(form, {})["templates"] == [OPENED]
    changed_sign = changed(form, sign_overseas="己")
    assert connector_json(changed_sign, whole)["signName"] == {
        "china": "甲",
        "overseas": "己",
        "HK": "丙",
    }
    assert parse_config(shown_json(whole | {"templates": [OPENED, *config()["templates"]]}))


@pytest.mark.parametrize(
    ("row", "kept", "made"),
    [
        (TemplateRow("X", "A", sign="甲"), {}, {"templateCode": "A", "signName": "甲"}),
        (
            TemplateRow("X", "A", sign_overseas="乙"),
            {},
            {"templateCode": "A", "signName": {"overseas": "乙"}},
        ),
        # Beside codes of both services, the first sign is the mainland's.
        (
            TemplateRow("X", "100001", "SMS_1", "甲"),
            {},
            {
                "templateCode": {"china": "100001", "overseas": "SMS_1"},
                "signName": {"china": "甲"},
            },
        ),
        # What is for the mainland alone in the file stays so.
        (
            TemplateRow("X", "B", sign="甲"),
            {"templateCode": {"china": "A"}, "signName": {"china": "乙"}},
            {"templateCode": {"china": "B"}, "signName": {"china": "甲"}},
        ),
        (
            TemplateRow("X", "A"),
            {"templateCode": {"china": "A", "overseas": "B"}, "backup": {"signName": "甲"}},
            {"templateCode": "A"},
        ),
        (
            TemplateRow("X", "A", backup=BackupFields("100001")),
            {},
            {"templateCode": "A", "backup": {"templateCode": "100001"}},
        ),
        (
            TemplateRow("X", "A", countries=(CountryRow("HK"), CountryRow("SG", "", "乙"))),
            {},
            {"templateCode": {"china": "A", "HK": ""}, "signName": {"SG": "乙"}},
        ),
    ],
)
def test_a_row_becomes_the_shortest_json_that_means_the_same(
    row: TemplateRow, kept: dict[str, Any], made: dict[str, Any]
) -> None:
    whole = {"templates": [{"usageType": "X", **kept}]}
    saved = connector_json(changed(EMPTY, templates=(row,)), whole)
    assert saved["templates"] == [{"usageType": "X", **made}]


@pytest.mark.parametrize("value", [{"backup": 5}, {"testNumbers": "x"}, {"signName": 7}])
def test_what_no_field_can_show_stays_until_its_fields_change(value: dict[str, Any]) -> None:
    whole = config(**value)
    assert connector_json(filled_in(whole), whole) == whole
    with_backup = changed(filled_in(whole), backup=BackupFields("100001", "甲"))
    assert connector_json(with_backup, whole)["backup"] == {
        "templateCode": "100001",
        "signName": "甲",
    }
