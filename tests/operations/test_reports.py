"""Delivery reports as the provider pushes them: over a socket, and in every envelope."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from sms_connector.web.http import LARGEST_REPORT
from tests.support.functions import new_function
from tests.support.http_events import WAYS
from tests.support.pushing import AUTHORIZATION, PATH, RECEIVED, ask, lines, state_of
from tests.support.redis_server import RedisServer
from tests.support.reporting import BIZ_ID, PHONE, failed, mainland, overseas
from tests.support.serving import serving

pytestmark = pytest.mark.usefixtures("report_token")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    ("body", "state"),
    [
        ([mainland()], {"state": "delivered", "carrierCode": "DELIVERED"}),
        (mainland(), {"state": "delivered", "carrierCode": "DELIVERED"}),
        (
            [failed()],
            {"state": "failed", "carrierCode": "MK:0001", "meaning": "the number is not in use"},
        ),
        (overseas(), {"state": "delivered"}),
        ([overseas(), overseas()], {"state": "delivered"}),
    ],
)
def test_each_form_in_every_envelope(way: Any, body: object, state: dict[str, str]) -> None:
    function = new_function()
    answer = ask(function, "POST", PATH, body, way)
    assert (answer.status, answer.body) == (200, RECEIVED)
    assert answer.headers["content-type"] == "application/json"
    assert state_of(function) == {"bizId": BIZ_ID, "at": "2025-12-31T16:00:03Z", **state}


def test_a_message_of_the_function_is_accepted_until_its_report_comes() -> None:
    function = new_function()
    body = {"phone": PHONE, "usageType": "SignIn", "code": "246810"}
    sent = ask(function, "POST", "/", body, **AUTHORIZATION).body
    assert state_of(function, sent["bizId"])["state"] == "accepted"
    ask(function, "POST", PATH, [failed(biz_id=sent["bizId"])])
    assert state_of(function, sent["bizId"])["state"] == "failed"
    rows = ask(function, "GET", "/stats", **AUTHORIZATION).body["rows"]
    counted = {(row["country"], row["usageType"], row["outcome"]): row["count"] for row in rows}
    assert counted == {("CN", "SignIn", "accepted"): 1, ("CN", "SignIn", "failed"): 1}


def test_a_verification_shows_the_delivery_of_its_latest_message() -> None:
    function = new_function()
    start = {"phone": PHONE, "usageType": "SignIn"}
    for outcome in (mainland, failed):
        started = ask(function, "POST", "/verifications", start, **AUTHORIZATION).body
        biz_id = started["message"]["bizId"]
        ask(function, "POST", PATH, outcome(biz_id=biz_id))
    read = ask(function, "GET", f"/verifications/{started['id']}", **AUTHORIZATION).body
    assert read["delivery"] == {
        "bizId": biz_id,
        "state": "failed",
        "at": "2025-12-31T16:00:03Z",
        "carrierCode": "MK:0001",
        "meaning": "the number is not in use",
    }


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (
            [failed(), failed(), failed()],
            [
                {
                    "event": "report",
                    "outcome": "failed",
                    "bizId": BIZ_ID,
                    "carrierCode": "MK:0001",
                    "meaning": "the number is not in use",
                    "phone": "138****5678",
                    "at": "2025-12-31T16:00:03Z",
                }
            ],
        ),
        (
            [overseas(ReceiveDate="")],
            [
                {
                    "event": "report",
                    "outcome": "delivered",
                    "bizId": "MESSAGE-1",
                    "carrierCode": None,
                    "meaning": None,
                    "phone": "852****4567",
                    "at": None,
                }
            ],
        ),
        (
            [{"content": "246810", "phone_number": PHONE}],
            [{"event": "report", "outcome": "not_a_report", "count": 1}],
        ),
    ],
)
def test_each_report_is_one_log_line_however_often_it_comes(
    caplog: pytest.LogCaptureFixture, items: list[object], expected: list[dict[str, Any]]
) -> None:
    caplog.set_level("INFO")
    ask(new_function(), "POST", PATH, items)
    assert lines(caplog) == expected
    assert PHONE not in caplog.text
    assert "246810" not in caplog.text


@pytest.mark.usefixtures("server")
def test_a_report_that_comes_three_times_to_two_instances_is_one_log_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    one, other = new_function(), new_function()
    for function in (one, other, one):
        assert ask(function, "POST", PATH, [failed(), mainland(biz_id="2^0")]).body == RECEIVED
    assert [line["outcome"] for line in lines(caplog)] == ["failed", "delivered"]


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"\xff\xfe", b"{}", b"[]", b"5", b'{"biz_id": {}}', b"[" * 100_000]
)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_body_of_another_kind_is_answered_so_that_it_does_not_come_back(
    way: Any, body: bytes
) -> None:
    answer = ask(new_function(), "POST", PATH, body, way)
    assert (answer.status, answer.body) == (200, RECEIVED)


class TestTheAddress:
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
    @pytest.mark.parametrize("path", ["/reports/", f"{PATH}x", "/reports/wrong", f"{PATH}/more"])
    @pytest.mark.parametrize("size", [10, LARGEST_REPORT + 1])
    def test_a_wrong_token_is_answered_as_any_unknown_path(
        self, method: str, path: str, size: int
    ) -> None:
        function = new_function()
        answer = ask(function, method, path, b"x" * size)
        assert answer.status == 404
        assert answer.body == ask(function, "POST", "/unknown", b"").body

    @pytest.mark.parametrize("token", ["", "short"])
    def test_without_a_valid_token_no_address_takes_reports(
        self, monkeypatch: pytest.MonkeyPatch, token: str
    ) -> None:
        monkeypatch.setenv("SMS_CONNECTOR_REPORT_TOKEN", token)
        function = new_function()
        for path in ("/reports", "/reports/", f"/reports/{token}", "/reports//"):
            assert ask(function, "POST", path, [mainland()]).status == 404

    def test_a_wrong_token_asks_no_store(self, server: RedisServer) -> None:
        function = new_function()
        ask(function, "POST", "/reports/wrong-token-of-reports", [mainland()])
        assert "cmdstat_evalsha" not in server.command("INFO", "commandstats")

    def test_the_base_path_stands_before_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SMS_CONNECTOR_BASE_PATH", "/sms")
        assert ask(new_function(), "POST", f"/sms{PATH}", [mainland()]).body == RECEIVED

    @pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
    def test_a_body_may_have_one_mebibyte(self, way: Any) -> None:
        function = new_function()
        # So few that a busy machine records them in time too.
        items = [mainland(biz_id=f"{number}^0") for number in range(20)]
        body = json.dumps(items, ensure_ascii=False).encode()
        assert len(body) < LARGEST_REPORT
        padded = body[:-1] + b" " * (LARGEST_REPORT - len(body)) + b"]"
        assert ask(function, "POST", PATH, padded, way).body == RECEIVED
        assert state_of(function, "19^0")["state"] == "delivered"
        assert ask(function, "POST", PATH, padded + b" ", way).status == 413


@pytest.mark.parametrize("envelope", ["http3", "apigw", "http2"])
def test_reports_over_a_socket(envelope: str) -> None:
    with serving(envelope) as url:
        for body in ([mainland()], overseas()):
            answer = requests.post(url + PATH, json.dumps(body), timeout=5)
            assert (answer.status_code, answer.json()) == (200, RECEIVED)
        state = requests.get(f"{url}/messages/{BIZ_ID}", headers=AUTHORIZATION, timeout=5)
        assert state.json()["state"] == "delivered"


@pytest.mark.parametrize(("outcome", "trips"), [("report", 2), ("message", 2)])
def test_round_trips(server: RedisServer, outcome: str, trips: int) -> None:
    """A report costs two; figures and states add none to a message, which costs two without."""
    function = new_function()
    ask(function, "POST", PATH, [mainland(biz_id="0^0")])  # the script is loaded
    server.command("CONFIG", "RESETSTAT")
    if outcome == "report":
        ask(function, "POST", PATH, [mainland()])
    else:
        body = {"phone": PHONE, "usageType": "SignIn", "code": "246810"}
        assert ask(function, "POST", "/", body, **AUTHORIZATION).status == 200
        rows = ask(function, "GET", "/stats", **AUTHORIZATION).body["rows"]
        assert [row["outcome"] for row in rows if row["usageType"] == "SignIn"] == ["accepted"]
    called = server.command("INFO", "commandstats")["cmdstat_evalsha"]["calls"]
    assert called == trips + (1 if outcome == "message" else 0)
