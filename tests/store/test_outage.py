from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from pytest_mock import MockerFixture

from sms_connector.store.outage import Outage, StoreAwayError
from sms_connector.store.timeouts import LEFT_ALONE_SECONDS

SetTime = Callable[[float], None]


@pytest.fixture
def at(mocker: MockerFixture) -> SetTime:
    time = mocker.patch("sms_connector.clock.time")

    def set_time(seconds: float) -> None:
        time.monotonic.return_value = time.time.return_value = seconds

    set_time(0)
    return set_time


def fail(outage: Outage) -> bool:
    """Return whether the server was asked."""
    asked = False
    with suppress(StoreAwayError), outage.call():
        asked = True
        raise StoreAwayError("refused")
    return asked


def succeed(outage: Outage) -> None:
    with outage.call() as call:
        call.has_written = True


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    entries = [json.loads(line) for line in caplog.messages]
    caplog.clear()
    assert all(entry["event"] == "store" for entry in entries)
    return [(entry["state"], entry.get("fault", "")) for entry in entries]


def test_an_outage_is_logged_at_its_start_and_once_a_minute(
    at: SetTime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outage = Outage()
    for second in range(0, 130, 10):
        at(second)
        assert fail(outage)
    assert lines(caplog) == [("away", "refused")] * 3


def test_the_end_of_an_outage_is_logged_once(at: SetTime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    outage = Outage()
    for start in (0, 20):
        at(start)
        fail(outage)
        at(start + 10)
        succeed(outage)
        succeed(outage)
        assert outage.fault == ""
    assert lines(caplog) == [("away", "refused"), ("back", "")] * 2


def test_a_server_is_left_alone_after_a_fault_and_then_tried_once(at: SetTime) -> None:
    outage = Outage()
    assert fail(outage)
    at(LEFT_ALONE_SECONDS - 0.1)
    assert not fail(outage)
    at(LEFT_ALONE_SECONDS)
    with outage.call():
        assert not fail(outage)  # by another thread meanwhile
    succeed(outage)


def test_what_is_no_fault_of_the_server_is_no_outage() -> None:
    outage = Outage()
    with pytest.raises(KeyError), outage.call():
        raise KeyError
    assert outage.fault == ""


def test_only_a_write_sees_the_end_of_a_fault_of_writes(
    at: SetTime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    outage = Outage()
    for second in range(0, 50, 5):
        at(second)
        with suppress(StoreAwayError), outage.call():
            raise StoreAwayError("read_only")
        at(second + 4)
        with outage.call():
            pass  # a read is answered
        assert outage.fault == "read_only"
    assert lines(caplog) == [("away", "read_only")]
    succeed(outage)  # at once after a read
    assert (lines(caplog), outage.fault) == ([("back", "")], "")


@pytest.mark.parametrize("stands_still", ["monotonic", "time"])
def test_a_clock_that_stands_still_does_not_prolong_an_outage(
    mocker: MockerFixture, stands_still: str
) -> None:
    clock = mocker.patch("sms_connector.clock.time")
    clock.monotonic.return_value = clock.time.return_value = 0
    outage = Outage()
    fail(outage)
    clock.monotonic.return_value = clock.time.return_value = LEFT_ALONE_SECONDS
    getattr(clock, stands_still).return_value = 0
    assert fail(outage)
