"""What is sent with which key, template and sign, and what is refused before a call."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError, LimitReached
from sms_connector.local.emulate.server import Emulator
from sms_connector.message import Message, Receipt
from sms_connector.provider.client import AccessKey
from sms_connector.sending.connector import SmsConnector
from sms_connector.web.error_responses import error_body
from tests.support.configs import TEMPLATES
from tests.support.scripted_provider import (
    ScriptedProvider,
    accept,
    answer,
)
from tests.support.sending import MESSAGE, another_message, connector_at, failure, send

Providers = Callable[..., ScriptedProvider]


class TestAccepted:
    def test_the_receipt_tells_what_the_provider_said(self, provider: Providers) -> None:
        assert send(connector_at(provider(accept).endpoint)) == Receipt(
            biz_id="BIZ-1", request_id="REQUEST-1", usage_type="SignIn", template_code="SMS_SIGN_IN"
        )

    def test_the_code_is_the_only_template_parameter(self, provider: Providers) -> None:
        accepting = provider(accept)
        send(connector_at(accepting.endpoint), Message("+86 138-1234-5678", "Register", "24Ab"))
        assert accepting.requests == [
            {
                "PhoneNumbers": "13812345678",
                "SignName": "阿里云短信测试",
                "TemplateCode": "SMS_REGISTER",
                "TemplateParam": '{"code":"24Ab"}',
            }
        ]

    def test_the_emulator_verifies_the_signature_and_delivers(
        self, emulator: Emulator, example: dict[str, Any]
    ) -> None:
        connector = SmsConnector(parse_config(json.dumps(example)))
        receipt = send(connector, MESSAGE)
        (delivered,) = emulator.inbox.messages()
        assert delivered.phone == "13812345678"
        assert delivered.biz_id == receipt.biz_id
        assert "246810" in delivered.content

    def test_an_answer_without_a_biz_id_is_still_accepted(self, provider: Providers) -> None:
        assert send(connector_at(provider(answer(200, {"Code": "OK"})).endpoint)).biz_id == ""


class TestKeys:
    def test_without_a_key_the_function_s_role_signs(
        self, emulator: Emulator, example: dict[str, Any]
    ) -> None:
        roleless = {key: value for key, value in example.items() if "accessKey" not in key}
        connector = SmsConnector(parse_config(json.dumps(roleless)))
        (sts,) = [key for key in emulator.account.access_keys if key.security_token]
        role = AccessKey(sts.id, sts.secret, sts.security_token)
        connector.send(connector.compose(MESSAGE), role)
        assert len(emulator.inbox.messages()) == 1

    def test_a_role_whose_key_changes_is_followed(
        self, emulator: Emulator, example: dict[str, Any]
    ) -> None:
        roleless = {key: value for key, value in example.items() if "accessKey" not in key}
        connector = SmsConnector(parse_config(json.dumps(roleless)))
        (sts,) = [key for key in emulator.account.access_keys if key.security_token]
        current = AccessKey(sts.id, sts.secret, sts.security_token)
        outdated = AccessKey(sts.id, sts.secret, "a-token-of-yesterday")
        for _ in range(2):
            with pytest.raises(ConnectorError, match="role") as refusal:
                connector.send(connector.compose(another_message()), outdated)
            assert refusal.value.code == "invalid_config"
            assert "a-token-of-yesterday" not in str(error_body(refusal.value))
            connector.send(connector.compose(another_message()), current)
        assert len(emulator.inbox.messages()) == 2

    def test_the_key_of_the_config_counts_more_than_the_role(
        self, emulator: Emulator, example: dict[str, Any]
    ) -> None:
        connector = SmsConnector(parse_config(json.dumps(example)))
        connector.send(connector.compose(MESSAGE), AccessKey("no-key", "of-anyone", "at-all"))
        assert len(emulator.inbox.messages()) == 1

    def test_a_role_s_token_is_masked(self, provider: Providers) -> None:
        said = {"Code": "InvalidSecurityToken.Expired", "Message": "tok+en/of==", "RequestId": ""}
        quoting = provider(answer(400, said))
        connector = connector_at(quoting.endpoint, accessKeyId=..., accessKeySecret=...)
        with pytest.raises(ConnectorError) as refusal:
            connector.send(connector.compose(MESSAGE), AccessKey("STS.id", "secret", "tok+en/of=="))
        assert refusal.value.provider is not None
        assert refusal.value.provider.message == "****"

    def test_without_a_key_or_a_role_nothing_is_sent(self, provider: Providers) -> None:
        idle = provider(accept)
        error = failure(connector_at(idle.endpoint, accessKeyId=..., accessKeySecret=...))
        assert (error.code, error.sent) == ("invalid_config", False)
        assert idle.connections == 0


class TestStrictCheck:
    def test_the_setting_decides_how_a_bare_number_is_read(self, provider: Providers) -> None:
        endpoint = provider(accept).endpoint
        bare = Message("13012345678", "Generic", "246810")
        for strict, template in ((False, "SMS_CHINA"), (True, "SMS_OVERSEAS")):
            connector = connector_at(endpoint, strictPhoneRegionNumberCheck=strict)
            assert connector.compose(bare).template_code == template


class TestBeforeACall:
    """What is refused without asking the provider."""

    @pytest.mark.parametrize(
        ("phone", "usage_type", "problem"),
        [
            ("+1 312 345 6789", "SignIn", "`overseas`"),
            ("+1 202 555 0123", "Register", "`overseas`"),
            ("+44 909 879 0000", "Generic", "premium rate"),
            ("+800 1234 5678", "Generic", "satellite"),
            ("+65 9123 4567", "Generic", "`limits.countries`"),
        ],
    )
    def test_an_unreachable_or_disallowed_number_is_refused_before_a_call(
        self, provider: Providers, phone: str, usage_type: str, problem: str
    ) -> None:
        idle = provider(accept)
        templates = [{"usageType": "Register", "templateCode": "100001"}, *TEMPLATES[1:]]
        limits = {"countries": ["CN", "US", "GB"]}
        connector = connector_at(idle.endpoint, templates=templates, limits=limits)
        with pytest.raises(ConnectorError, match=problem) as refusal:
            connector.compose(Message(phone, usage_type, "246810"))
        error = refusal.value
        assert (error.kind, error.field, error.sent) == ("invalid_parameter", "phone", False)
        assert (error.limit == LimitReached("countries", "SG")) is ("countries" in problem)
        assert idle.connections == 0

    def test_digits_that_two_regions_share_go_abroad_by_an_overseas_template(
        self, emulator: Emulator, example: dict[str, Any]
    ) -> None:
        connector = SmsConnector(parse_config(json.dumps(example)))
        send(connector, Message("+1 312 345 6789", "SignIn", "246810"))
        [message] = emulator.inbox.messages()
        assert (message.phone, message.template_code) == ("13123456789", "SMS_200000102")

    def test_the_sign_of_a_template_is_sent_in_place_of_the_connector_s(
        self, provider: Providers
    ) -> None:
        accepting = provider(accept)
        own = [{**TEMPLATES[0], "signName": "另一个签名"}, *TEMPLATES[1:]]
        connector = connector_at(accepting.endpoint, templates=own)
        for usage_type in ("Register", "SignIn"):
            send(connector, Message("13812345678", usage_type, "246810"))
        signs = [request["SignName"] for request in accepting.requests]
        assert signs == ["另一个签名", "阿里云短信测试"]


class TestThreads:
    def test_each_of_many_threads_gets_its_own_outcome(
        self, emulator: Emulator, example: dict[str, Any]
    ) -> None:
        connector = SmsConnector(parse_config(json.dumps(example)))
        outcomes: dict[str, str] = {}

        def one(phone: str) -> None:
            receipt = connector.send(connector.compose(Message(phone, "SignIn", phone[-6:])))
            outcomes[phone] = receipt.biz_id

        threads = [threading.Thread(target=one, args=(f"138{n:08}",)) for n in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        delivered = emulator.inbox.messages()
        assert {message.phone: message.biz_id for message in delivered} == outcomes
        assert all(message.phone[-6:] in message.content for message in delivered)
