import threading
import time
from typing import Any

import pytest
from pytest_mock import MockerFixture

from sms_connector.errors import ConnectorError, ProviderError
from sms_connector.message import Receipt, Sms
from sms_connector.phone import parse_phone
from sms_connector.sending.once import RecentMessages
from sms_connector.web.http import error_body

SMS = Sms(parse_phone("13812345678"), "SignIn", "SMS_1", "246810")


class Sender:
    """Counts what is sent, and does what it is told to."""

    def __init__(self, *outcomes: Receipt | Exception, takes: float = 0) -> None:
        self._outcomes = list(outcomes)
        self._takes = takes
        self.sent: list[Sms] = []

    def __call__(self, sms: Sms) -> Receipt:
        self.sent.append(sms)
        time.sleep(self._takes)
        number = len(self.sent)
        outcome = self._outcomes[number - 1] if self._outcomes else receipt(number)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def receipt(number: int = 1) -> Receipt:
    return Receipt(f"BIZ-{number}", f"REQUEST-{number}", "SignIn", "SMS_1")


def refusal(sent: bool | None) -> ConnectorError:
    provider = ProviderError("isv.X", "because", "REQUEST-9")
    return ConnectorError("refused", "try again", sent=sent, provider=provider)


def message(number: int) -> Sms:
    return Sms(SMS.phone, "SignIn", "SMS_1", f"{number:06}")


def at_once(count: int, recent: RecentMessages, send: Sender) -> list[Any]:
    outcomes: list[Any] = []

    def ask() -> None:
        try:
            outcomes.append(recent.once(SMS, send))
        except ConnectorError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def pass_time(mocker: MockerFixture, seconds: float, *, frozen: bool = False) -> None:
    """Let time pass for both clocks, or for the wall clock alone as in a frozen instance."""
    wall, monotonic = time.time() + seconds, time.monotonic() + (0 if frozen else seconds)
    mocker.patch("sms_connector.clock.time.time", return_value=wall)
    mocker.patch("sms_connector.clock.time.monotonic", return_value=monotonic)


def test_the_same_message_is_sent_once_and_gets_the_same_receipt() -> None:
    recent, send = RecentMessages(), Sender()
    assert [recent.once(SMS, send) for _ in range(3)] == [receipt()] * 3
    assert len(send.sent) == 1


@pytest.mark.parametrize(
    "other",
    [
        Sms(parse_phone("13912345678"), "SignIn", "SMS_1", "246810"),
        Sms(parse_phone("13812345678"), "Register", "SMS_1", "246810"),
        Sms(parse_phone("13812345678"), "SignIn", "SMS_1", "135790"),
    ],
    ids=["phone", "usage type", "code"],
)
def test_another_phone_usage_type_or_code_is_another_message(other: Sms) -> None:
    recent, send = RecentMessages(), Sender()
    recent.once(SMS, send)
    assert recent.once(other, send) == receipt(2)


def test_the_same_number_written_otherwise_is_the_same_message() -> None:
    recent, send = RecentMessages(), Sender()
    recent.once(SMS, send)
    recent.once(Sms(parse_phone("+86 138-1234-5678"), "SignIn", "SMS_1", "246810"), send)
    assert len(send.sent) == 1


def test_one_that_comes_while_the_first_is_under_way_waits_for_its_outcome() -> None:
    send = Sender(takes=0.2)
    assert at_once(20, RecentMessages(), send) == [receipt()] * 20
    assert len(send.sent) == 1


def test_an_unknown_outcome_is_told_again_and_nothing_is_sent_again() -> None:
    recent, send = RecentMessages(), Sender(refusal(sent=None))
    told = []
    for _ in range(3):
        with pytest.raises(ConnectorError) as error:
            recent.once(SMS, send)
        told.append(error_body(error.value))
    assert told == [error_body(refusal(sent=None))] * 3
    assert len(send.sent) == 1


