from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
import requests
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException
from darabonba.exceptions import UnretryableException

from sms_connector.local.emulate.magic import (
    MAGIC_NUMBERS,
    Behaviour,
    FailedDelivery,
    Reporting,
    number_for,
)
from sms_connector.local.emulate.provider_errors import Refusal
from sms_connector.local.emulate.server import Emulator

from .calling import CODE, GOOD, PHONE, rpc, rpc_parameters, sdk_client, sdk_request

REFUSALS = {number: o for number, o in MAGIC_NUMBERS.items() if isinstance(o, Refusal)}
BY_THE_SERVICE = [(number, o) for number, o in REFUSALS.items() if o.status == 200]
BY_THE_GATEWAY = [(number, o) for number, o in REFUSALS.items() if o.status != 200]
DELIVERIES = {number: o for number, o in MAGIC_NUMBERS.items() if isinstance(o, FailedDelivery)}


@pytest.fixture
def lost(emulator: Emulator) -> Iterator[tuple[Emulator, requests.Session]]:
    """An emulator, and a session for calls that break their connection."""
    with requests.Session() as session:
        yield emulator, session


def to(behaviour: Behaviour) -> dict[str, str]:
    return {**GOOD, "PhoneNumbers": number_for(behaviour)}


def test_every_magic_number_is_a_mainland_number_of_one_block() -> None:
    assert all(re.fullmatch(r"1990000\d{4}", number) for number in MAGIC_NUMBERS)


def test_every_outcome_has_one_number() -> None:
    assert len(set(MAGIC_NUMBERS.values())) == len(MAGIC_NUMBERS)
    for number, outcome in MAGIC_NUMBERS.items():
        match outcome:
            case Refusal(code=name) | FailedDelivery(err_code=name):
                assert number_for(name) == number
            case Behaviour() | Reporting():
                assert number_for(outcome) == number
    with pytest.raises(KeyError, match="unheard"):
        number_for("unheard")
    assert set(Behaviour) < set(MAGIC_NUMBERS.values())


@pytest.mark.parametrize(("number", "refusal"), BY_THE_SERVICE)
def test_a_code_of_the_service_comes_with_http_200(
    emulator: Emulator, number: str, refusal: Refusal
) -> None:
    answer = sdk_client(emulator).send_sms(sdk_request(PhoneNumbers=number))
    assert (answer.status_code, answer.body.code) == (200, refusal.code)
    assert answer.body.message == refusal.message
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize(("number", "refusal"), BY_THE_GATEWAY)
def test_a_code_of_the_gateway_comes_with_its_http_status(
    emulator: Emulator, number: str, refusal: Refusal
) -> None:
    raises = ClientException if refusal.status < 500 else ServerException
    with pytest.raises(raises) as raised:
        sdk_client(emulator).send_sms(sdk_request(PhoneNumbers=number))
    assert (raised.value.status_code, raised.value.code) == (refusal.status, refusal.code)
    assert emulator.inbox.messages() == ()


def test_a_mismatch_by_magic_number_quotes_phone_and_code(emulator: Emulator) -> None:
    number = number_for("SignatureDoesNotMatch")
    message = rpc(emulator, {**GOOD, "PhoneNumbers": number}).json()["Message"]
    assert number in message
    assert CODE in message


def test_a_magic_number_has_no_effect_on_an_invalid_call(emulator: Emulator) -> None:
    number = number_for("isv.AMOUNT_NOT_ENOUGH")
    answer = rpc(emulator, {**GOOD, "PhoneNumbers": number, "TemplateCode": "SMS_0"})
    assert answer.json()["Code"] == "isv.SMS_TEMPLATE_ILLEGAL"


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour.HUNG,
        Behaviour.RESET_BEFORE,
        Behaviour.RESET_AFTER,
        Behaviour.CUT_OFF,
        Behaviour.HTML_502,
        Behaviour.HTML_200,
        Behaviour.EMPTY,
    ],
)
def test_the_sdk_raises_the_same_error_for_every_lost_answer(
    emulator: Emulator, behaviour: Behaviour
) -> None:
    client = sdk_client(emulator, read_timeout=200)
    with pytest.raises(UnretryableException):
        client.send_sms(sdk_request(PhoneNumbers=number_for(behaviour)))
    assert len(emulator.inbox.messages()) == int(behaviour.keeps_message)


