"""Events in, answers out, as Function Compute sees it."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_mock import MockerFixture

from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import Credentials, FcContext
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


@pytest.fixture
def accepting(provider: Providers, configure: Configure) -> ScriptedProvider:
    """A provider that takes every message, and a config that points to it."""
    accepting = provider(accept)
    configure(config(endpoint=accepting.endpoint))
    return accepting


class TestSending:
    def test_an_event_becomes_an_sms(
        self, emulator: Emulator, example: dict[str, Any], configure: Configure, invoke: Invoke
    ) -> None:
        configure(example)
        answered = invoke(EVENT)
        (sms,) = emulator.inbox.messages()
        assert answered == {
            "bizId": sms.biz_id,
            "requestId": sms.request_id,
            "usageType": "SignIn",
            "templateCode": sms.template_code,
        }
        assert sms.phone == "13812345678"
        assert sms.template_param == {"code": "246810"}

    def test_a_code_made_here_is_the_one_that_was_sent(
        self, emulator: Emulator, example: dict[str, Any], configure: Configure, invoke: Invoke
    ) -> None:
        configure(example)
        answered = invoke({"phone": "+86 138 1234 5678", "usageType": "Register"})
        (sms,) = emulator.inbox.messages()
        assert sms.template_param == {"code": answered["code"]}

    @pytest.mark.parametrize("usage_type", ["Register", "SignIn", "ForgotPassword", "Generic"])
    def test_every_usage_type_of_the_example_reaches_both_regions_it_is_for(
        self,
        emulator: Emulator,
        example: dict[str, Any],
        configure: Configure,
        invoke: Invoke,
        usage_type: str,
    ) -> None:
        configure(example)
        assert "bizId" in invoke({**EVENT, "usageType": usage_type})
        (template,) = [t for t in example["templates"] if t["usageType"] == usage_type]
        code = template["templateCode"]
        if isinstance(code, dict):
            assert "bizId" in invoke({**EVENT, "usageType": usage_type, "phone": "+85251234567"})
            sent = [sms.template_code for sms in emulator.inbox.messages()]
            assert sent == [code["overseas"], code["china"]]

    def test_the_role_of_the_function_signs_where_the_config_has_no_key(
        self, emulator: Emulator, example: dict[str, Any], configure: Configure, invoke: Invoke
    ) -> None:
        configure({key: value for key, value in example.items() if "accessKey" not in key})
        (sts,) = [key for key in emulator.account.access_keys if key.security_token]
        role = Credentials(sts.id, sts.secret, sts.security_token or "")
        assert "bizId" in invoke(EVENT, FcContext(credentials=role))
        assert invoke(EVENT, FcContext())["error"]["code"] == "invalid_config"


BAD: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "invalid_request_parameters", "JSON"),
    "not JSON": (b"{", "invalid_request_parameters", "JSON"),
    "60 KB of brackets": (b"[" * 60_000, "invalid_request_parameters", "JSON"),
    "60 KB of objects": (b'{"a":' * 12_000, "invalid_request_parameters", "JSON"),
    "invalid UTF-8": (b'{"phone": "\xff"}', "invalid_request_parameters", "JSON"),
    "a list": (b"[]", "invalid_request_parameters", "object"),
    "a string": (b'"13812345678"', "invalid_request_parameters", "object"),
    "null": (b"null", "invalid_request_parameters", "object"),
    "no field": (b"{}", "insufficient_request_parameters", "`phone`"),
    "no usage type": (
        b'{"phone": "13812345678"}',
        "insufficient_request_parameters",
        "`usageType`",
    ),
    "a number for a phone": (b'{"phone": 13812345678}', "invalid_request_parameters", "`phone`"),
    "a float for a phone": (b'{"phone": 1.38e10}', "invalid_request_parameters", "`phone`"),
    **{
        f"{field}: {value}": (
            json.dumps({**EVENT, field: value}).encode(),
            "invalid_request_parameters",
            f"`{field}`",
        )
        for field, value in [
            ("phone", "13812345678,13912345678"),
            ("phone", ["13812345678", "13912345678"]),
            ("phone", "1381234\x005678"),
            ("phone", "\ud800"),
            ("phone", ""),
            ("usageType", ""),
            ("usageType", 5),
            ("usageType", "Sign\x00In"),
            ("code", "12"),
            ("code", "12345678901"),
            ("code", "12 34"),
            ("code", 123456),
            ("code", "１２３４"),
            ("code", "\udfff\udfff\udfff\udfff"),
            ("ip", 7),
        ]
    },
}


class TestBadInput:
    @pytest.mark.parametrize(("event", "code", "names"), BAD.values(), ids=BAD)
    def test_an_invalid_event_is_answered_with_the_invalid_field_and_nothing_is_sent(
        self, accepting: ScriptedProvider, invoke: Invoke, event: bytes, code: str, names: str
    ) -> None:
        error = invoke(event)["error"]
        assert (error["code"], error["http_code"], error["sent"]) == (code, 400, False)
        assert names in error["message"]
        assert "13812345678" not in str(error)
        assert accepting.connections == 0

    @settings(
        max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.binary()
        | st.recursive(
            st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(["phone", "usageType", "code", "ip"]) | st.text(), inner
                )
            ),
        ).map(lambda value: json.dumps(value).encode())
    )
    @example(b'{"phone":"\\ud800","usageType":"\\u0000"}')
    def test_any_event_gets_a_response_in_our_form(
        self, accepting: ScriptedProvider, invoke: Invoke, event: bytes
    ) -> None:
        answered = invoke(event)
        if "statusCode" in answered:  # it had a key of an HTTP event
            answered = json.loads(answered["body"])
        assert answered["error"]["http_code"] in (400, 401, 404, 405)
        assert answered["error"]["sent"] is False
        assert accepting.connections == 0

    @settings(
        max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.fixed_dictionaries(
            {},
            optional={
                key: st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text())
                for key in (*config(), "endpoint", "regionId", "connectTimeout", "readTimeout")
            },
        )
    )
    def test_any_config_gets_a_response_in_our_form(
        self, context: FcContext, configure: Configure, changes: dict[str, Any]
    ) -> None:
        configure(config(**{**changes, "templates": changes.get("templates")}))
        function = new_function()
        function.prepare(context)
        answered = body_of(function.handle(json.dumps(EVENT).encode(), context))
        assert answered["error"]["code"] == "invalid_config"


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

    @pytest.mark.parametrize("operation", ["health", "Send", "", None, 5, ["send"]])
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
