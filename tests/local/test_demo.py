from __future__ import annotations

import re
import sys

import pytest
from click.testing import CliRunner

from sms_connector.local.demo import EVENTS, demo


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    # It reads the settings once, when it is imported; and `demo` sets the config itself.
    monkeypatch.setenv("SMS_CONNECTOR_CONFIG", "")
    monkeypatch.delitem(sys.modules, "index", raising=False)
    result = CliRunner().invoke(demo)
    monkeypatch.delitem(sys.modules, "index", raising=False)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.output.split("\n\n")


def test_each_event_has_one_answer_and_one_log_line_under_its_heading(shown: list[str]) -> None:
    assert len(shown) == len(EVENTS) + 1
    for part, (title, _) in zip(shown, EVENTS, strict=False):
        lines = part.strip().splitlines()
        assert lines[0] == title
        assert [line.split()[0] for line in lines[1:4]] == ["event", "answer", "log"]


def test_the_phone_shows_the_code_that_the_answer_has(shown: list[str]) -> None:
    mainland, abroad, given, invalid, _ = shown
    assert "135790" in given.split("SMS to 13912345678")[1]
    assert '"templateCode":"100004"' in given
    assert "SMS to 13812345678" in mainland
    assert "246810" in mainland.split("SMS to")[1]
    code = re.search(r'"code":"(\d{6})"', abroad)
    assert code
    assert code[1] in abroad.split("SMS to 85251234567")[1]
    assert "SMS to" not in invalid
