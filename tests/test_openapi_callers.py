"""The examples of the callers at paths of their own, and of reports, run against the function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS30Validator

from tests.support.reporting import TOKEN
from tests.support.serving import serving
from tests.support.zitadel import KEY, signature
from tests.test_openapi import AUTHORIZATION, DOCUMENT, examples_of, resolved, without_ids

PATHS = ("/casdoor", "/fusionauth", "/keycloak", "/zitadel", "/reports/{token}")
OPERATIONS = {path: resolved(DOCUMENT["paths"][path])["post"] for path in PATHS}
REQUESTS = [
    pytest.param(path, media_type, example["value"], id=name)
    for path, operation in OPERATIONS.items()
    for media_type, content in operation["requestBody"]["content"].items()
    for name, example in content["examples"].items()
]


@pytest.fixture
def url(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", AUTHORIZATION)
    monkeypatch.setenv("SMS_CONNECTOR_ZITADEL_KEYS", KEY)
    monkeypatch.setenv("SMS_CONNECTOR_REPORT_TOKEN", TOKEN)
    with serving() as address:
        yield address


def post(url: str, path: str, media_type: str, value: Any) -> requests.Response:
    headers = {"Content-Type": media_type}
    body: Any = value if "form" in media_type else json.dumps(value).encode()
    if path == "/zitadel":
        headers["ZITADEL-Signature"] = signature(body)
    elif path != "/reports/{token}":
        headers["Authorization"] = AUTHORIZATION
    address = url + path.replace("{token}", TOKEN)
    query = {"usageType": "SignIn"}
    return requests.post(address, body, headers=headers, params=query, timeout=10)


@pytest.mark.parametrize(("path", "media_type", "value"), REQUESTS)
def test_each_request_example_is_answered_as_the_file_says(
    url: str, path: str, media_type: str, value: Any
) -> None:
    operation = OPERATIONS[path]
    OAS30Validator(operation["requestBody"]["content"][media_type]["schema"]).validate(value)
    answered = post(url, path, media_type, value)
    with_200 = {"responses": {"200": operation["responses"]["200"]}}
    ((_, status, schema, example),) = examples_of(with_200)
    assert answered.status_code == status
    assert without_ids(answered.json()) == without_ids(example)
    OAS30Validator(schema).validate(answered.json())


@pytest.mark.parametrize("path", ["/casdoor", "/fusionauth"])
def test_a_missing_field_is_answered_as_the_file_says(url: str, path: str) -> None:
    with_400 = {"responses": {"400": OPERATIONS[path]["responses"]["400"]}}
    ((_, status, schema, example),) = examples_of(with_400)
    answered = post(url, path, "application/json", {"code": "246810"})
    assert (answered.status_code, answered.json()) == (status, example)
    OAS30Validator(schema).validate(answered.json())


@pytest.mark.parametrize("path", PATHS)
def test_another_method_is_answered_as_the_file_says(url: str, path: str) -> None:
    answered = requests.put(url + path.replace("{token}", TOKEN), timeout=10)
    response = OPERATIONS[path]["responses"]["405"]
    assert (answered.status_code, answered.headers["Allow"]) == (405, "POST")
    OAS30Validator(response["content"]["application/json"]["schema"]).validate(answered.json())


def test_every_operation_is_described() -> None:
    for operation in OPERATIONS.values():
        assert {"summary", "description", "operationId", "tags"} <= operation.keys()
