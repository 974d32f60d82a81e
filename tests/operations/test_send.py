"""`send` as a direct invocation asks for it: what is sent, and what is refused before a call."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import Credentials, FcContext
from tests.support.configs import config
from tests.support.functions import body_of, new_function
from tests.support.scripted_provider import ScriptedProvider

Configure = Callable[[dict[str, Any]], None]
Invoke = Callable[..., Any]
Providers = Callable[..., ScriptedProvider]

EVENT = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}


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

    @pytest.mark.parametrize(
        "event",
        [
            {"to": "12", "type": "SignIn", "payload": {"code": "246810"}},
            {"to": "13812345678", "type": "SignIn", "payload": {}},
            {"user": {"phone": "12"}, "sms": {"otp": "246810"}},
            {"user": {}, "sms": {}},
        ],
    )
    def test_a_direct_invocation_in_the_form_of_a_service_fails_with_the_json_error(
        self, accepting: ScriptedProvider, invoke: Invoke, event: dict[str, Any]
    ) -> None:
        error = invoke(event)["error"]
        assert (error["http_code"], error["sent"]) == (400, False)
        assert error["code"].endswith("_request_parameters")
        assert accepting.connections == 0

    @settings(
        max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
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
        max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
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
