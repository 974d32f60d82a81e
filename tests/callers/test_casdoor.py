"""Requests as Casdoor's Custom HTTP SMS provider makes them."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.support.http_events import WAYS, HttpAnswer

Ask = Callable[..., HttpAnswer]
Sent = Callable[[], list[tuple[str, str, str]]]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# `SendMessage` of `object/sms_custom_http.go` (v3.158.0). Go's url.Values.Encode and json.Marshal
# order the fields by their names.
BODIES = [
    (FORM, b"code=246810&phoneNumber=%2B8613812345678"),
    (JSON, b'{"code":"246810","phoneNumber":"+8613812345678"}'),
]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("content_type", "body"), BODIES, ids=["form", "JSON"])
def test_a_form_or_json_becomes_a_message_and_exactly_a_200(
    ask: Ask, sent: Sent, way: Any, content_type: str, body: bytes
) -> None:
    answered = ask("/casdoor", body, way, content_type=content_type)
    assert answered.status == 200
    assert answered.body["usageType"] == "Generic"
    assert sent() == [("13812345678", "246810", answered.body["templateCode"])]


@pytest.mark.parametrize(("content_type", "body"), BODIES, ids=["form", "JSON"])
def test_casdoor_s_own_bytes_over_a_socket_become_a_message(
    url: str, sent: Sent, content_type: str, body: bytes
) -> None:
    headers = {
        "User-Agent": "Go-http-client/1.1",
        "Content-Type": content_type,
        "Authorization": "Bearer open-sesame",
        "Accept-Encoding": "gzip",
    }
    answered = requests.post(
        f"{url}/casdoor?usageType=SignIn", data=body, headers=headers, timeout=10
    )
    assert (answered.status_code, answered.json()["usageType"]) == (200, "SignIn")
    assert [message[:2] for message in sent()] == [("13812345678", "246810")]


# The same file of v2.90.0 to v3.57.2: the mapping that the console saves, `content`, is stronger
# than Parameter.
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"content=246810&phoneNumber=%2B8613812345678"),
        (JSON, b'{"content":"246810","phoneNumber":"+8613812345678"}'),
    ],
    ids=["form", "JSON"],
)
def test_a_code_is_found_in_content_where_the_version_has_no_other_name(
    ask: Ask, sent: Sent, content_type: str, body: bytes
) -> None:
    assert ask("/casdoor", body, content_type=content_type).status == 200
    assert [message[:2] for message in sent()] == [("13812345678", "246810")]


def test_a_plus_that_is_not_encoded_keeps_the_number_out_of_the_mainland(
    ask: Ask, sent: Sent
) -> None:
    bodies = (b"code=246810&phoneNumber=+13123456789", b"code=246810&phoneNumber=%2B13123456789")
    answers = [ask("/casdoor", body, content_type=FORM) for body in bodies]
    assert [answered.status for answered in answers] == [400, 400]
    assert answers[0].body == answers[1].body
    assert sent() == []


@pytest.mark.parametrize(
    ("content_type", "body", "status", "message"),
    [
        (FORM, b"code=246810", 400, "`phoneNumber` is required."),
        (FORM, b"phoneNumber=%2B8613812345678", 400, "`code` is required."),
        (FORM, b"phoneNumber=13812345678&content=Code+246810", 400, "`content` must be the code"),
        (FORM, b"phoneNumber=13812345678&content=Welcome", 400, "`content` must be the code alone"),
        (FORM, b"phoneNumber=13812345678&content=24681012345", 400, "`content` must be 4 to 10"),
        (FORM, b"phoneNumber=&code=246810", 400, "`phoneNumber` is not a valid mobile number"),
        (FORM, b"phoneNumber=12&code=246810", 400, "`phoneNumber` is not a valid mobile number"),
        (FORM, b"phoneNumber=13812345678&code=Your+code+is+246810", 400, "`code` must be 4 to 10"),
        (FORM, b"phoneNumber=13812345678&code=246810&code=135790", 400, "`code` must be a string"),
        (FORM, b"", 400, "`phoneNumber` is required."),
        (FORM, b"x" * 65_537, 413, "The body may be at most 65536 bytes."),
        (JSON, b'{"code":246810,"phoneNumber":"+8613812345678"}', 400, "`code` must be a string"),
        (JSON, b"code=246810&phoneNumber=%2B8613812345678", 400, "The request is not valid JSON."),
        ("", b"code=246810&phoneNumber=%2B8613812345678", 400, "The request is not valid JSON."),
    ],
)
def test_an_invalid_request_is_refused_by_casdoor_s_names_and_nothing_is_sent(
    ask: Ask, sent: Sent, content_type: str, body: bytes, status: int, message: str
) -> None:
    answered = ask("/casdoor", body, content_type=content_type)
    error = answered.body["error"]
    assert (answered.status, error["sent"]) == (status, False)
    assert error["message"].startswith(message)
    assert "246810" not in str(answered.body)
    assert sent() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_other_methods_that_casdoor_offers_are_refused(
    ask: Ask, sent: Sent, method: str
) -> None:
    answered = ask("/casdoor", b"", method=method, query={"phoneNumber": "1", "code": "246810"})
    assert (answered.status, answered.headers["allow"]) == (405, "POST")
    assert sent() == []


def test_a_wrong_credential_is_refused(ask: Ask, sent: Sent) -> None:
    content_type, body = BODIES[0]
    answered = ask("/casdoor", body, content_type=content_type, authorization="Bearer wrong")
    assert answered.status == 401
    assert sent() == []


@pytest.mark.parametrize(("content_type", "body"), BODIES, ids=["form", "JSON"])
def test_a_request_of_casdoor_at_the_root_is_not_recognised_by_its_body(
    ask: Ask, sent: Sent, content_type: str, body: bytes
) -> None:
    assert ask("/", body, content_type=content_type).status == 400
    assert sent() == []
