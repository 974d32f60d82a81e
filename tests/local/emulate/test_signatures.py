from __future__ import annotations

import time
from urllib.parse import urlencode

import pytest
import requests
from alibabacloud_tea_openapi.exceptions import ClientException

from sms_connector.local.emulate.account import (
    DISABLED_KEY,
    ORDINARY_KEY,
    STS_KEY,
    AccountKey,
)
from sms_connector.local.emulate.nonces import CLOCK_SKEW
from sms_connector.local.emulate.server import Emulator

from .calling import (
    CODE,
    GOOD,
    PHONE,
    acs3,
    acs3_headers,
    encode,
    rpc,
    rpc_parameters,
    sdk_client,
    sdk_request,
    timestamp,
)

KEYS = [ORDINARY_KEY, STS_KEY]


@pytest.mark.parametrize("key", KEYS, ids=["ordinary", "sts"])
def test_a_call_of_the_official_sdk_is_accepted(emulator: Emulator, key: AccountKey) -> None:
    answer = sdk_client(emulator, key).send_sms(sdk_request())
    assert answer.body.code == "OK"
    [message] = emulator.inbox.messages()
    assert (message.biz_id, message.request_id) == (answer.body.biz_id, answer.body.request_id)


@pytest.mark.parametrize("key", KEYS, ids=["ordinary", "sts"])
def test_a_form_signed_in_rpc_style_is_accepted(emulator: Emulator, key: AccountKey) -> None:
    assert rpc(emulator, key=key).json()["Code"] == "OK"


def test_a_query_string_signed_in_rpc_style_is_accepted(emulator: Emulator) -> None:
    query = rpc_parameters({**GOOD, "OutId": "~ * + / % 序号"}, method="GET")
    assert requests.get(emulator.url, params=query, timeout=5).json()["Code"] == "OK"
    assert emulator.inbox.messages()[0].out_id == "~ * + / % 序号"


def test_a_get_signed_by_acs3_is_accepted(emulator: Emulator) -> None:
    headers = acs3_headers(emulator, GOOD, method="GET")
    assert acs3(emulator, headers, method="GET").json()["Code"] == "OK"


def test_acs3_accepts_parameters_in_a_form(emulator: Emulator) -> None:
    body = urlencode(GOOD).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    headers = acs3_headers(emulator, {}, body, headers=form)
    assert acs3(emulator, headers, {}, body).json()["Code"] == "OK"


STRANGER = ORDINARY_KEY._replace(id="LTAI5tNobody")
WRONG_SECRET = ORDINARY_KEY._replace(secret="wrong")
REFUSED_KEYS = [
    (STRANGER, 404, "InvalidAccessKeyId.NotFound"),
    (DISABLED_KEY, 400, "InvalidAccessKeyId.Inactive"),
    (WRONG_SECRET, 400, "SignatureDoesNotMatch"),
    (STS_KEY._replace(secret="wrong"), 400, "SignatureDoesNotMatch"),
    (STS_KEY._replace(security_token=None), 400, "MissingSecurityToken"),
    (
        STS_KEY._replace(security_token=STS_KEY.expired_token),
        400,
        "InvalidSecurityToken.Expired",
    ),
    (
        STS_KEY._replace(security_token="another"),
        400,
        "InvalidSecurityToken.MismatchWithAccessKey",
    ),
    (
        ORDINARY_KEY._replace(security_token=STS_KEY.security_token),
        400,
        "InvalidSecurityToken.MismatchWithAccessKey",
    ),
]


@pytest.mark.parametrize(("key", "status", "code"), REFUSED_KEYS)
def test_an_invalid_key_is_refused_with_both_signatures(
    emulator: Emulator, key: AccountKey, status: int, code: str
) -> None:
    with pytest.raises(ClientException) as raised:
        sdk_client(emulator, key).send_sms(sdk_request())
    assert (raised.value.status_code, raised.value.code) == (status, code)
    answer = rpc(emulator, key=key)
    assert (answer.status_code, answer.json()["Code"]) == (status, code)
    assert emulator.inbox.messages() == ()


