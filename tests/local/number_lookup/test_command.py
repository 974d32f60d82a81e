from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from sms_connector.local.cli import cli
from sms_connector.local.number_lookup.table import MOST_COLUMNS, print_answer
from tests.support.redis_server import RedisServer
from tests.support.serving import serving
from tests.support.verifying import SECRET

KEY = "a-key-for-tests"
PHONE = "13812345678"


def run(*options: str) -> Result:
    return CliRunner().invoke(cli, ["lookup", "--phone", f"+86 {PHONE}", *options])


@pytest.fixture
def url(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A function with a store, which has sent one code."""
    configure({**example, "limits": {"perNumber": ["5/hour"]}})
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", f"{KEY},another")
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    with RedisServer() as server:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
        with serving() as url:
            start = {"phone": PHONE, "usageType": "SignIn"}
            requests.post(
                f"{url}/verifications", json=start, headers={"Authorization": KEY}, timeout=10
            )
            yield url


@pytest.mark.parametrize("by_url", [True, False])
def test_a_number_of_a_url_and_of_this_machines_store(url: str, by_url: bool) -> None:
    options = ["--url", url] if by_url else []
    shown = run(*options)
    assert shown.exit_code == 0, shown.stderr
    lines = [line.replace("|", " ").split() for line in shown.stdout.splitlines()]
    assert lines[0] == ["Country:", "CN"]
    assert ["SignIn", "SMS_200000002"] in lines
    assert ["perNumber", "5/hour", "1"] in lines
    assert [line[:4] for line in lines if line[:1] == ["SignIn"]][1:] == [
        ["SignIn", "pending", "5", "4"]
    ]
    assert [line for line in lines if "SMS_200000002" in line][1:]  # the message
    assert max(map(len, shown.stdout.splitlines())) <= MOST_COLUMNS
    assert PHONE not in shown.stdout
    answer = json.loads(run(*options, "--json", "--days=1").stdout)
    assert list(answer) == ["country", "templates", "limits", "verifications", "messages"]


def test_the_longest_answer_fits_100_columns(capsys: pytest.CaptureFixture[str]) -> None:
    time = "2026-11-24T10:00:00Z"
    print_answer(
        {
            "country": "US",
            "templates": {"U" * 64: "`phone` is outside mainland China, where this " * 4},
            "limits": [
                {"rule": "perCountry", "value": "999999999/2678400s", "used": 10**9, "freeAt": time}
            ],
            "verifications": [
                {
                    "usageType": "U" * 64,
                    "status": "exhausted",
                    "attemptsLeft": 20,
                    "sendsLeft": 20,
                    "expiresAt": time,
                }
            ],
            "messages": [
                {
                    "at": time,
                    "templateCode": "SMS_123456789012345",
                    "state": "delivered",
                    "carrierCode": "SP_NOT_BY_INTER_SMS\x1b",
                    "meaning": "the number is on a block list of the carrier or of the provider",
                }
            ],
            "problem": "Give the access key or role the permission dysms:QuerySendDetails. " * 3,
        }
    )
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= MOST_COLUMNS
    assert "\x1b" not in "".join(lines)
    assert time in " ".join(lines)


def test_an_empty_answer_says_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(
        {"country": "CN", "templates": {}, "limits": [], "verifications": [], "messages": []}
    )
    assert capsys.readouterr().out.splitlines() == [
        "Country: CN", "No templates.", "No limits.", "No verifications.", "No messages.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--url", "http://127.0.0.1:1"], "cannot be reached"),
        ([], "There is no connector config"),
        (["--days", "0"], "--days"),
        (["--days", "31"], "--days"),
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
