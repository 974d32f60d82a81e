"""Signatures of Standard Webhooks; tests/web/test_auth.py has what they open."""

from contextlib import suppress

import pytest
from standardwebhooks.webhooks import Webhook

from sms_connector.web.http import Request
from sms_connector.web.signature import SignatureError
from sms_connector.web.webhook import signed_id
from tests.support.webhooks import OTHER, SECRET, signed_headers

BODY = '{"sms": {"otp": "246810"}, "名": "é"}'.encode()


def signed(secret: str = SECRET, age: float = 0) -> dict[str, str]:
    return signed_headers(BODY, secret=secret, age=age)


def is_signed(
    headers: dict[str, str], body: bytes | None = BODY, secrets: tuple[str, ...] = (SECRET,)
) -> bool:
    webhooks = [Webhook(secret.removeprefix("v1,")) for secret in secrets]
    shown = {"webhook-signature": "", **headers}
    with suppress(SignatureError):
        return signed_id(Request(body, is_http=True, headers=shown), webhooks) == "msg-1"
    return False


def test_a_valid_signature_is_admitted() -> None:
    assert is_signed(signed())


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_a_signature_by_any_of_several_secrets_is_admitted(secret: str) -> None:
    assert is_signed(signed(secret), secrets=(SECRET, OTHER))


@pytest.mark.parametrize("separator", [" ", ", "])
@pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
def test_one_valid_signature_of_several_is_enough(separator: str, secrets: tuple[str, str]) -> None:
    first, second = (signed(secret) for secret in secrets)
    both = separator.join((first["webhook-signature"], second["webhook-signature"]))
    assert is_signed({**first, "webhook-signature": both})


@pytest.mark.parametrize("other", ["v1,A ", "v1, ", "v1a,AAAA ", " ", "nonsense ", "v2,x, "])
def test_a_malformed_signature_does_not_invalidate_another(other: str) -> None:
    headers = signed()
    headers["webhook-signature"] = other + headers["webhook-signature"]
    assert is_signed(headers)


@pytest.mark.parametrize(
    ("age", "admitted"), [(290, True), (310, False), (-290, True), (-310, False)]
)
def test_a_signature_is_valid_for_five_minutes(age: float, admitted: bool) -> None:
    assert is_signed(signed(age=age)) is admitted


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_signature_needs_all_three_headers(missing: str) -> None:
    headers = signed()
    del headers[missing]
    assert not is_signed(headers)


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
def test_a_changed_webhook_header_is_not_admitted(change: dict[str, str]) -> None:
    assert not is_signed(signed() | change)


@pytest.mark.parametrize("body", [b"", BODY + b" ", b"\xff", None])
def test_a_changed_body_is_not_admitted(body: bytes | None) -> None:
    assert not is_signed(signed(), body)


def test_a_signature_by_another_secret_is_not_admitted() -> None:
    assert not is_signed(signed(OTHER))
