import hmac
import time
from collections.abc import Mapping
from datetime import datetime, timezone

import pytest
from pytest_mock import MockerFixture
from standardwebhooks.webhooks import Webhook

from sms_connector.errors import ConnectorError
from sms_connector.web.auth import CLOSED, MALFORMED_SECRET, Door, door_of
from sms_connector.web.http import Request

SECRET = "v1,whsec_dGhlIGZpcnN0IHdlYmhvb2sgc2VjcmV0"
OTHER = "v1,whsec_dGhlIG90aGVyIHdlYmhvb2sgc2VjcmV0"
BODY = '{"sms": {"otp": "246810"}, "名": "é"}'.encode()


def door(**environ: str) -> Door:
    return door_of({f"SMS_CONNECTOR_{name}": value for name, value in environ.items()})


def admits(door: Door, headers: Mapping[str, str], body: bytes | None = BODY) -> bool:
    try:
        door.admit(Request(body, is_http=True, headers=headers))
    except ConnectorError as error:
        told = (error.code, error.http_status, error.sent, error.message)
        assert told == (
            "authorization_failed",
            401,
            False,
            "The credential is missing or not valid.",
        )
        return False
    return True


def signed(secret: str = SECRET, *, age: float = 0, body: bytes = BODY) -> dict[str, str]:
    sent = datetime.fromtimestamp(time.time() - age, tz=timezone.utc)
    signature = Webhook(secret.removeprefix("v1,")).sign("msg-1", sent, body.decode())
    return {
        "webhook-id": "msg-1",
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": signature,
    }


class TestAuthorization:
    @pytest.mark.parametrize("shown", ["Bearer one", " Bearer one "])
    def test_the_exact_value_opens_the_door(self, shown: str) -> None:
        assert admits(door(AUTHORIZATION="Bearer one"), {"authorization": shown})

    @pytest.mark.parametrize("shown", ["Bearer one", "Basic two"])
    def test_several_values_are_for_rotation(self, shown: str) -> None:
        rotating = door(AUTHORIZATION="Bearer one, Basic two,")
        assert admits(rotating, {"authorization": shown})

    @pytest.mark.parametrize(
        "shown", ["", "Bearer", "bearer one", "Bearer onE", "Bearer one, Basic two", "é", "\ud800"]
    )
    def test_no_other_value_does(self, shown: str) -> None:
        assert not admits(door(AUTHORIZATION="Bearer one,Basic two"), {"authorization": shown})

    def test_nor_does_none_at_all(self) -> None:
        assert not admits(door(AUTHORIZATION="Bearer one"), {})

    def test_values_are_compared_in_constant_time(self, mocker: MockerFixture) -> None:
        compared = mocker.spy(hmac, "compare_digest")
        admits(door(AUTHORIZATION="Bearer one,Basic two"), {"authorization": "Bearer one"})
        assert compared.call_count == 2


