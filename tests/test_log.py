"""What the log holds, and what it must not."""

import logging
from collections.abc import Callable
from contextlib import suppress

import pytest

from sms_connector.errors import ConnectorError
from tests.support.scripted_provider import (
    Act,
    ScriptedProvider,
    accept,
    answer,
    hang,
)
from tests.support.sending import MESSAGE, connector_at, send

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

    @pytest.mark.parametrize("act", LOUD.values(), ids=LOUD)
    def test_an_error_holds_nothing_of_the_sdk_s_exceptions(
        self, provider: Providers, act: Act
    ) -> None:
        try:
            send(connector_at(provider(act).endpoint, readTimeout=200), MESSAGE)
        except ConnectorError as error:
            chain = [error.__cause__, error.__context__]
            told = f"{error!r} {error.to_reply()}"
        else:
            chain, told = [None, None], ""
        assert chain == [None, None]
        assert "246810" not in told
        assert "13812345678" not in told
