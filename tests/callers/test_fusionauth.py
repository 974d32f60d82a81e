"""Requests as FusionAuth's Generic Messenger makes them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.support.http_events import WAYS, HttpAnswer
from tests.support.serving import serving

Ask = Callable[..., HttpAnswer]
Sent = Callable[[], list[tuple[str, str, str]]]

# https://fusionauth.io/docs/customize/email-and-messages/generic-messenger, as of 1.67; before,
# without `code` and `userId`.
BODY: dict[str, Any] = {
    "code": "012345",
    "phoneNumber": "+8613812345678",
    "textMessage": "Two Factor Code: 012345",
    "type": "SMS",
    "userId": "00000000-0000-0000-0000-000000000042",
}
OLD: dict[str, Any] = {
    "phoneNumber": "+8613812345678",
    "textMessage": "Two Factor Code: 111111",
    "type": "SMS",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("body", "code"), [(BODY, "012345"), (OLD, "111111")])
def test_the_code_is_that_of_the_field_or_of_the_text(
    ask: Ask, sent: Sent, way: Any, body: dict[str, Any], code: str
) -> None:
    answered = ask("/fusionauth", json.dumps(body).encode(), way)
    assert answered.status == 200
    assert sent() == [("13812345678", code, answered.body["templateCode"])]


def test_basic_authentication_over_a_socket_opens_the_path(
    url: str, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    basic = "Basic ZnVzaW9uYXV0aDpvcGVuLXNlc2FtZQ=="
    answered = requests.post(
        f"{url}/fusionauth?usageType=MfaVerification",
        json=BODY,
        headers={"Authorization": basic},
        timeout=10,
    )
    assert answered.status_code == 401
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", basic)
    with serving() as opened:
        answered = requests.post(
            f"{opened}/fusionauth?usageType=MfaVerification",
            json=BODY,
            auth=("fusionauth", "open-sesame"),
            timeout=10,
        )
    assert (answered.status_code, answered.json()["usageType"]) == (200, "MfaVerification")
    assert [message[:2] for message in sent()] == [("13812345678", "012345")]


@pytest.mark.parametrize("code", [None, ""])
def test_an_empty_code_counts_as_missing(ask: Ask, sent: Sent, code: str | None) -> None:
    body = {**OLD, "code": code, "type": None}
    assert ask("/fusionauth", json.dumps(body).encode()).status == 200
    assert [message[1] for message in sent()] == ["111111"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phoneNumber": None}, "`phoneNumber` is required."),
        ({"phoneNumber": "5551212"}, "`phoneNumber` is not a valid mobile number"),
        ({"code": "two"}, "`code` must be 4 to 10 letters and digits."),
        ({"code": 12345}, "`code` must be a string."),
        ({"code": None, "textMessage": None}, "`textMessage` is required."),
        ({"code": None, "textMessage": "https://a.b/?c=d"}, "`textMessage` has no run of 4 to 10"),
        ({"code": None, "textMessage": "012345, 543210"}, "`textMessage` has more than one run"),
        ({"type": "Voice", "message": "Your code is 012345"}, "`type` must be SMS."),
    ],
)
def test_an_invalid_field_is_named_and_nothing_is_sent(
    ask: Ask, sent: Sent, changes: dict[str, Any], message: str
) -> None:
    answered = ask("/fusionauth", json.dumps({**BODY, **changes}).encode())
    assert (answered.status, answered.body["error"]["sent"]) == (400, False)
    assert answered.body["error"]["message"].startswith(message)
    assert "012345" not in str(answered.body)
    assert sent() == []
