"""Requests to the function by HTTP, with the credentials that its settings know."""

import json
from collections.abc import Callable

import pytest

from sms_connector.function import Function
from sms_connector.local.fc_context import FcContext
from tests.support.functions import new_function
from tests.support.http_events import WAYS, Handler, HttpAnswer, HttpRequest
from tests.support.webhooks import SECRET, signed_headers

Way = Callable[[Handler, HttpRequest, object], HttpAnswer]
Ask = Callable[..., HttpAnswer]

NATIVE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}
LOGTO = {"to": "8613812345678", "type": "SignIn", "payload": {"code": "246810", "a": {"b": 1}}}
SUPABASE = {"user": {"phone": "+8613812345678"}, "sms": {"otp": "246810"}}
KEY = {"authorization": "Bearer open-sesame"}

each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def post(body: object, headers: dict[str, str] = KEY, path: str = "/") -> HttpRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpRequest(raw, "POST", path, headers)


def signed(body: object) -> HttpRequest:
    """Return a request that the webhook secret has signed."""
    return post(body, signed_headers(json.dumps(body).encode()))


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings with one Authorization value and one webhook secret."""
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", KEY["authorization"])
    monkeypatch.setenv("SMS_CONNECTOR_WEBHOOK_SECRETS", SECRET)


@pytest.fixture
def ask(context: FcContext) -> Ask:
    """Make a request to one function: by the HTTP trigger, unless another way is given."""
    instance: list[Function] = []

    def call(request: HttpRequest, way: Way = WAYS["HTTP trigger"]) -> HttpAnswer:
        if not instance:  # the first request comes once the test has made its settings
            instance.append(new_function())
        return way(instance[0].handle, request, context)

    return call
