"""Work that is left for when the store is back."""

from __future__ import annotations

import json
import time

import pytest

from sms_connector import clock
from sms_connector.errors import ConnectorError
from sms_connector.verification import unfinished
from sms_connector.verification.unfinished import MOST_KEPT, Unfinished


def test_work_is_done_in_order_until_the_store_is_away_and_goes_on_later() -> None:
    done: list[str] = []
    is_away = [True]

    def second() -> None:
        if is_away.pop() if is_away else False:
            raise ConnectorError("unavailable", "The store is away.")
        done.append("second")

    left = Unfinished()
    for work in (lambda: done.append("first"), second, lambda: done.append("third")):
        left.add(work)
    left.finish()
    assert done == ["first"]
    left.finish()
    assert done == ["first", "second", "third"]


def test_one_call_is_held_up_for_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "MOST_HELD_UP_SECONDS", 0.05)
    left = Unfinished()
    done: list[int] = []

    def work() -> None:
        time.sleep(0.03)
        done.append(len(done))

    for _ in range(10):
        left.add(work)
    left.finish()
    assert 1 <= len(done) < 10
    while len(done) < 10:
        left.finish()
    assert done == list(range(10))


def test_work_that_is_old_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    left, done = Unfinished(), []
    left.add(lambda: done.append("late"))
    later = time.time() + unfinished.KEPT_SECONDS + 1
    monkeypatch.setattr(clock.time, "time", lambda: later)  # type: ignore[attr-defined]
    left.finish()
    assert done == []


def test_only_the_latest_work_is_kept() -> None:
    left, done = Unfinished(), []
    for number in range(MOST_KEPT + 1):
        left.add(lambda number=number: done.append(number))  # type: ignore[misc]
    while len(done) < MOST_KEPT:
        left.finish()
    assert done == list(range(1, MOST_KEPT + 1))


def test_a_bug_in_the_work_of_another_call_is_logged_and_not_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    left, done = Unfinished(), []

    def fail() -> None:
        raise ZeroDivisionError

    left.add(fail)
    left.add(lambda: done.append("next"))
    left.finish()
    assert done == ["next"]
    (line,) = [json.loads(record.getMessage()) for record in caplog.records]
    assert (line["event"], line["exception"]) == ("bug", "ZeroDivisionError")
