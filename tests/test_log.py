"""What the log holds, and what it must not."""

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.log import Entry, Notices
from sms_connector.message import Receipt
from sms_connector.web.error_responses import error_body
from tests.support.scripted_provider import (
    Act,
    ScriptedProvider,
    accept,
    answer,
    hang,
)
from tests.support.sending import MESSAGE, connector_at, failure, send

Providers = Callable[..., ScriptedProvider]


LOUD: dict[str, Act] = {
    "an accepted message": accept,
    "no answer": hang,
    "an HTML answer": answer(502, "<html>"),
    "a refusal": answer(200, {"Code": "isv.UNHEARD_OF", "Message": "13812345678"}),
    "a header that is broken": answer(502, "", headers="no colon here\r\n"),
}


class TestSilence:
    @pytest.mark.parametrize("act", LOUD.values(), ids=LOUD)
    def test_libraries_log_nothing_even_when_told_to(
        self,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        provider: Providers,
        act: Act,
    ) -> None:
        monkeypatch.setenv("DEBUG", "sdk")
        caplog.set_level(logging.DEBUG)
        with suppress(ConnectorError):
            send(connector_at(provider(act).endpoint, readTimeout=200), MESSAGE)
        printed = capfd.readouterr()
        assert caplog.text + printed.out + printed.err == ""

    @pytest.mark.parametrize("status", [299, 599])
    def test_a_status_without_a_name_does_no_harm_when_the_sdk_is_told_to_print(
        self, monkeypatch: pytest.MonkeyPatch, provider: Providers, status: int
    ) -> None:
        monkeypatch.setenv("DEBUG", "sdk")
        refusing = provider(answer(status, {"Code": "isv.AMOUNT_NOT_ENOUGH"}))
        error = failure(connector_at(refusing.endpoint))
        assert (error.code, error.sent) == ("usage_limit_exceeded", False)

    @pytest.mark.parametrize("text", ["签名", "\U0001f4f1", "\u2028", "\ud800"], ids=ascii)
    def test_no_text_of_the_provider_s_can_break_a_line(
        self, caplog: pytest.LogCaptureFixture, text: str
    ) -> None:
        caplog.set_level(logging.INFO)
        Entry(logging.getLogger("x")).accepted(Receipt("BIZ-1", text, "SignIn", "SMS_1"))
        assert caplog.messages[0].isascii()
        assert json.loads(caplog.messages[0])["requestId"] == text

    def test_the_line_of_a_refusal_has_the_provider_s_own_message_masked(
        self, caplog: pytest.LogCaptureFixture, provider: Providers
    ) -> None:
        caplog.set_level(logging.INFO)
        said = {"Code": "isv.UNHEARD_OF", "Message": "13812345678 got 246810: 余额异常"}
        error = failure(connector_at(provider(answer(200, said)).endpoint))
        Entry(logging.getLogger("x")).refused(error)
        assert json.loads(caplog.messages[0])["providerMessage"] == "**** got ****: 余额异常"

    @pytest.mark.parametrize("act", LOUD.values(), ids=LOUD)
    def test_an_error_holds_nothing_of_the_sdk_s_exceptions(
        self, provider: Providers, act: Act
    ) -> None:
        try:
            send(connector_at(provider(act).endpoint, readTimeout=200), MESSAGE)
        except ConnectorError as error:
            chain = [error.__cause__, error.__context__]
            told = f"{error!r} {error_body(error)}"
        else:
            chain, told = [None, None], ""
        assert chain == [None, None]
        assert "246810" not in told
        assert "13812345678" not in told


class SlowDict(dict[Any, Any]):
    """Lets every other thread run between a look and what is done with it."""

    def get(self, *arguments: Any) -> Any:
        found = super().get(*arguments)
        time.sleep(0.01)
        return found


def test_a_reason_that_many_threads_have_at_once_is_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    notices = Notices()
    notices._due = SlowDict()
    line = (logging.getLogger("x"), logging.ERROR, "unauthorized", "why", 60)
    threads = [threading.Thread(target=notices.write, args=line) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert caplog.messages == ['{"event":"unauthorized","reason":"why"}']
