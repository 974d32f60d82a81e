"""The snippets of docs/other-services.md, evaluated as the services do, and posted."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import _jsonnet
import pytest
import requests
import yaml

from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator
from tests.support.markdown import code_blocks
from tests.support.serving import PROJECT, serving

TOKEN = "open-sesame"
PAGE = (PROJECT / "docs" / "other-services.md").read_text("utf-8")


def block(language: str) -> str:
    (code,) = code_blocks(PAGE, language)
    return code


@pytest.fixture
def url(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", f"Bearer {TOKEN}")
    with serving() as address:
        yield address


def received(emulator: Emulator) -> list[tuple[str, str]]:
    return [(sms.phone, sms.template_param["code"]) for sms in emulator.inbox.messages()]


class TestKratos:
    """Kratos evaluates the template with ``ctx`` as a top-level argument.

    `httpDataModel` of `courier/http_channel.go` and the models of `courier/template/sms` (v26.2.0).
    """

    @staticmethod
    def body(template_type: str, data: dict[str, Any]) -> bytes:
        ctx = {
            "recipient": "+8613812345678",
            "subject": "",
            "body": "Your code is: 246810\n",
            "template_type": template_type,
            "template_data": {
                "to": "+8613812345678",
                "identity": {"id": "00000000-0000-0000-0000-000000000042", "traits": {}},
                "request_url": "https://example.com/self-service/login/browser",
                "request_url_domain": "example.com",
                "transient_payload": {},
                "expires_in_minutes": 15,
                **data,
            },
            "message_type": "sms",
            "request_headers": {},
        }
        made: str = _jsonnet.evaluate_snippet(
            "file:///etc/config/kratos/sms.jsonnet",
            block("jsonnet"),
            tla_codes={"ctx": json.dumps(ctx)},
        )
        return made.encode()

    @pytest.mark.parametrize(
        ("template_type", "field", "usage_type"),
        [
            ("login_code_valid", "login_code", "SignIn"),
            ("registration_code_valid", "registration_code", "Register"),
            ("recovery_code_valid", "verification_code", "ForgotPassword"),
            ("verification_code_valid", "verification_code", "Generic"),
        ],
    )
    def test_each_message_with_a_code_becomes_a_message(
        self, url: str, emulator: Emulator, template_type: str, field: str, usage_type: str
    ) -> None:
        config = yaml.safe_load(block("yaml"))["courier"]["channels"][0]["request_config"]
        assert (config["method"], config["auth"]["type"]) == ("POST", "api_key")
        header = config["auth"]["config"]
        answered = requests.post(
            url,
            data=self.body(template_type, {field: "246810"}),
            headers={
                "Content-Type": "application/json",
                header["name"]: header["value"].replace("…", TOKEN),
            },
            timeout=10,
        )
        assert (answered.status_code, answered.json()["usageType"]) == (200, usage_type)
        assert "code" not in answered.json()
        assert received(emulator) == [("13812345678", "246810")]

    @pytest.mark.parametrize(
        ("template_type", "data"),
        [
            ("verifiable_address_changed", {"changed_at": "2026-11-24T10:00:00Z"}),
            ("authenticator_key_added", {}),
            ("stub", {}),
            ("login_code_valid", {}),
        ],
    )
    def test_a_message_without_a_code_makes_no_request(
        self, template_type: str, data: dict[str, Any]
    ) -> None:
        with pytest.raises(RuntimeError):
            self.body(template_type, data)


class TestAuthentik:
    """authentik makes a function of the expression, and posts the JSON of what it returns.

    `send_generic` of `authentik/stages/authenticator_sms/models.py` (2025.6.1).
    """

    @staticmethod
    def payload(phone: str, locale: str) -> Any:
        known = {
            "device": SimpleNamespace(phone_number=phone),
            "token": "246810",
            "user": SimpleNamespace(locale=lambda request: locale if request else ""),
            "request": SimpleNamespace(),
            "stage": SimpleNamespace(from_number="x"),
        }
        body = textwrap.indent(block("python"), "    ")
        exec(f"def handler(request):\n{body}", known)  # noqa: S102
        handler: Any = known["handler"]
        return handler(known["request"])

    def post(self, url: str, phone: str, locale: str) -> requests.Response:
        return requests.post(
            f"{url}/logto",
            json=self.payload(phone, locale),
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=10,
        )

    def test_the_mapping_becomes_a_message(self, url: str, emulator: Emulator) -> None:
        answered = self.post(url, "+8613812345678", "zh-hans")
        assert (answered.status_code, answered.json()["usageType"]) == (200, "MfaVerification")
        assert received(emulator) == [("13812345678", "246810")]

    @pytest.mark.parametrize(
        ("locale", "sentence"),
        [("zh-hans", "该手机号无法接收验证码。"), ("en", "This phone number")],
    )
    def test_a_failure_is_a_sentence_in_the_language_of_the_person(
        self, url: str, emulator: Emulator, locale: str, sentence: str
    ) -> None:
        number = f"+86{number_for('isv.MOBILE_NUMBER_ILLEGAL')}"
        answered = self.post(url, number, locale)
        assert answered.status_code == 400
        assert answered.text.startswith(sentence)
        assert received(emulator) == []
