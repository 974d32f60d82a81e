"""Delivery reports that cannot be recorded: the store is away or slow, the settings invalid."""

from __future__ import annotations

import time
from typing import Any

import pytest

from sms_connector.store.redis import RedisStore
from tests.support.functions import new_function
from tests.support.pushing import AUTHORIZATION, PATH, RECEIVED, ask, lines, state_of
from tests.support.redis_server import RedisServer
from tests.support.reporting import PHONE, failed, mainland

pytestmark = pytest.mark.usefixtures("report_token")


def test_a_report_is_answered_and_logged_while_the_store_is_silent(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    function = new_function()
    server.stop()
    for _ in range(3):
        began = time.monotonic()
        answer = ask(function, "POST", PATH, [mainland()])
        assert time.monotonic() - began < 0.7
        assert (answer.status, answer.body["code"]) == (503, 1)
    server.go_on()
    outcomes = [line["outcome"] for line in lines(caplog)]
    assert outcomes == ["delivered", *["not_recorded"] * 3]


def test_a_report_that_was_not_recorded_is_recorded_when_it_comes_again(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    function, other = new_function(), new_function()
    server.kill()
    assert ask(function, "POST", PATH, [mainland()]).status == 503
    server.start()
    assert ask(other, "POST", PATH, [failed(biz_id="2^0")]).body == RECEIVED
    function = new_function()
    assert ask(function, "POST", PATH, [mainland()]).body == RECEIVED
    assert state_of(other)["state"] == "delivered"


def test_what_is_no_report_does_not_come_back_while_the_store_is_away(server: RedisServer) -> None:
    function = new_function()
    server.kill()
    answer = ask(function, "POST", PATH, [{"content": "246810", "phone_number": PHONE}])
    assert (answer.status, answer.body) == (200, RECEIVED)
    server.start()


@pytest.mark.usefixtures("server")
def test_a_large_list_is_answered_in_time_by_a_slow_store(monkeypatch: pytest.MonkeyPatch) -> None:
    transact = RedisStore.transact

    def slow(self: RedisStore, transaction: Any) -> Any:
        time.sleep(0.15)
        return transact(self, transaction)

    monkeypatch.setattr(RedisStore, "transact", slow)
    function = new_function()
    # So few that a busy machine records them in time too.
    items = [mainland(biz_id=f"{number}^0") for number in range(20)]
    began = time.monotonic()
    assert ask(function, "POST", PATH, items).body == RECEIVED
    assert time.monotonic() - began < 0.7


def test_reports_are_answered_and_logged_without_a_connector_config(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setenv("SMS_CONNECTOR_CONFIG", "{}")
    assert ask(new_function(), "POST", PATH, [mainland()]).body == RECEIVED
    assert [line["outcome"] for line in lines(caplog)] == ["delivered", "not_recorded"]


@pytest.mark.parametrize("path", ["/messages/1", "/stats"])
def test_what_is_read_is_503_while_the_store_is_away(server: RedisServer, path: str) -> None:
    function = new_function()
    server.kill()
    answer = ask(function, "GET", path, **AUTHORIZATION)
    assert (answer.status, answer.headers["retry-after"]) == (503, "3")
    assert "sent" not in answer.body["error"]
    server.start()
