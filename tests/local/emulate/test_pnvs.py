"""The number verification service, called with the official generic client over a socket."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException
from darabonba.exceptions import UnretryableException

from sms_connector.local.emulate.account import DISABLED_KEY, ORDINARY_KEY, STS_KEY, AccountKey
from sms_connector.local.emulate.inbox import ReceivedMessage
from sms_connector.local.emulate.magic import MAGIC_NUMBERS, Behaviour, number_for
from sms_connector.local.emulate.pnvs_account import GIVEN_TEMPLATES, PNVS_MAGIC_NUMBERS
from sms_connector.local.emulate.server import Emulator

from .calling import PHONE, call_api, rpc
from .test_flow_control import Clock

DOCUMENT = Path(__file__).parents[3] / "docs" / "emulator.md"

GOOD = {
    "PhoneNumber": PHONE,
    "CountryCode": "86",
    "SignName": "码上速通",
    "TemplateCode": "100001",
    "TemplateParam": '{"code":"246810","min":"5"}',
}
MADE = {"TemplateParam": '{"code":"##code##","min":"5"}'}


def send(emulator: Emulator, **changes: str) -> dict[str, Any]:
    return call_api(emulator, "SendSmsVerifyCode", {**GOOD, **changes})


def check(emulator: Emulator, code: str, **changes: str) -> str:
    parameters = {"PhoneNumber": PHONE, "VerifyCode": code, **changes}
    answer = call_api(emulator, "CheckSmsVerifyCode", parameters)
    assert (answer["Code"], answer["Success"]) == ("OK", True)
    return str(answer["Model"]["VerifyResult"])


def received(emulator: Emulator) -> ReceivedMessage:
    [message] = emulator.inbox.messages()
    return message


class TestSending:
    @pytest.mark.parametrize("key", [ORDINARY_KEY, STS_KEY], ids=["key", "STS"])
    @pytest.mark.parametrize("settings", [{}, {"signature_algorithm": "v2"}], ids=["ACS3", "RPC"])
    def test_a_literal_code_is_sent_with_both_signatures(
        self, emulator: Emulator, key: AccountKey, settings: dict[str, str]
    ) -> None:
        answer = call_api(emulator, "SendSmsVerifyCode", GOOD | {"OutId": "1"}, key, **settings)
        message = received(emulator)
        assert answer == {
            "Code": "OK",
            "Message": "成功",
            "Success": True,
            "RequestId": message.request_id,
            "Model": {"BizId": message.biz_id, "OutId": "1", "RequestId": message.request_id},
        }
        assert (message.phone, message.template_code, message.out_id) == (PHONE, "100001", "1")
        assert message.template_param == {"code": "246810", "min": "5"}
        assert re.fullmatch(r"\d{18}\^0", message.biz_id)

    @pytest.mark.parametrize("template", GIVEN_TEMPLATES, ids=lambda template: template.code)
    def test_the_inbox_has_the_text_of_the_given_template(
        self, emulator: Emulator, template: Any
    ) -> None:
        assert send(emulator, SignName="码上互信", TemplateCode=template.code)["Success"] is True
        text = template.content.replace("${code}", "246810").replace("${min}", "5")
        assert received(emulator).content == f"【码上互信】{text}"

    @pytest.mark.parametrize("settings", [{}, {"signature_algorithm": "v2"}], ids=["ACS3", "RPC"])
    def test_a_wrong_signature_is_refused_by_the_gateway(
        self, emulator: Emulator, settings: dict[str, str]
    ) -> None:
        for key, code in (
            (ORDINARY_KEY._replace(secret="wrong"), "SignatureDoesNotMatch"),
            (DISABLED_KEY, "InvalidAccessKeyId.Inactive"),
        ):
            with pytest.raises(ClientException) as raised:
                call_api(emulator, "SendSmsVerifyCode", GOOD, key, **settings)
            assert raised.value.code == code
        assert emulator.inbox.messages() == ()

    @pytest.mark.parametrize("name", ["PhoneNumber", "SignName", "TemplateCode", "TemplateParam"])
    def test_a_missing_parameter_is_refused_by_the_gateway(
        self, emulator: Emulator, name: str
    ) -> None:
        with pytest.raises(ClientException) as raised:
            send(emulator, **{name: ""})
        assert (raised.value.code, raised.value.status_code) == (f"Missing{name}", 400)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"PhoneNumber": "85251234567"}, "MOBILE_NUMBER_ILLEGAL"),
            ({"CountryCode": "852"}, "MOBILE_NUMBER_ILLEGAL"),
            ({"PhoneNumber": "1381234567"}, "MOBILE_NUMBER_ILLEGAL"),
            ({"PhoneNumber": f"{PHONE},{PHONE}"}, "MOBILE_NUMBER_ILLEGAL"),
            ({"SignName": "码上登录"}, "isv.SMS_SIGNATURE_ILLEGAL"),
            ({"TemplateCode": "100006"}, "isv.SMS_TEMPLATE_ILLEGAL"),
            ({"TemplateCode": "SMS_200000001"}, "isv.SMS_TEMPLATE_ILLEGAL"),
            ({"TemplateParam": "{"}, "INVALID_PARAMETERS"),
            ({"TemplateParam": "[]"}, "INVALID_PARAMETERS"),
            ({"TemplateParam": '{"code":"246810"}'}, "INVALID_PARAMETERS"),
            ({"TemplateParam": '{"code":246810,"min":"5"}'}, "INVALID_PARAMETERS"),
            ({"TemplateParam": '{"code":"24-68","min":"5"}'}, "INVALID_PARAMETERS"),
            ({"TemplateParam": '{"code":"246810","min":"five"}'}, "INVALID_PARAMETERS"),
            ({"TemplateParam": '{"code":"246810","min":"##code##"}'}, "INVALID_PARAMETERS"),
            ({"CodeLength": "9"}, "INVALID_PARAMETERS"),
            ({"CodeType": "8"}, "INVALID_PARAMETERS"),
            ({"ValidTime": "0"}, "INVALID_PARAMETERS"),
            ({"Interval": "x"}, "INVALID_PARAMETERS"),
        ],
    )
    def test_an_invalid_message_is_refused_with_http_200(
        self, emulator: Emulator, changes: dict[str, str], code: str
    ) -> None:
        answer = send(emulator, **changes)
        assert (answer["Code"], answer["Success"]) == (code, False)
        assert answer["Message"]
        assert answer["RequestId"]
        assert "Model" not in answer
        assert emulator.inbox.messages() == ()


class TestMagicNumbers:
    @pytest.mark.parametrize("number", PNVS_MAGIC_NUMBERS)
    def test_each_pnvs_magic_number_has_its_code_and_sends_nothing(
        self, emulator: Emulator, number: str
    ) -> None:
        answer = send(emulator, PhoneNumber=number)
        assert answer["Code"] == PNVS_MAGIC_NUMBERS[number].code
        assert answer["Success"] is False
        assert emulator.inbox.messages() == ()

    def test_pnvs_magic_numbers_are_not_those_of_send_sms(self) -> None:
        assert not PNVS_MAGIC_NUMBERS.keys() & MAGIC_NUMBERS.keys()

    def test_magic_numbers_of_send_sms_have_the_same_effect_in_pnvs(
        self, emulator: Emulator
    ) -> None:
        assert send(emulator, PhoneNumber=number_for("isv.OUT_OF_SERVICE"))["Success"] is False
        with pytest.raises(ClientException) as raised:
            send(emulator, PhoneNumber=number_for("NoPermission"))
        assert raised.value.code == "NoPermission"
        with pytest.raises(UnretryableException):
            send(emulator, PhoneNumber=number_for(Behaviour.RESET_AFTER))
        assert received(emulator).content


class TestMadeCodes:
    def test_a_made_code_is_sent_and_passes_once(self, emulator: Emulator) -> None:
        answer = send(emulator, ReturnVerifyCode="true", CodeLength="6", **MADE)
        code = answer["Model"]["VerifyCode"]
        assert re.fullmatch(r"\d{6}", code)
        assert received(emulator).template_param["code"] == code
        assert check(emulator, "000000" if code != "000000" else "1") == "UNKNOWN"
        assert [check(emulator, code) for _ in range(2)] == ["PASS", "UNKNOWN"]

    def test_a_made_code_is_not_returned_by_default(self, emulator: Emulator) -> None:
        assert "VerifyCode" not in send(emulator, **MADE)["Model"]
        assert re.fullmatch(r"\d{4}", received(emulator).template_param["code"])

    def test_a_literal_code_is_not_kept(self, emulator: Emulator) -> None:
        send(emulator)
        assert check(emulator, "246810") == "UNKNOWN"

    def test_a_code_belongs_to_its_number_and_scheme(self, emulator: Emulator) -> None:
        model = send(emulator, ReturnVerifyCode="true", SchemeName="one", **MADE)["Model"]
        code = model["VerifyCode"]
        assert check(emulator, code) == "UNKNOWN"
        assert check(emulator, code, SchemeName="one", PhoneNumber="13912345678") == "UNKNOWN"
        assert check(emulator, code, SchemeName="one") == "PASS"

    @pytest.mark.parametrize(("policy", "result"), [("1", "UNKNOWN"), ("2", "PASS")])
    def test_a_second_code_replaces_the_first_by_the_policy(
        self, emulator: Emulator, policy: str, result: str
    ) -> None:
        codes = [
            send(emulator, ReturnVerifyCode="true", CodeLength="8", DuplicatePolicy=policy, **MADE)[
                "Model"
            ]["VerifyCode"]
            for _ in range(2)
        ]
        assert check(emulator, codes[0]) == result

    @pytest.mark.parametrize(
        ("code_type", "form"),
        [("2", "[A-Z]"), ("3", "[a-z]"), ("4", "[A-Za-z]"), ("5", "[0-9A-Z]"), ("7", r"\w")],
    )
    def test_a_code_has_the_characters_of_its_type(
        self, emulator: Emulator, code_type: str, form: str
    ) -> None:
        send(emulator, CodeType=code_type, CodeLength="8", **MADE)
        assert re.fullmatch(form + "{8}", received(emulator).template_param["code"])

    def test_the_case_of_a_code_is_compared_by_the_policy(self, emulator: Emulator) -> None:
        send(emulator, CodeType="2", **MADE)
        code = received(emulator).template_param["code"].lower()
        assert check(emulator, code, CaseAuthPolicy="2") == "UNKNOWN"
        assert check(emulator, code) == "PASS"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited(clock: Clock) -> Iterator[Emulator]:
    with Emulator(clock=clock) as emulator:
        yield emulator


def send_at(emulator: Emulator, clock: Clock, after: float, **changes: str) -> dict[str, Any]:
    """Send some seconds later. The SDK signs with the real time, so this signs by hand."""
    clock.now += after
    parameters = {**GOOD, "Action": "SendSmsVerifyCode", **changes}
    answer: dict[str, Any] = rpc(emulator, parameters, at=clock.now).json()
    return answer


class TestTime:
    @pytest.mark.parametrize(("interval", "seconds"), [("", 60), ("10", 10)])
    def test_a_second_message_within_the_interval_is_refused(
        self, limited: Emulator, clock: Clock, interval: str, seconds: int
    ) -> None:
        changes = {"Interval": interval} if interval else {}
        codes = [send_at(limited, clock, after, **changes)["Code"] for after in (0, seconds - 1, 1)]
        assert codes == ["OK", "biz.FREQUENCY", "OK"]
        assert send_at(limited, clock, 0, PhoneNumber="13912345678")["Code"] == "OK"
        limited.clear()
        assert send_at(limited, clock, 0)["Code"] == "OK"

    def test_a_made_code_is_valid_for_its_time(self, limited: Emulator, clock: Clock) -> None:
        for valid, after, result in (("300", 299, "PASS"), ("90", 90, "UNKNOWN")):
            limited.clear()
            send_at(limited, clock, 0, ValidTime=valid, **MADE)
            code = received(limited).template_param["code"]
            clock.now += after
            parameters = {"Action": "CheckSmsVerifyCode", "PhoneNumber": PHONE, "VerifyCode": code}
            answer = rpc(limited, parameters, at=clock.now).json()
            assert answer["Model"]["VerifyResult"] == result


def test_every_given_template_and_number_is_in_the_document() -> None:
    rows = DOCUMENT.read_text("utf-8").splitlines()
    for template in GIVEN_TEMPLATES:
        assert f"| `{template.code}` | {template.name} | {template.content} |" in rows
    for number, refusal in PNVS_MAGIC_NUMBERS.items():
        assert f"| {number} | `{refusal.code}` |" in rows


def test_a_given_template_is_not_one_of_send_sms(emulator: Emulator) -> None:
    parameters = {
        "PhoneNumbers": PHONE,
        "SignName": "码上登录",
        "TemplateCode": "100001",
        "TemplateParam": json.dumps({"code": "246810", "min": "5"}),
    }
    assert rpc(emulator, parameters).json()["Code"] == "isv.SMS_TEMPLATE_ILLEGAL"