def test_a_slow_answer_takes_a_second(emulator: Emulator) -> None:
    began = time.monotonic()
    assert rpc(emulator, to(Behaviour.SLOW)).json()["Code"] == "OK"
    assert 0.9 < time.monotonic() - began < 3
    assert len(emulator.inbox.messages()) == 1


def test_a_hung_call_keeps_the_message_and_never_answers(
    lost: tuple[Emulator, requests.Session],
) -> None:
    emulator, session = lost
    form = sign(Behaviour.HUNG)
    with pytest.raises(requests.ReadTimeout):
        session.post(emulator.url, data=form, timeout=0.2)
    assert len(emulator.inbox.messages()) == 1


@pytest.mark.parametrize(
    ("behaviour", "kept"), [(Behaviour.RESET_BEFORE, 0), (Behaviour.RESET_AFTER, 1)]
)
def test_a_reset_connection_is_a_tcp_reset(
    lost: tuple[Emulator, requests.Session], behaviour: Behaviour, kept: int
) -> None:
    emulator, session = lost
    with pytest.raises(requests.ConnectionError, match="ConnectionResetError"):
        session.post(emulator.url, data=sign(behaviour), timeout=5)
    assert len(emulator.inbox.messages()) == kept


def test_a_cut_off_answer_is_shorter_than_its_content_length(
    lost: tuple[Emulator, requests.Session],
) -> None:
    emulator, session = lost
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        session.post(emulator.url, data=sign(Behaviour.CUT_OFF), timeout=5)
    assert len(emulator.inbox.messages()) == 1


@pytest.mark.parametrize(
    ("behaviour", "status", "media_type", "body"),
    [
        (Behaviour.HTML_502, 502, "text/html", b"<!DOCTYPE html><html>"),
        (Behaviour.HTML_200, 200, "text/html", b"<!DOCTYPE html><html>"),
        (Behaviour.EMPTY, 200, "application/json", b""),
        (Behaviour.LIST, 200, "application/json", b"[]"),
        (Behaviour.NO_CODE, 200, "application/json", b'{"RequestId":"'),
    ],
)
def test_a_malformed_answer_has_no_code(
    emulator: Emulator, behaviour: Behaviour, status: int, media_type: str, body: bytes
) -> None:
    answer = rpc(emulator, to(behaviour))
    assert answer.status_code == status
    assert answer.headers["content-type"].split(";")[0] == media_type
    assert answer.content.startswith(body)
    assert bool(answer.content) == bool(body)
    assert b"Code" not in answer.content
    assert len(emulator.inbox.messages()) == int(behaviour.keeps_message)


@pytest.mark.parametrize(
    ("behaviour", "status"), [(Behaviour.REDIRECT_302, 302), (Behaviour.REDIRECT_307, 307)]
)
def test_following_a_redirect_sends_a_second_message(
    emulator: Emulator, behaviour: Behaviour, status: int
) -> None:
    stayed = rpc(emulator, to(behaviour))
    assert stayed.status_code == status
    assert len(emulator.inbox.messages()) == 1
    emulator.clear()
    # The SDK follows redirects by default; the connector must not.
    followed = requests.post(emulator.url, data=rpc_parameters(to(behaviour)), timeout=5).json()
    assert followed["Code"] == "OK"
    second, first = emulator.inbox.messages()
    assert second.request_id == followed["RequestId"]
    assert second.content == first.content


@pytest.mark.parametrize("number", DELIVERIES)
def test_a_message_whose_delivery_fails_is_accepted_and_marked(
    emulator: Emulator, number: str
) -> None:
    assert rpc(emulator, {**GOOD, "PhoneNumbers": f"{number},{PHONE}"}).json()["Code"] == "OK"
    received, failed = requests.get(f"{emulator.url}/inbox", timeout=5).json()
    assert (received["phone"], "deliveryError" in received) == (PHONE, False)
    assert (failed["phone"], failed["deliveryError"]) == (number, DELIVERIES[number].err_code)


def sign(behaviour: Behaviour) -> dict[str, str]:
    return rpc_parameters(to(behaviour))
