from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from sms_connector.local.demo import CHECKS, EVENTS, START, demo
from tests.support.commands import ROOT


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("SMS_CONNECTOR_CONFIG", "")  # `demo` sets it
    result = CliRunner().invoke(demo)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.output.split("\n\n")


def test_each_event_has_one_answer_and_one_log_line_under_its_heading(shown: list[str]) -> None:
    titles = [*(title for title, _ in EVENTS), START[0], *CHECKS]
    assert len(shown) == len(titles) + 1
    for part, title in zip(shown, titles, strict=False):
        lines = part.strip().splitlines()
        assert lines[0] == title
        assert [line.split()[0] for line in lines[1:4]] == ["event", "answer", "log"]


def test_the_phone_shows_the_code_that_the_answer_has(shown: list[str]) -> None:
    mainland, abroad, given, invalid = shown[:4]
    assert "135790" in given.split("SMS to 13912345678")[1]
    assert '"templateCode":"100004"' in given
    assert "SMS to 13812345678" in mainland
    assert "246810" in mainland.split("SMS to")[1]
    code = re.search(r'"code":"(\d{6})"', abroad)
    assert code
    assert code[1] in abroad.split("SMS to 85251234567")[1]
    assert "SMS to" not in invalid


def test_the_code_on_the_phone_is_approved_once(shown: list[str]) -> None:
    started, checked, again = shown[4:7]
    code = re.search(r'"code": "(\d{6})"', checked)
    assert code
    assert code[1] in started.split("SMS to 13987654321")[1]
    assert code[1] not in started.split("SMS to")[0]
    assert '"status":"approved"' in checked
    assert "verification_code.not_found" in again


@pytest.mark.parametrize("page", ["README.md", "docs/README.zh-CN.md"])
def test_what_the_readme_quotes_of_the_demo_is_what_it_prints(shown: list[str], page: str) -> None:
    quoted = re.findall(r"```text\n(.*?)\n```", (ROOT / page).read_text("utf-8"), re.S)[:1]
    assert len(quoted) == 1
    printed = without_what_varies("\n\n".join(shown))
    for block in quoted:
        assert without_what_varies(block) in printed


def without_what_varies(text: str) -> str:
    """Take out ids, times and codes, which differ from run to run."""
    varies = r"[0-9A-F-]{36}|\d{18}|(?<=id\":\")[\w-]{22}|(?<=id\": \")[\w-]{22}"
    times = r"(?<=milliseconds\":)\d+|\d{4}-\d\d-\d\dT[\d:]{8}Z"
    return re.sub(rf"{varies}|{times}|(?<!\d)\d{{6}}(?!\d)", "…", text)
