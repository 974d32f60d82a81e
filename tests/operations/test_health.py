"""`health`: whether the function could send."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.configs import config
from tests.support.http_calls import Ask, Way, each_way
from tests.support.http_events import HttpRequest
from tests.support.scripted_provider import ScriptedProvider

Configure = Callable[[dict[str, Any]], None]


class TestHealth:
    @each_way
    @pytest.mark.usefixtures("locked")
    def test_anyone_may_ask_whether_the_config_is_valid(
        self, accepting: ScriptedProvider, ask: Ask, way: Way
    ) -> None:
        answered = ask(HttpRequest(b"", "GET", "/health/"), way)
        assert (answered.status, answered.body) == (200, {"status": "ok"})
        assert accepting.connections == 0

    @pytest.mark.parametrize(
        "broken", [{}, config(signName=...), config(accessKeyId=..., accessKeySecret=...)]
    )
    @pytest.mark.usefixtures("locked")
    def test_an_invalid_config_is_named_by_its_code_alone(
        self, configure: Configure, ask: Ask, broken: dict[str, Any]
    ) -> None:
        configure(broken)
        answered = ask(HttpRequest(b"", "GET", "/health"))
        assert answered.status == 503
        assert answered.body == {"status": "unavailable", "errors": ["invalid_config"]}

    @pytest.mark.parametrize(
        "environ",
        [
            {},
            {"SMS_CONNECTOR_WEBHOOK_SECRETS": "malformed"},
            {"SMS_CONNECTOR_AUTHORIZATION": '"Bearer one",Bearer two'},
            {"SMS_CONNECTOR_AUTHORIZATION": "x", "SMS_CONNECTOR_DEFAULT_USAGE_TYPE": "Sign In"},
            {"SMS_CONNECTOR_AUTHORIZATION": "x", "SMS_CONNECTOR_BASE_PATH": "sms"},
            {"SMS_CONNECTOR_AUTHORIZATION": "x", "SMS_CONNECTOR_LOCALE": "fr"},
        ],
        ids=["no credential", "malformed secret", "quotes", "usage type", "base path", "locale"],
    )
    def test_settings_with_which_no_call_can_succeed_are_not_healthy(
        self,
        monkeypatch: pytest.MonkeyPatch,
        accepting: ScriptedProvider,
        ask: Ask,
        caplog: pytest.LogCaptureFixture,
        environ: dict[str, str],
    ) -> None:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        path = environ.get("SMS_CONNECTOR_BASE_PATH", "") + "/health"
        answered = ask(HttpRequest(b"", "GET", path))
        assert answered.body == {"status": "unavailable", "errors": ["invalid_config"]}
        ask(HttpRequest(b"", "GET", path))
        (line,) = map(json.loads, caplog.messages)
        assert line["event"] == "invalid_config"
        assert "SMS_CONNECTOR_" in line["reason"]
        assert accepting.connections == 0
