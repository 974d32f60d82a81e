"""What the inbox keeps of requests that were refused, and of every request as text."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import requests

from sms_connector.local.emulate import app, explanations
from sms_connector.local.emulate.account import DISABLED_KEY, ORDINARY_KEY, STS_KEY, AccountKey
from sms_connector.local.emulate.api_call import read_api_call
from sms_connector.local.emulate.explanations import EXPLANATIONS, MAGIC, OTHER, explanation_of
from sms_connector.local.emulate.inbox import Entry, RefusedRequest
from sms_connector.local.emulate.magic import (
    MAGIC_NUMBERS,
    Behaviour,
    FailedDelivery,
    Reporting,
    number_for,
)
from sms_connector.local.emulate.provider_errors import REFUSALS
from sms_connector.local.emulate.request_text import LONGEST, without_credentials
from sms_connector.local.emulate.server import Emulator
from sms_connector.reports.carrier_codes import explain

from .calling import GOOD, PHONE, acs3, acs3_headers, call_api, rpc, sdk_client, sdk_request
from .entries import refused

EMULATE = Path(app.__file__).parent
PNVS = {
    "Action": "SendSmsVerifyCode",
    "PhoneNumber": PHONE,
    "SignName": "码上速通",
    "TemplateCode": "100001",
    "TemplateParam": '{"code":"246810","min":"5"}',
}


def only(emulator: Emulator) -> tuple[Entry, RefusedRequest]:
    (entry,) = emulator.inbox.entries()
    assert isinstance(entry.item, RefusedRequest)
    return entry, entry.item


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SignName": "别的"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"SignName": "码上通知"}, "isv.SMS_SIGNATURE_SCENE_ILLEGAL"),
        ({"TemplateCode": "SMS_0"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"TemplateParam": '{"code":"1-2"}'}, "isv.TEMPLATE_PARAMS_ILLEGAL"),
        ({"PhoneNumbers": "12"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": ""}, "MissingPhoneNumbers"),
        ({"Action": "SendBatchSms"}, "InvalidAction.NotFound"),
        ({"Action": None}, "MissingAction"),
        ({"Version": "2016-01-01"}, "InvalidVersion"),
        ({"SignatureMethod": "HMAC-MD5"}, "InvalidSignatureMethod"),
        ({"Timestamp": "2020-01-02T03:04:05Z"}, "InvalidTimeStamp.Expired"),
        ({**PNVS, "SignName": "码上登录"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({**PNVS, "CodeLength": "3"}, "INVALID_PARAMETERS"),
    ],
)
def test_a_refused_request_to_send_is_kept_with_the_code_and_the_message_of_the_answer(
    emulator: Emulator, changes: dict[str, str | None], code: str
) -> None:
    answer = rpc(emulator, {**GOOD, **changes})
    _, kept = only(emulator)
    body = answer.json()
    assert body["Code"] == code
    assert (kept.code, kept.reason, kept.status, kept.request_id) == (
        code,
        body["Message"],
        answer.status_code,
        body["RequestId"],
    )
    assert not kept.magic
    assert explanation_of(kept) != OTHER
    assert emulator.inbox.messages() == ()


def test_a_refused_frequency_is_kept() -> None:
    with Emulator() as emulator:
        for _ in range(2):
            rpc(emulator)
        newest, oldest = emulator.inbox.entries()
    assert isinstance(newest.item, RefusedRequest)
    assert newest.item.code == "isv.BUSINESS_LIMIT_CONTROL"
    assert not isinstance(oldest.item, RefusedRequest)


@pytest.mark.parametrize("key", [DISABLED_KEY, ORDINARY_KEY._replace(id="LTAInobody")])
def test_a_request_with_a_wrong_key_is_kept(emulator: Emulator, key: AccountKey) -> None:
    rpc(emulator, key=key)
    _, kept = only(emulator)
    assert kept.code.startswith("InvalidAccessKeyId")


def test_refused_lookups_and_requests_that_name_no_action_are_not_kept(emulator: Emulator) -> None:
    requests.get(emulator.url, timeout=5)
    requests.put(emulator.url, timeout=5)
    assert rpc(emulator, {"Action": "GetSmsSign", "SignName": "别的"}).json()["Code"] != "OK"
    checked = {"Action": "CheckSmsVerifyCode", "PhoneNumber": "1", "VerifyCode": "1"}
    assert rpc(emulator, checked).json()["Code"] != "OK"
    assert emulator.inbox.entries() == ()


@pytest.mark.parametrize("phone", ["isv.AMOUNT_NOT_ENOUGH", "Throttling.User", "biz.FREQUENCY"])
def test_a_request_refused_for_its_magic_number_alone_is_marked(
    emulator: Emulator, phone: str
) -> None:
    number = "19900000602" if phone == "biz.FREQUENCY" else number_for(phone)
    parameters = {**PNVS, "PhoneNumber": number} if phone == "biz.FREQUENCY" else GOOD
    rpc(emulator, {**parameters, "PhoneNumbers": number})
    _, kept = only(emulator)
    assert kept.code == phone
    assert kept.magic
    assert explanation_of(kept) == MAGIC


def test_a_request_lost_by_a_magic_number_is_kept_with_the_way_it_was_lost(
    emulator: Emulator,
) -> None:
    with pytest.raises(requests.ConnectionError):
        rpc(emulator, {**GOOD, "PhoneNumbers": number_for(Behaviour.RESET_BEFORE)})
    _, kept = only(emulator)
    assert (kept.code, kept.reason) == ("", Behaviour.RESET_BEFORE.value)
    assert kept.magic


def test_a_message_whose_answer_is_lost_is_kept_with_the_way_it_was_lost(
    emulator: Emulator,
) -> None:
    rpc(emulator, {**GOOD, "PhoneNumbers": number_for(Behaviour.LIST)})
    (entry,) = emulator.inbox.entries()
    assert not isinstance(entry.item, RefusedRequest)
    assert entry.fault == Behaviour.LIST.value


def test_the_text_of_a_request_has_its_parameters_but_no_credential(emulator: Emulator) -> None:
    sdk_client(emulator, STS_KEY).send_sms(sdk_request(OutId="mine"))
    rpc(emulator, GOOD, STS_KEY)
    rpc(emulator, {**GOOD, "SecurityToken": "forged"}, ORDINARY_KEY)
    call_api(emulator, "SendSms", GOOD, STS_KEY, signature_algorithm="v2")
    wrong = STS_KEY._replace(secret="wrong")
    rpc(emulator, GOOD, wrong)
    acs3(emulator, acs3_headers(emulator, GOOD, key=wrong))
    entries = emulator.inbox.entries()
    assert len(entries) == 6
    for entry in entries:
        shown = f"{entry.request}\n{entry.item}"
        assert "PhoneNumbers=13812345678" in entry.request
        assert 'TemplateParam={"code":"246810"}' in entry.request
        for secret in (STS_KEY.id, STS_KEY.secret, STS_KEY.security_token, "forged", "wrong"):
            assert str(secret) not in shown
        assert "Signature=****" in entry.request
    quoting = entries[0].item
    assert isinstance(quoting, RefusedRequest)
    assert "server CanonicalRequest is [POST" in quoting.reason
    assert "OutId=mine" in entries[-1].request


@pytest.mark.parametrize("spelled", ["a+b/c=", "a%2Bb%2Fc%3D", "a%252Bb%252Fc%253D"])
def test_a_credential_is_hidden_however_often_a_message_has_encoded_it(spelled: str) -> None:
    call = read_api_call("POST", "/", {}, b"SecurityToken=a%2Bb%2Fc%3D", b"")
    assert without_credentials(f"before {spelled} after", call) == "before **** after"


def test_headers_that_are_not_known_to_be_harmless_are_kept_without_their_value(
    emulator: Emulator,
) -> None:
    headers = {
        "Authorization": "Basic c2VjcmV0",
        "Cookie": "session=abc",
        "X-Own": "abc",
        "x-acs-action": "SendSms",
    }
    requests.post(emulator.url, headers=headers, data={"PhoneNumbers": "1\n2"}, timeout=5)
    entry, kept = only(emulator)
    assert kept.code == "InvalidSignatureMethod"
    for line in ("authorization: ****", "cookie: ****", "x-own: ****", "PhoneNumbers=1\\n2"):
        assert line in entry.request.splitlines()


def test_the_text_of_a_request_is_bounded(emulator: Emulator) -> None:
    long = {f"Extra{number}": "字" * 5_000 for number in range(50)}
    rpc(emulator, {**GOOD, **long, "SignName": "名" * 50_000, "PhoneNumbers": "1" * 90_000})
    entry, kept = only(emulator)
    assert len(entry.request) < LONGEST + 20
    assert len(str(kept)) < 4 * LONGEST
    assert kept.sign_name.endswith("… (+49000)")


def codes_refused_with() -> set[str]:
    """Return the codes that the checks of a message refuse with, whatever the number."""
    found = set()
    for path in set(EMULATE.glob("*.py")) - {EMULATE / "queries.py"}:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="refused"), args=[ast.Constant(value=str(code)), *_]
                ):
                    found.add(code)
                case ast.Subscript(
                    value=ast.Name(id="PNVS_REFUSALS"), slice=ast.Constant(value=str(code))
                ) if path.name == "pnvs.py":
                    found.add(code)
    return found


def test_every_check_has_an_explanation() -> None:
    assert len(codes_refused_with()) > 20
    assert codes_refused_with() - {"InvalidPath.NotFound"} == set(EXPLANATIONS)
    assert explanation_of(refused(code="isv.UNHEARD_OF")) == OTHER
    assert "isv.UNHEARD_OF" in REFUSALS


def test_every_sentence_that_the_page_of_the_inbox_shows_is_in_chinese() -> None:
    said = json.loads((app.PAGE / "texts" / "zh-CN.json").read_text("utf-8"))["said"]
    sentences = {getattr(explanations, name) for name in ("MAGIC", "LOST", "OTHER", "_MISSING")}
    sentences |= set(EXPLANATIONS.values())
    for outcome in MAGIC_NUMBERS.values():
        match outcome:
            case Behaviour() | Reporting():
                sentences.add(outcome.value)
            case FailedDelivery(err_code=code):
                sentences.add(explain(code))
    assert sentences | {"HTTP {1}", "no valid answer in 0.7 s"} == set(said)
