from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from sms_connector.local.cli import cli
from sms_connector.local.stats import table
from tests.support.redis_server import RedisServer
from tests.support.serving import serving
from tests.support.verifying import SECRET

KEY = "a-key-for-tests"


def run(*options: str) -> Result:
    return CliRunner().invoke(cli, ["stats", *options])


@pytest.fixture
def url(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A function with a store, which has sent two messages."""
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", f"{KEY},another")
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    with RedisServer() as server:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
        with serving() as url:
            for code in ("246810", "135790"):
                body = {"phone": "13812345678", "usageType": "SignIn", "code": code}
                requests.post(url, json=body, headers={"Authorization": KEY}, timeout=10)
            yield url


@pytest.mark.parametrize("by_url", [True, False])
def test_figures_of_a_url_and_of_this_machines_store(url: str, by_url: bool) -> None:
    options = ["--url", url] if by_url else []
    shown = run(*options)
    assert shown.exit_code == 0
    (line,) = [line for line in shown.stdout.splitlines() if "accepted" in line]
    assert line.replace("|", " ").split() == ["CN", "SignIn", "accepted", "2"]
    answer = json.loads(run(*options, "--json", "--hours=1").stdout)
    assert [row["count"] for row in answer["rows"]] == [2]


def test_without_messages_the_command_prints_that_there_are_none(
    example: dict[str, Any], configure: Callable[[dict[str, Any]], None]
) -> None:
    configure(example)
    shown = run("--hours", "744")
    assert (shown.exit_code, shown.stdout.splitlines()[1]) == (0, "No messages.")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--url", "http://127.0.0.1:1"], "cannot be reached"),
        ([], "There is no connector config"),
        (["--hours", "0"], "--hours"),
        (["--hours", "745"], "--hours"),
    ],
)
def test_a_failure_is_an_error_and_an_exit_code(options: list[str], problem: str) -> None:
    shown = run(*options)
    assert shown.exit_code != 0
    assert problem in shown.stderr


def test_a_wrong_credential_is_an_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", "wrong")
    shown = run("--url", url)
    assert (shown.exit_code, "authorization_failed" in shown.stderr) == (1, True)


def test_another_server_is_an_error(example: dict[str, Any]) -> None:
    shown = run("--url", example["endpoint"])
    assert (shown.exit_code, "check the URL" in shown.stderr) == (1, True)


def test_a_terminal_gets_bars_and_no_control_characters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    def terminal(**options: Any) -> Console:
        return Console(force_terminal=True, width=100, color_system=None, **options)

    monkeypatch.setattr(table, "Console", terminal)
    row = {"hour": "", "country": "CN", "usageType": "SignIn", "outcome": "accepted"}
    table.print_table([{**row, "count": 10}, {**row, "outcome": "\x1b[2Jfailed", "count": 1}])
    shown = capsys.readouterr().out
    assert "█" * 30 in shown
    assert "\x1b" not in shown