def test_what_was_surely_not_sent_may_be_tried_again_at_once() -> None:
    recent, send = RecentMessages(), Sender(refusal(sent=False), receipt(2))
    with pytest.raises(ConnectorError):
        recent.once(SMS, send)
    assert recent.once(SMS, send) == receipt(2)
    assert recent.once(SMS, send) == receipt(2)
    assert len(send.sent) == 2


def test_those_who_waited_for_it_are_told_that_it_was_not_sent() -> None:
    send = Sender(refusal(sent=False), takes=0.2)
    outcomes = at_once(5, RecentMessages(), send)
    assert [outcome.sent for outcome in outcomes] == [False] * 5
    assert len(send.sent) == 1
    # Each thread raised an error of its own.
    assert len({id(outcome) for outcome in outcomes}) == 5


def test_a_bug_leaves_the_outcome_unknown_to_those_who_ask_again() -> None:
    recent, send = RecentMessages(), Sender(KeyError("246810"))
    with pytest.raises(KeyError):
        recent.once(SMS, send)
    with pytest.raises(ConnectorError) as error:
        recent.once(SMS, send)
    assert error.value.sent is None
    assert len(send.sent) == 1


@pytest.mark.parametrize(("seconds", "sends"), [(29, 1), (31, 2)])
@pytest.mark.parametrize("frozen", [False, True])
def test_a_message_is_remembered_for_thirty_seconds(
    mocker: MockerFixture, seconds: float, sends: int, frozen: bool
) -> None:
    recent, send = RecentMessages(), Sender()
    recent.once(SMS, send)
    pass_time(mocker, seconds, frozen=frozen)
    assert recent.once(SMS, send) == receipt(sends)
    assert len(send.sent) == sends


def test_no_traceback_is_remembered_since_it_would_keep_the_request() -> None:
    recent, send = RecentMessages(), Sender(refusal(sent=None))
    with pytest.raises(ConnectorError):
        recent.once(SMS, send)
    remembered = recent._messages[SMS].outcome
    assert isinstance(remembered, ConnectorError)
    assert remembered.__traceback__ is None


def test_the_memory_is_bounded(mocker: MockerFixture) -> None:
    mocker.patch("sms_connector.sending.once.MOST_REMEMBERED", 5)
    recent, send = RecentMessages(), Sender()
    for number in range(20):
        recent.once(message(number), send)
    assert len(recent._messages) == 5
    recent.once(message(19), send)
    assert len(send.sent) == 20


def test_one_that_was_sent_anew_is_as_young_as_its_last_sending(mocker: MockerFixture) -> None:
    mocker.patch("sms_connector.sending.once.MOST_REMEMBERED", 4)
    recent, send = RecentMessages(), Sender()

    def send_slowly(_: Sms) -> Receipt:
        recent.once(message(1), send)
        pass_time(mocker, 31)
        for number in (2, 1, 3, 4, 5):
            recent.once(message(number), send)
        return receipt()

    recent.once(message(0), send_slowly)
    recent.once(message(1), send)
    assert send.sent == [message(number) for number in (1, 2, 1, 3, 4, 5)]


def test_one_that_was_forgotten_on_its_way_takes_no_later_one_with_it(
    mocker: MockerFixture,
) -> None:
    mocker.patch("sms_connector.sending.once.MOST_REMEMBERED", 1)
    recent, send = RecentMessages(), Sender()

    def fail_late(sms: Sms) -> Receipt:
        recent.once(message(1), send)
        recent.once(sms, send)
        raise refusal(sent=False)

    with pytest.raises(ConnectorError):
        recent.once(SMS, fail_late)
    assert recent.once(SMS, send) == receipt(2)
    assert len(send.sent) == 2


def test_what_is_old_is_forgotten(mocker: MockerFixture) -> None:
    recent, send = RecentMessages(), Sender()
    for number in range(20):
        recent.once(message(number), send)
    pass_time(mocker, 31)
    recent.once(SMS, send)
    assert len(recent._messages) == 1
