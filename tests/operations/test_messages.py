"""`getMessage` and `getStats`: over HTTP and direct, from the store and asked of the provider."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import pytest

from sms_connector.function import Function
from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from sms_connector.local.http_trigger_event import http_trigger_event
from sms_connector.local.shanghai import day_of
from tests.support.configs import config
from tests.support.functions import body_of, new_function
from tests.support.reporting import PHONE
from tests.support.scripted_provider import ScriptedProvider, answer, reset

BIZ_ID = "932702304080415357^0"
REFUSED = {"Code": "Forbidden.RAM", "Message": "no", "RequestId": "REQUEST"}


@pytest.fixture(autouse=True)
def variables(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", "a-key-for-tests")


def direct(function: Function, operation: str, **fields: object) -> Any:
    payload = json.dumps({"operation": operation, **fields}).encode()
    return body_of(function.handle(payload, FcContext()))


def by_http(function: Function, path: str, **query: str) -> tuple[int, Any]:
    headers = {"Authorization": "a-key-for-tests"}
    event = http_trigger_event(b"", headers, method="GET", path=path, raw_path=path, query=query)
    reply: Any = function.handle(json.dumps(event).encode(), FcContext())
    return reply["statusCode"], json.loads(reply["body"])


def send(function: Function, phone: str = PHONE) -> str:
    sent = direct(function, "send", phone=phone, usageType="SignIn", code="246810")
    return str(sent["bizId"])


def today() -> str:
    return day_of(datetime.now(timezone.utc))


class TestMessages:
    def test_a_direct_invocation_and_http_get_the_same_answer(self) -> None:
        function = new_function()
        biz_id = send(function)
        status, body = by_http(function, f"/messages/{quote(biz_id, safe='')}")
        assert (status, body["state"], body["bizId"]) == (200, "accepted", biz_id)
        assert direct(function, "getMessage", bizId=biz_id) == body

    def test_a_message_never_seen_is_unknown(self) -> None:
        function = new_function()
        assert by_http(function, "/messages/no") == (200, {"bizId": "no", "state": "unknown"})

    def test_a_credential_is_needed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", "another")
        for path in ("/messages/no", "/stats"):
            assert by_http(new_function(), path)[0] == 401

    @pytest.mark.parametrize(
        ("phone", "expected"),
        [
            (PHONE, {"state": "delivered", "carrierCode": "DELIVERED"}),
            (
                number_for("MK:0001"),
                {
                    "state": "failed",
                    "carrierCode": "MK:0001",
                    "meaning": "the number is not in use",
                },
            ),
        ],
    )
    def test_the_provider_is_asked_where_no_report_came(
        self,
        configure: Callable[[dict[str, Any]], None],
        example: dict[str, Any],
        phone: str,
        expected: dict[str, str],
    ) -> None:
        with Emulator(delivery_delay=0) as emulator:
            configure({**example, "endpoint": emulator.url})
            function = new_function()
            biz_id = send(function, phone)
            for other in (function, new_function()):  # the second one has never seen it
                found = direct(other, "getMessage", bizId=biz_id, phone=phone, date=today())
                assert found.pop("at").endswith("Z")
                assert found == {"bizId": biz_id, **expected}

    def test_what_the_provider_does_not_know_yet_stays_accepted(self) -> None:
        function = new_function()
        biz_id = send(function)
        day = f"{today()[:4]}-{today()[4:6]}-{today()[6:]}"
        path = f"/messages/{quote(biz_id, safe='')}"
        _, body = by_http(function, path, phone=f"+86{PHONE}", date=day)
        assert body["state"] == "accepted"
        _, body = by_http(new_function(), "/messages/no", phone=PHONE, date=day)
        assert body == {"bizId": "no", "state": "unknown"}

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"phone": PHONE}, "date"),
            ({"date": "20261124"}, "phone"),
            ({"phone": "12", "date": "20261124"}, "phone"),
            ({"phone": PHONE, "date": "today"}, "date"),
        ],
    )
    def test_an_invalid_query_names_the_field(self, query: dict[str, str], field: str) -> None:
        status, body = by_http(new_function(), "/messages/no", **query)
        assert (status, body["error"]["code"]) == (400, "invalid_request_parameters")
        assert field in body["error"]["message"]
        assert "sent" not in body["error"]

    @pytest.mark.parametrize(
        ("act", "status", "code"),
        [
            (reset, 503, "general"),
            (answer(403, REFUSED), 500, "invalid_config"),
            (answer(500, REFUSED | {"Code": "InternalError"}), 503, "general"),
        ],
    )
    def test_a_provider_that_cannot_be_asked_is_an_error(
        self,
        configure: Callable[[dict[str, Any]], None],
        provider: Callable[..., ScriptedProvider],
        act: Any,
        status: int,
        code: str,
    ) -> None:
        configure(config(endpoint=provider(act).endpoint))
        found, body = by_http(new_function(), "/messages/no", phone=PHONE, date="20261124")
        assert (found, body["error"]["code"]) == (status, code)
        assert "sent" not in body["error"]
        assert PHONE not in str(body)


class TestStats:
    def test_hours_are_24_by_default(self) -> None:
        function = new_function()
        send(function)
        status, body = by_http(function, "/stats")
        ((hour, row),) = [(row.pop("hour"), row) for row in body["rows"]]
        assert status == 200
        assert row == {"country": "CN", "usageType": "SignIn", "outcome": "accepted", "count": 1}
        begin = datetime.strptime(body["from"], "%Y-%m-%dT%H:%M:%SZ")
        assert (datetime.strptime(hour, "%Y-%m-%dT%H:%M:%SZ") - begin).total_seconds() == 23 * 3600
        assert direct(function, "getStats", hours=1)["rows"] == [{"hour": hour, **row}]

    @pytest.mark.parametrize("hours", ["1", "744"])
    def test_hours_may_be_1_to_744(self, hours: str) -> None:
        assert by_http(new_function(), "/stats", hours=hours)[1]["rows"] == []

    @pytest.mark.parametrize("hours", ["0", "745", "-1", "1.5", "a", "1e2", " 1", "１"])
    def test_other_hours_are_invalid(self, hours: str) -> None:
        status, body = by_http(new_function(), "/stats", hours=hours)
        assert (status, body["error"]["code"]) == (400, "invalid_request_parameters")

    def test_each_outcome_of_a_message_and_of_a_verification_is_counted(
        self, configure: Callable[[dict[str, Any]], None], example: dict[str, Any]
    ) -> None:
        configure({**example, "limits": {"perNumber": ["1/hour"]}})
        function = new_function()
        refused = number_for("isv.MOBILE_NUMBER_ILLEGAL")
        for phone, code in ((PHONE, "246810"), (PHONE, "135790"), (refused, "246810")):
            direct(function, "send", phone=phone, usageType="MadeUp", code=code)
        start = {"phone": "+852 5123 4567", "usageType": "SignIn"}
        started = direct(function, "startVerification", **start)
        with_code = self.code_of(function, started["id"])
        direct(function, "checkVerification", id=started["id"], code=with_code)
        rows = by_http(function, "/stats", hours="1")[1]["rows"]
        counted = {f"{row['country']} {row['usageType']} {row['outcome']}" for row in rows}
        assert {row["count"] for row in rows} == {1}
        assert counted == {
            "CN Generic accepted",
            "CN Generic limited:perNumber",
            "CN Generic refused:invalid_request_parameters",
            "HK SignIn accepted",
            "HK SignIn approved",
        }

    @staticmethod
    def code_of(function: Function, verification_id: str) -> str:
        from sms_connector.verification.codes import derived_codes

        return derived_codes(function._instance.services.stores.names, verification_id, 6)[0]