def test_a_mismatch_quotes_the_text_to_sign(emulator: Emulator) -> None:
    code = f'{{"code":"{CODE}"}}'
    with pytest.raises(ClientException) as raised:
        sdk_client(emulator, WRONG_SECRET).send_sms(sdk_request())
    assert f"PhoneNumbers={PHONE}" in raised.value.message
    assert encode(code) in raised.value.message
    message = rpc(emulator, key=WRONG_SECRET).json()["Message"]
    assert f"PhoneNumbers%3D{PHONE}" in message
    assert encode(encode(code)) in message


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"AccessKeyId": None}, 400, "MissingAccessKeyId"),
        ({"SignatureNonce": None}, 400, "MissingSignatureNonce"),
        ({"SignatureMethod": None}, 400, "MissingSignatureMethod"),
        ({"SignatureVersion": None}, 400, "MissingSignatureVersion"),
        ({"Timestamp": None}, 400, "MissingTimestamp"),
        ({"Timestamp": "yesterday"}, 400, "InvalidTimeStamp.Format"),
        ({"SignatureMethod": "HMAC-SHA256"}, 400, "InvalidSignatureMethod"),
        ({"SignatureVersion": "2.0"}, 400, "InvalidSignatureMethod"),
        ({"Action": None}, 400, "MissingAction"),
        ({"Action": "SendFax"}, 404, "InvalidAction.NotFound"),
        ({"Version": None}, 400, "MissingVersion"),
        ({"Version": "2016-09-27"}, 400, "InvalidVersion"),
    ],
)
def test_an_incomplete_rpc_call_is_refused(
    emulator: Emulator, changes: dict[str, str | None], status: int, code: str
) -> None:
    answer = rpc(emulator, {**GOOD, **changes})
    assert (answer.status_code, answer.json()["Code"]) == (status, code)
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"x-acs-action": None}, 400, "MissingAction"),
        ({"x-acs-action": "SendFax"}, 404, "InvalidAction.NotFound"),
        ({"x-acs-version": None}, 400, "MissingVersion"),
        ({"x-acs-version": "2016-09-27"}, 400, "InvalidVersion"),
        ({"x-acs-date": None}, 400, "MissingTimestamp"),
        ({"x-acs-date": "yesterday"}, 400, "InvalidTimeStamp.Format"),
        ({"x-acs-signature-nonce": None}, 400, "MissingSignatureNonce"),
        ({"x-acs-content-sha256": None}, 400, "MissingContentSha256"),
        ({"x-acs-content-sha256": "0" * 64}, 400, "SignatureDoesNotMatch"),
    ],
)
def test_an_incomplete_acs3_call_is_refused(
    emulator: Emulator, changes: dict[str, str | None], status: int, code: str
) -> None:
    answer = acs3(emulator, acs3_headers(emulator, GOOD, headers=changes))
    assert (answer.status_code, answer.json()["Code"]) == (status, code)
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize(
    "header",
    [
        "host",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
        "x-acs-security-token",
    ],
)
def test_a_mandatory_header_must_be_signed(emulator: Emulator, header: str) -> None:
    headers = acs3_headers(emulator, GOOD, key=STS_KEY, unsigned=(header,))
    assert acs3(emulator, headers).json()["Code"] == "IncompleteSignature"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Basic YTpi", "InvalidSignatureMethod"),
        ("ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=00", "InvalidSignatureMethod"),
        ("ACS3-HMAC-SHA256", "IncompleteSignature"),
        ("ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host", "IncompleteSignature"),
    ],
)
def test_another_authorization_scheme_is_refused(
    emulator: Emulator, authorization: str, code: str
) -> None:
    headers = acs3_headers(emulator, GOOD) | {"authorization": authorization}
    assert acs3(emulator, headers).json()["Code"] == code


def test_a_signed_header_that_is_missing_is_refused(emulator: Emulator) -> None:
    headers = acs3_headers(emulator, GOOD, headers={"x-acs-extra": "1"})
    del headers["x-acs-extra"]
    assert acs3(emulator, headers).json()["Code"] == "IncompleteSignature"


@pytest.mark.parametrize(
    "change",
    [
        {"PhoneNumbers": "13912345678"},
        {"TemplateParam": '{"code":"000000"}'},
        {"Added": "afterwards"},
    ],
)
def test_a_parameter_changed_after_signing_is_refused_with_both_signatures(
    emulator: Emulator, change: dict[str, str]
) -> None:
    answer = acs3(emulator, acs3_headers(emulator, GOOD), GOOD | change)
    assert answer.json()["Code"] == "SignatureDoesNotMatch"
    form = rpc_parameters(GOOD) | change
    answer = requests.post(emulator.url, data=form, timeout=5)
    assert answer.json()["Code"] == "SignatureDoesNotMatch"
    assert emulator.inbox.messages() == ()


def test_a_body_changed_after_signing_is_refused(emulator: Emulator) -> None:
    answer = acs3(emulator, acs3_headers(emulator, GOOD), GOOD, b"another body")
    assert answer.json()["Code"] == "SignatureDoesNotMatch"


def test_an_unsigned_call_is_refused(emulator: Emulator) -> None:
    form = {"Action": "SendSms", "Version": "2017-05-25", **GOOD}
    answer = requests.post(emulator.url, data=form, timeout=5)
    assert (answer.status_code, answer.json()["Code"]) == (400, "MissingAccessKeyId")


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (-CLOCK_SKEW - 5, "InvalidTimeStamp.Expired"),
        (-CLOCK_SKEW + 5, "OK"),
        (CLOCK_SKEW - 5, "OK"),
        (CLOCK_SKEW + 5, "InvalidTimeStamp.Expired"),
    ],
)
def test_a_call_may_be_fifteen_minutes_early_or_late(
    emulator: Emulator, off: float, code: str
) -> None:
    at = time.time() + off
    assert rpc(emulator, at=at).json()["Code"] == code
    headers = acs3_headers(emulator, GOOD, headers={"x-acs-date": timestamp(at)})
    assert acs3(emulator, headers).json()["Code"] == code


def test_a_time_with_milliseconds_is_accepted_as_by_the_service(emulator: Emulator) -> None:
    # As `new Date().toISOString()` writes it, in the RPC clients of Node.
    now = timestamp().replace("Z", ".123Z")
    assert rpc(emulator, {**GOOD, "Timestamp": now}).json()["Code"] == "OK"
    headers = acs3_headers(emulator, GOOD, headers={"x-acs-date": now})
    assert acs3(emulator, headers).json()["Code"] == "OK"


def test_a_replayed_call_is_refused(emulator: Emulator) -> None:
    headers = acs3_headers(emulator, GOOD)
    form = rpc_parameters(GOOD)
    for code in ("OK", "SignatureNonceUsed"):
        assert acs3(emulator, headers).json()["Code"] == code
        assert requests.post(emulator.url, data=form, timeout=5).json()["Code"] == code
    assert len(emulator.inbox.messages()) == 2


def test_a_refused_call_does_not_use_up_its_nonce(emulator: Emulator) -> None:
    nonce = {"SignatureNonce": "once"}
    assert rpc(emulator, GOOD | nonce, WRONG_SECRET).json()["Code"] == "SignatureDoesNotMatch"
    assert rpc(emulator, GOOD | nonce).json()["Code"] == "OK"