class TestWebhooks:
    def test_a_valid_signature_opens_the_door(self) -> None:
        assert admits(door(WEBHOOK_SECRETS=SECRET), signed())

    @pytest.mark.parametrize("secret", [SECRET, OTHER])
    def test_several_secrets_are_for_rotation(self, secret: str) -> None:
        assert admits(door(WEBHOOK_SECRETS=f"{SECRET}|{OTHER}"), signed(secret))

    def test_a_secret_may_come_without_its_version(self) -> None:
        assert admits(door(WEBHOOK_SECRETS=SECRET.removeprefix("v1,")), signed())

    @pytest.mark.parametrize("separator", [" ", ", "])
    @pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
    def test_one_of_several_signatures_is_enough(
        self, separator: str, secrets: tuple[str, str]
    ) -> None:
        first, second = (signed(secret) for secret in secrets)
        both = separator.join((first["webhook-signature"], second["webhook-signature"]))
        assert admits(door(WEBHOOK_SECRETS=SECRET), {**first, "webhook-signature": both})

    @pytest.mark.parametrize("other", ["v1,A ", "v1, ", "v1a,AAAA ", " ", "nonsense ", "v2,x, "])
    def test_one_of_another_form_does_not_spoil_it(self, other: str) -> None:
        headers = signed()
        headers["webhook-signature"] = other + headers["webhook-signature"]
        assert admits(door(WEBHOOK_SECRETS=SECRET), headers)

    @pytest.mark.parametrize(
        ("age", "welcome"), [(290, True), (310, False), (-290, True), (-310, False)]
    )
    def test_a_signature_holds_for_five_minutes(self, age: float, welcome: bool) -> None:
        assert admits(door(WEBHOOK_SECRETS=SECRET), signed(age=age)) is welcome

    @pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
    def test_all_three_headers_are_needed(self, missing: str) -> None:
        headers = signed()
        del headers[missing]
        assert not admits(door(WEBHOOK_SECRETS=SECRET), headers)

    @pytest.mark.parametrize(
        "change",
        [
            {"webhook-id": "msg-2"},
            {"webhook-timestamp": "0"},
            {"webhook-timestamp": "nan"},
            {"webhook-timestamp": "inf"},
            {"webhook-timestamp": "x"},
            {"webhook-signature": "v1,"},
            {"webhook-signature": "v1"},
            {"webhook-signature": "v1,é"},
            {"webhook-signature": ",,,, ,"},
            {"webhook-signature": "v2,AAAA"},
        ],
    )
    def test_nothing_may_be_changed(self, change: dict[str, str]) -> None:
        assert not admits(door(WEBHOOK_SECRETS=SECRET), signed() | change)

    @pytest.mark.parametrize("body", [b"", BODY + b" ", b"\xff", None])
    def test_nor_the_body(self, body: bytes | None) -> None:
        assert not admits(door(WEBHOOK_SECRETS=SECRET), signed(), body)

    def test_another_secret_does_not_do(self) -> None:
        assert not admits(door(WEBHOOK_SECRETS=SECRET), signed(OTHER))


class TestBoth:
    def test_either_is_enough(self) -> None:
        both = door(AUTHORIZATION="Bearer one", WEBHOOK_SECRETS=SECRET)
        assert admits(both, {"authorization": "Bearer one"})
        assert admits(both, signed())
        assert admits(both, {**signed(), "authorization": "Bearer wrong"})
        assert not admits(both, {})


class TestAnonymous:
    @pytest.mark.parametrize("value", ["true", "True", " TRUE "])
    def test_true_lets_anyone_in(self, value: str) -> None:
        assert admits(door(ANONYMOUS=value), {})

    @pytest.mark.parametrize("value", ["", "false", "1", "yes", "truee"])
    def test_nothing_else_does(self, value: str) -> None:
        assert not admits(door(ANONYMOUS=value), {})


class TestProblems:
    @pytest.mark.parametrize("environ", [{}, {"AUTHORIZATION": " , "}, {"WEBHOOK_SECRETS": "|"}])
    def test_a_door_that_nothing_opens_says_what_to_set(self, environ: dict[str, str]) -> None:
        shut = door(**environ)
        assert shut.problem == CLOSED
        assert not admits(shut, {"authorization": ""})

    @pytest.mark.parametrize(
        "secret", ["whsec_", "v1,whsec_***", "plain", "v1,whsec_====", "v2,whsec_AAAAAAAA", "é"]
    )
    def test_a_malformed_secret_opens_nothing_and_the_others_still_do(self, secret: str) -> None:
        mixed = door(WEBHOOK_SECRETS=f"{secret}|{SECRET}")
        assert mixed.problem == MALFORMED_SECRET
        assert admits(mixed, signed())

    def test_a_door_that_something_opens_has_none(self) -> None:
        assert door(AUTHORIZATION="x").problem == ""
        assert door(WEBHOOK_SECRETS=SECRET).problem == ""
        assert door(ANONYMOUS="true").problem == ""
