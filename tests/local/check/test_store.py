"""The checks of the store, on a real server and without one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.local.check.store import check_store
from sms_connector.settings import SECRET, STORE, Settings
from tests.support.commands import Ran, run
from tests.support.proxy import Answering
from tests.support.redis_server import RedisServer, free_port

PASSWORD = "a-password-of-the-store"
SECRETS = ("s" * 40,)


def check(url: str, secrets: tuple[str, ...] = SECRETS) -> tuple[str, bool, str, str]:
    [only] = check_store(Settings(store=url, secrets=secrets))
    assert PASSWORD not in repr(only)
    return only.subject, only.ok, only.message, only.remedy


@pytest.mark.parametrize("url", ["", "memory://"])
def test_without_a_server_nothing_is_checked(url: str) -> None:
    assert list(check_store(Settings(store=url))) == []


def test_a_store_that_answers_is_said_to_answer() -> None:
    with RedisServer(requirepass=PASSWORD) as server:
        url = f"redis://:{PASSWORD}@127.0.0.1:{server.port}"
        assert check(url) == (STORE, True, "The store answers.", "")


def test_a_fault_that_another_machine_would_have_too_is_a_problem() -> None:
    with RedisServer(requirepass="another") as server:
        subject, ok, message, remedy = check(f"redis://:{PASSWORD}@127.0.0.1:{server.port}")
    assert (subject, ok) == (STORE, False)
    assert message == "The store refuses the user name or password."
    assert "docs/store.md" in remedy


def test_a_store_that_only_its_vpc_may_reach_is_a_warning() -> None:
    subject, ok, message, remedy = check(f"redis://:{PASSWORD}@127.0.0.1:{free_port()}")
    assert (subject, ok) == (STORE, True)
    assert message.startswith("Nothing accepts connections at the address")
    assert "GET /health" in remedy


def test_a_store_that_does_not_allow_this_machine_is_a_warning() -> None:
    with Answering(b"-ERR illegal address\r\n") as server:
        _, ok, message, remedy = check(f"redis://127.0.0.1:{server.port}")
    assert ok
    assert "allowlist" in message
    assert "GET /health" in remedy


@pytest.mark.parametrize(
    ("url", "secrets", "subject"),
    [
        (f"http://:{PASSWORD}@store", SECRETS, STORE),
        (f"redis://:{PASSWORD}@store/first", SECRETS, STORE),
        (f"redis://:{PASSWORD}@store", (), SECRET),
    ],
)
def test_an_invalid_variable_is_a_problem_under_its_name(
    url: str, secrets: tuple[str, ...], subject: str
) -> None:
    found, ok, message, remedy = check(url, secrets)
    assert (found, ok) == (subject, False)
    assert subject in message
    assert remedy


class TestCommand:
    def ran(self, whole: dict[str, Any], **environ: str) -> Ran:
        ran = run("check", "--json", SMS_CONNECTOR_CONFIG=json.dumps(whole), **environ)
        assert ran.err == ""
        assert PASSWORD not in ran.out
        return ran

    def test_check_shows_the_store_before_the_config(self, example: dict[str, Any]) -> None:
        with RedisServer() as server:
            ran = self.ran(example, **{STORE: server.url, SECRET: SECRETS[0]})
        assert ran.code == 0
        subjects = [item["subject"] for item in ran.json["checks"]]
        assert subjects[:2] == [STORE, "config"]

    def test_check_fails_where_a_variable_is_invalid(self, example: dict[str, Any]) -> None:
        short = {STORE: f"rediss://:{PASSWORD}@store:port", SECRET: "short"}
        ran = self.ran(example, **short)
        assert ran.code == 1
        assert [item["subject"] for item in ran.json["checks"] if not item["ok"]] == [SECRET, STORE]

    def test_check_without_a_store_does_not_mention_it(self, example: dict[str, Any]) -> None:
        assert STORE not in self.ran(example).out
