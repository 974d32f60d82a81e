"""Mistakes in the form that the function's validator lets pass."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sms_connector.local.console.form import Form
from sms_connector.local.console.mistakes import mistakes

from .calling import FORM, Page


def form(sign: str = "码上登录", rows: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {**FORM, "signName": sign, "templates": [*FORM["templates"], *(rows or [])]}


def row(usage_type: str, code: str, overseas: str = "") -> dict[str, str]:
    return {"usageType": usage_type, "code": code, "overseas": overseas}


@pytest.mark.parametrize(
    ("filled_in", "subject", "said"),
    [
        (form("【码上登录】"), "signName", "brackets"),
        (form("[码上登录]"), "signName", "brackets"),
        (form("【码上登录"), "signName", "brackets"),
        (form(rows=[row("SignIn", "SMS_1")]), "templates[4].usageType", "SignIn already"),
        (form(rows=[row("New", "登录验证码")]), "templates[4].templateCode", "SMS_"),
        (form(rows=[row("New", "sms_200000001")]), "templates[4].templateCode", "SMS_"),
        (form(rows=[row("New", "SMS_1", "intl")]), "templates[4].templateCode.overseas", "SMS_"),
        (form(rows=[row("New", "1 code", "SMS_1")]), "templates[4].templateCode.china", "SMS_"),
    ],
)
def test_a_mistake_is_reported_at_its_field_with_a_remedy(
    filled_in: dict[str, Any], subject: str, said: str
) -> None:
    [found] = mistakes(msgspec.convert(filled_in, Form))
    assert (found.subject, found.ok) == (subject, False)
    assert said in found.message
    assert found.remedy


@pytest.mark.parametrize(
    "filled_in",
    [
        form(),
        form("码上登录（测试）"),
        form(rows=[row("New", "SMS_SIGN_IN"), row("Other", "100001", "SMS_2")]),
        form(rows=[row("signin", "SMS_1")]),
        form(rows=[row("New", "")]),
    ],
)
def test_a_form_that_the_provider_may_accept_has_no_mistakes(filled_in: dict[str, Any]) -> None:
    assert list(mistakes(msgspec.convert(filled_in, Form))) == []


@pytest.mark.parametrize("path", ["/api/save", "/api/check"])
def test_a_form_with_a_mistake_is_neither_saved_nor_checked(page: Page, path: str) -> None:
    answer = page.post(path, form("【码上登录】"))
    assert answer.status_code == 422
    assert [problem["subject"] for problem in answer.json()["problems"]] == ["signName"]


@pytest.mark.parametrize(
    ("rows", "subject"),
    [
        ([row("New", "with space")], "templates[4].templateCode"),
        ([row("New", "with space", "SMS_1")], "templates[4].templateCode.china"),
    ],
)
def test_a_field_has_one_problem_even_if_the_validator_finds_another(
    page: Page, rows: list[dict[str, str]], subject: str
) -> None:
    answer = page.post("/api/validate", {"form": form(rows=rows)}).json()
    assert [problem["subject"] for problem in answer["problems"]] == [subject]
    assert "is not a template code" in answer["problems"][0]["message"]


def test_a_required_code_that_is_missing_is_reported_by_the_validator(page: Page) -> None:
    answer = page.post("/api/validate", {"form": form(rows=[row("New", "")])}).json()
    assert [problem["subject"] for problem in answer["problems"]] == ["templates[4].templateCode"]
