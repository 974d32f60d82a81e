"""The table of operations: each line runs something, and is open to whom it says."""

from __future__ import annotations

import inspect
import json
from importlib import import_module

import pytest

from sms_connector.local.emulate.server import Emulator
from sms_connector.operations.routes import ROUTES
from sms_connector.web.routing import Route
from tests.support.functions import new_function
from tests.support.http_calls import KEY
from tests.support.reporting import TOKEN
from tests.support.verification_client import Client
from tests.support.webhooks import signed_headers
from tests.support.zitadel import KEY as ZITADEL_KEY
from tests.support.zitadel import signature

BODY = json.dumps({"phone": "12", "usageType": "SignIn", "code": "246810"}).encode()

CREDENTIALS = {
    "none": {},
    "another value": {"authorization": "Bearer stranger"},
    "value": KEY,
    "webhook": signed_headers(BODY),
    "ZITADEL": {"zitadel-signature": signature(BODY)},
}
OPEN_TO = {
    "POST /": {"value", "webhook"},
    "POST /{caller}": {"value", "webhook", "ZITADEL"},
    "POST /reports/{token}": {*CREDENTIALS},
    "GET /health": {*CREDENTIALS},
}
"""Who may call, by the contract; all others: ``value``."""

each_route = pytest.mark.parametrize(
    "route", ROUTES, ids=lambda route: f"{route.method} {route.path}"
)


@each_route
def test_a_line_names_a_function_that_takes_a_call_and_the_instance(route: Route) -> None:
    file, _, name = route.runs.partition(".")
    operation = getattr(import_module(f"sms_connector.operations.{file}"), name)
    assert list(inspect.signature(operation).parameters) == ["call", "instance"]


def test_an_operation_is_the_same_at_each_of_its_paths() -> None:
    lines = {(one.operation, one.runs, one.event, one.open_to, one.is_direct) for one in ROUTES}
    assert len(lines) == len({one.operation for one in ROUTES})


@pytest.mark.usefixtures("locked")
@each_route
@pytest.mark.parametrize("credential", CREDENTIALS)
def test_an_operation_is_open_to_whom_the_contract_names(
    monkeypatch: pytest.MonkeyPatch,
    emulator: Emulator,
    route: Route,
    credential: str,
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_ZITADEL_KEYS", ZITADEL_KEY)
    monkeypatch.setenv("SMS_CONNECTOR_REPORT_TOKEN", TOKEN)
    path = route.path.format(caller="zitadel", token=TOKEN, id="x" * 22, bizId="1")
    headers = {"authorization": "", **CREDENTIALS[credential]}
    named = {name.replace("-", "_"): value for name, value in headers.items()}
    answer = Client(new_function())(route.method, path, BODY, **named)
    open_to = OPEN_TO.get(f"{route.method} {route.path}", {"value"})
    assert (answer.status != 401) is (credential in open_to)
    if answer.status == 401:
        assert ("sent" in answer.body["error"]) is route.sends
    assert emulator.inbox.messages() == ()


def test_a_direct_invocation_may_name_all_but_reports_and_health() -> None:
    names = {route.operation for route in ROUTES}
    assert {route.operation for route in ROUTES if route.is_direct} == names - {"report", "health"}
