"""Events in, answers out, as Function Compute sees it."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from pytest_mock import MockerFixture

from sms_connector.local.fc_context import FcContext
from sms_connector.sending.connector import SmsConnector
from tests.support.configs import config
from tests.support.functions import body_of, new_function
from tests.support.scripted_provider import ScriptedProvider, accept, answer, hang

Configure = Callable[[dict[str, Any]], None]
Invoke = Callable[..., Any]
Providers = Callable[..., ScriptedProvider]

EVENT = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.getMessage()) for record in caplog.records]


class TestBrokenConfig:
    def test_every_response_names_the_problems_and_the_log_does_so_once(
        self, configure: Configure, context: FcContext, caplog: pytest.LogCaptureFixture
    ) -> None:
        configure(config(signName=..., templates=[]))
        function = new_function()
        function.prepare(context)
        for _ in range(3):
            answered = body_of(function.handle(json.dumps(EVENT).encode(), context))
            assert answered["error"]["code"] == "invalid_config"
            assert "`signName` is required" in answered["error"]["message"]
            assert "UsageType (Register" in answered["error"]["message"]
        reported = [line for line in lines(caplog) if line["event"] == "invalid_config"]
        assert len(reported) == 1
        assert "`signName` is required" in reported[0]["reason"]
        assert caplog.text.count("signName") == 1

    def test_a_function_without_a_config_says_what_to_set(self, invoke: Invoke) -> None:
        assert "SMS_CONNECTOR_CONFIG" in invoke(EVENT)["error"]["message"]

    def test_a_missing_role_is_logged_when_the_instance_starts(
        self, configure: Configure, context: FcContext, caplog: pytest.LogCaptureFixture
    ) -> None:
        configure(config(accessKeyId=..., accessKeySecret=...))
        new_function().prepare(context)
        assert "role" in lines(caplog)[0]["reason"]


class TestLog:
    def test_an_accepted_message_is_one_line_of_json(
        self, accepting: ScriptedProvider, invoke: Invoke, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        invoke(EVENT)
        (line,) = lines(caplog)
        assert line.pop("milliseconds") >= 0
        assert line == {
            "event": "sms",
            "outcome": "accepted",
            "sent": True,
            "usageType": "SignIn",
            "templateCode": "SMS_SIGN_IN",
            "phone": "138****5678",
            "requestId": "REQUEST-1",
        }
        assert len(accepting.requests) == 1

    def test_a_refused_message_is_one_line_with_the_reason(
        self,
        provider: Providers,
        configure: Configure,
        invoke: Invoke,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        said = {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发", "RequestId": "REQUEST-2"}
        configure(config(endpoint=provider(answer(200, said)).endpoint))
        invoke(EVENT)
        (line,) = lines(caplog)
        assert line["outcome"] == "rate_limit_exceeded"
        assert line["sent"] is False
        assert line["providerCode"] == "isv.BUSINESS_LIMIT_CONTROL"
        assert line["requestId"] == "REQUEST-2"
        assert line["phone"] == "138****5678"
        assert "wait" in line["reason"]

    def test_a_second_try_after_an_undocumented_refusal_is_not_refused_as_too_many_messages(
        self, provider: Providers, configure: Configure, invoke: Invoke
    ) -> None:
        refusing = provider(answer(200, {"Code": "isv.UNHEARD_OF", "Message": "未知错误"}))
        configure(config(endpoint=refusing.endpoint, limits={"perNumber": ["1/minute"]}))
        for _ in range(2):
            assert invoke(EVENT)["error"]["provider"]["code"] == "isv.UNHEARD_OF"
        assert len(refusing.requests) == 2

    def test_log_lines_go_to_the_logger_of_the_invocation(
        self, accepting: ScriptedProvider, invoke: Invoke, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        for request_id in ("one", "two"):
            invoke(
                {**EVENT, "code": f"12{request_id}"},
                FcContext(logger=logging.getLogger(request_id)),
            )
        assert [record.name for record in caplog.records] == ["one", "two"]
        assert len(accepting.requests) == 2

    def test_without_a_context_the_logger_of_the_package_is_used(
        self, invoke: Invoke, caplog: pytest.LogCaptureFixture
    ) -> None:
        invoke(EVENT, None)
        assert {record.name for record in caplog.records} == {"sms_connector"}

    @pytest.mark.parametrize(
        "act", [accept, hang, answer(400, {"Code": "x", "Message": "13812345678 246810"})]
    )
    def test_neither_log_nor_response_holds_a_code_a_phone_or_a_secret(
        self,
        provider: Providers,
        configure: Configure,
        invoke: Invoke,
        caplog: pytest.LogCaptureFixture,
        act: Any,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        whole = config(endpoint=provider(act).endpoint, readTimeout=200)
        configure(whole)
        answered = json.dumps(invoke(EVENT))
        shown = caplog.text + answered
        assert "138****5678" in caplog.text
        for secret in ("246810", "13812345678", whole["accessKeyId"], whole["accessKeySecret"]):
            assert secret not in shown


class TestOperations:
    def test_a_direct_payload_may_be_64_kib_too(
        self, accepting: ScriptedProvider, invoke: Invoke
    ) -> None:
        error = invoke(b"[[]]," * 20_000)["error"]
        assert (error["http_code"], error["sent"]) == (413, False)
        assert accepting.connections == 0

    def test_a_direct_payload_may_name_its_operation(
        self, accepting: ScriptedProvider, invoke: Invoke
    ) -> None:
        assert "bizId" in invoke({**EVENT, "operation": "send"})
        assert len(accepting.requests) == 1

    @pytest.mark.parametrize("operation", ["health", "report", "Send", "", None, 5, ["send"]])
    def test_an_unknown_operation_is_refused(
        self, accepting: ScriptedProvider, invoke: Invoke, operation: object
    ) -> None:
        error = invoke({**EVENT, "operation": operation})["error"]
        assert (error["http_code"], error["sent"]) == (400, False)
        assert "`operation` must be one of" in error["message"]
        assert accepting.connections == 0


def test_a_direct_response_is_utf_8_and_not_escaped(
    provider: Providers, configure: Configure, context: FcContext
) -> None:
    refusal = {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控"}
    configure(config(endpoint=provider(answer(200, refusal)).endpoint))
    returned = new_function().handle(json.dumps(EVENT).encode(), context)
    assert isinstance(returned, bytes)
    assert "触发分钟级流控".encode() in returned


class TestBugs:
    def test_a_bug_while_sending_is_an_unknown_outcome_and_logged_by_its_place_alone(
        self,
        mocker: MockerFixture,
        accepting: ScriptedProvider,
        invoke: Invoke,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        mocker.patch.object(SmsConnector, "send", side_effect=KeyError("13812345678 246810"))
        error = invoke(EVENT)["error"]
        assert (error["code"], error["http_code"], error["sent"]) == ("general", 500, None)
        (line,) = lines(caplog)
        assert line["event"] == "bug"
        assert line["exception"] == "KeyError"
        assert any(place.startswith("function.py:") for place in line["where"])
        assert "246810" not in caplog.text + str(error)
        assert accepting.connections == 0

    def test_a_bug_before_anything_is_sent_says_so(
        self, mocker: MockerFixture, accepting: ScriptedProvider, invoke: Invoke
    ) -> None:
        mocker.patch.object(SmsConnector, "compose", side_effect=KeyError)
        error = invoke(EVENT)["error"]
        assert (error["http_code"], error["sent"]) == (500, False)
        assert accepting.connections == 0

    @pytest.mark.parametrize("part", ["read_event", "envelope_of"])
    def test_a_bug_while_the_event_is_read_is_answered_as_http(
        self, mocker: MockerFixture, invoke: Invoke, part: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        mocker.patch(f"sms_connector.function.{part}", side_effect=KeyError("13812345678"))
        reply = invoke(EVENT)
        assert reply["statusCode"] == 500
        assert json.loads(reply["body"])["error"]["sent"] is False
        assert "13812345678" not in caplog.text + str(reply)

    def test_a_bug_in_the_initializer_does_not_break_the_instance(
        self,
        mocker: MockerFixture,
        accepting: ScriptedProvider,
        context: FcContext,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        mocker.patch.object(SmsConnector, "prepare", side_effect=KeyError("secret"))
        new_function().prepare(context)
        assert lines(caplog)[0]["event"] == "bug"
        assert "secret" not in caplog.text
        assert accepting.connections == 0
