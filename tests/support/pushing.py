"""Delivery reports pushed to a function, and what it then answers and logs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.function import Function
from sms_connector.local.fc_context import FcContext
from tests.support.http_events import WAYS, HttpAnswer, HttpRequest
from tests.support.reporting import BIZ_ID, TOKEN

PATH = f"/reports/{TOKEN}"
RECEIVED = {"code": 0, "msg": "received"}
AUTHORIZATION = {"authorization": "a-key-for-tests"}


def ask(
    function: Function,
    method: str,
    path: str,
    body: object = None,
    way: Any = WAYS["HTTP trigger"],
    **headers: str,
) -> HttpAnswer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return way(function.handle, HttpRequest(raw, method, path, headers), FcContext())  # type: ignore[no-any-return]


def state_of(function: Function, biz_id: str = BIZ_ID) -> Any:
    path = f"/messages/{biz_id.replace('^', '%5E')}"
    return ask(function, "GET", path, **AUTHORIZATION).body


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    logged = [json.loads(record.getMessage()) for record in caplog.records]
    return [line for line in logged if line["event"] == "report"]
