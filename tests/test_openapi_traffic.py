"""The examples of delivery states and figures, each run against the function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS30Validator

from tests.support.reporting import TOKEN, failed, mainland
from tests.support.serving import serving
from tests.support.verifying import SECRET
from tests.test_openapi import AUTHORIZATION, DOCUMENT, examples_of, resolved

OPERATIONS = {
    path: resolved(DOCUMENT["paths"][path])["get"] for path in ("/messages/{bizId}", "/stats")
}
EXAMPLES = {
    name: (path, status, schema, value)
    for path, operation in OPERATIONS.items()
    for name, status, schema, value in examples_of(operation)
}
BIZ_ID = "760903236112766933^0"
AT = "2026-11-24 18:00:03"


@pytest.fixture
def url(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", AUTHORIZATION)
    monkeypatch.setenv("SMS_CONNECTOR_REPORT_TOKEN", TOKEN)
    with serving() as url:
        yield url


def get(url: str, path: str, **query: str) -> requests.Response:
    headers = {"Authorization": AUTHORIZATION}
    return requests.get(url + path, query, headers=headers, timeout=10)


def agree(response: requests.Response, name: str) -> None:
    _, status, schema, value = EXAMPLES[name]
    assert (response.status_code, response.json()) == (status, value)
    OAS30Validator(schema).validate(response.json())


@pytest.mark.parametrize(
    ("name", "report"), [("unknown", None), ("delivered", mainland), ("failed", failed)]
)
def test_each_state_is_returned_as_the_file_says(
    url: str, name: str, report: Callable[..., dict[str, object]] | None
) -> None:
    if report is not None:
        body: Any = [report(biz_id=BIZ_ID, report_time=AT)]
        requests.post(f"{url}/reports/{TOKEN}", json=body, timeout=10)
    agree(get(url, "/messages/760903236112766933%5E0"), name)


def test_figures_are_returned_as_the_file_says(url: str) -> None:
    body = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}
    sent = requests.post(url, json=body, headers={"Authorization": AUTHORIZATION}, timeout=10)
    report: Any = mainland(biz_id=sent.json()["bizId"])
    requests.post(f"{url}/reports/{TOKEN}", json=report, timeout=10)
    got = get(url, "/stats", hours="1").json()
    _, _, schema, value = EXAMPLES["stats"]
    OAS30Validator(schema).validate(got)
    assert [{**row, "hour": ""} for row in got["rows"]] == [
        {**row, "hour": ""} for row in value["rows"]
    ]


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("path", ["/messages/1", "/stats"])
def test_the_store_away_is_answered_as_the_file_says(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://127.0.0.1:1")
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    with serving() as away:
        response = get(away, path)
        agree(response, "sharedStoreAway")
        assert "Retry-After" in response.headers


def test_invalid_hours_are_answered_as_the_file_says(url: str) -> None:
    agree(get(url, "/stats", hours="745"), "invalidQuery")


def test_every_operation_is_described() -> None:
    for operation in OPERATIONS.values():
        assert {"summary", "description", "operationId", "tags"} <= operation.keys()
