"""One function, whose messages go to the emulator, asked as Function Compute asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sms_connector.function import Function
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from tests.support.functions import new_function
from tests.support.http_events import WAYS, HttpAnswer, HttpRequest
from tests.support.serving import serving
from tests.support.zitadel import KEY, OTHER_KEY

AUTHORIZATION = "Bearer open-sesame"


@pytest.fixture
def _settings(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", AUTHORIZATION)
    monkeypatch.setenv("SMS_CONNECTOR_ZITADEL_KEYS", f"{OTHER_KEY},{KEY}")


@pytest.fixture
def ask(_settings: None, context: FcContext) -> Callable[..., HttpAnswer]:
    """Make a request with the Authorization value, by the HTTP trigger unless a way is given."""
    instance: list[Function] = []

    def call(
        path: str,
        body: bytes,
        way: Any = WAYS["HTTP trigger"],
        *,
        method: str = "POST",
        query: dict[str, str] | None = None,
        **headers: str,
    ) -> HttpAnswer:
        if not instance:  # the first request comes once the test has made its settings
            instance.append(new_function())
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        shown = {"authorization": AUTHORIZATION, **names}
        request = HttpRequest(body, method, path, shown, query or {})
        return way(instance[0].handle, request, context)  # type: ignore[no-any-return]

    return call


@pytest.fixture
def url(_settings: None) -> Iterator[str]:
    """The address of the same function behind a real port."""
    with serving() as address:
        yield address


@pytest.fixture
def sent(emulator: Emulator) -> Callable[[], list[tuple[str, str, str]]]:
    """Return number, code and template code of each message that the emulator has, oldest first."""
    return lambda: [
        (sms.phone, sms.template_param["code"], sms.template_code)
        for sms in reversed(emulator.inbox.messages())
    ]
