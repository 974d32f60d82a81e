"""The examples of the operations on verifications, each run against the function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS30Validator

from sms_connector.local.emulate.server import Emulator
from tests.support.serving import serving
from tests.support.verifying import SECRET, wrong
from tests.test_openapi import AUTHORIZATION, DOCUMENT, examples_of, resolved

PATHS = {path: item for path, item in resolved(DOCUMENT["paths"]).items() if "verif" in path}
OPERATIONS = {
    operation["operationId"]: operation
    for item in PATHS.values()
    for operation in item.values()
    if isinstance(operation, dict)
}
CREATED = {"id", "expiresAt", "message", "delivery"}


def examples(operation_id: str) -> dict[str, tuple[int, Any]]:
    """Return status and value of each example of an operation's responses."""
    operation = OPERATIONS[operation_id]
    with_body = {
        status: response
        for status, response in operation["responses"].items()
        if "application/json" in response.get("content", {})
    }
    return {
        name: (status, value) for name, status, _, value in examples_of({"responses": with_body})
    }


class Client:
    """Asks the function of `serve`, and compares each response with an example."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(
        self, method: str, path: str, body: Any = None, *, key: str = AUTHORIZATION
    ) -> requests.Response:
        headers = {"Authorization": key}
        return requests.request(method, self._url + path, json=body, headers=headers, timeout=10)

    def post(self, path: str, body: Any, **headers: str) -> requests.Response:
        headers = {"Authorization": AUTHORIZATION, **headers}
        return requests.post(self._url + path, json=body, headers=headers, timeout=10)


def agree(response: requests.Response, operation_id: str, name: str) -> None:
    status, value = examples(operation_id)[name]
    assert response.status_code == status
    got = response.json()
    assert {k: "…" if k in CREATED else v for k, v in got.items()} == {
        k: "…" if k in CREATED else v for k, v in value.items()
    }
    schema = OPERATIONS[operation_id]["responses"][str(status)]["content"]["application/json"]
    OAS30Validator(schema["schema"]).validate(got)
    declared = OPERATIONS[operation_id]["responses"][str(status)].get("headers", {})
    assert ("Retry-After" in declared) == ("Retry-After" in response.headers)


@pytest.fixture
def client(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Client]:
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", AUTHORIZATION)
    with serving() as url:
        yield Client(url)


def body_of(operation_id: str, name: str) -> Any:
    content = OPERATIONS[operation_id]["requestBody"]["content"]["application/json"]
    body = content["examples"][name]["value"]
    OAS30Validator(content["schema"]).validate(body)
    return body


def test_each_example_is_returned_on_the_way_of_one_verification(
    client: Client, emulator: Emulator
) -> None:
    start = body_of("startVerification", "start")
    started = client("POST", "/verifications", start)
    agree(started, "startVerification", "started")
    path = f"/verifications/{started.json()['id']}"
    agree(client("GET", path), "getVerification", "read")
    agree(client("POST", "/verifications", start), "startVerification", "startedAgain")
    code = emulator.inbox.messages()[0].template_param["code"]
    check = body_of("checkVerification", "check")
    first = client("POST", f"{path}/check", {**check, "code": wrong(code)})
    agree(first, "checkVerification", "wrongCode")
    agree(client("POST", f"{path}/check", {**check, "code": "abcd"}), "checkVerification", "noCode")
    approved = client("POST", f"{path}/check", {**check, "code": code})
    agree(approved, "checkVerification", "approved")
    again = client("POST", f"{path}/check", {**check, "code": code})
    agree(again, "checkVerification", "notPending")
    agree(client("DELETE", path), "cancelVerification", "notPending")
    path = f"/verifications/{client('POST', '/verifications', start).json()['id']}"
    cancelled = client("DELETE", path)
    assert (cancelled.status_code, cancelled.content) == (204, b"")
    assert "204" in OPERATIONS["cancelVerification"]["responses"]


def test_used_up_attempts_and_reused_keys_are_returned_as_the_file_says(
    client: Client, emulator: Emulator
) -> None:
    start = body_of("startVerification", "start")
    headers = {"Idempotency-Key": "one"}
    path = f"/verifications/{client.post('/verifications', start, **headers).json()['id']}/check"
    other = client.post("/verifications", {**start, "usageType": "Register"}, **headers)
    agree(other, "startVerification", "keyReused")
    code = emulator.inbox.messages()[0].template_param["code"]
    by_number = {**body_of("checkVerificationOfNumber", "checkNumber"), "code": wrong(code)}
    for _ in range(3):
        client("POST", "/verifications/check", by_number)
    used_up = client("POST", "/verifications/check", by_number)
    agree(used_up, "checkVerificationOfNumber", "usedUpByNumber")
    for _ in range(2):
        client("POST", path, {"code": wrong(code)})
    agree(client("POST", path, {"code": code}), "checkVerification", "usedUp")


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS.keys() - {"startVerification"}))
def test_without_credential_or_store_the_response_is_as_the_file_says(
    client: Client, operation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, method = next(
        (path, method)
        for path, item in PATHS.items()
        for method, operation in item.items()
        if isinstance(operation, dict) and operation["operationId"] == operation_id
    )
    path, body = path.replace("{id}", "x" * 22), {"phone": "13812345678", "usageType": "SignIn"}
    body |= {"code": "246810"}
    agree(client(method, path, body, key="another"), operation_id, "checkUnauthorized")
    monkeypatch.setenv("FC_FUNCTION_NAME", "sms")
    with serving() as url:
        agree(Client(url)(method, path, body), operation_id, "noStore")
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://127.0.0.1:1")
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    with serving() as url:
        agree(Client(url)(method, path, body), operation_id, "storeAway")


def test_every_operation_is_described() -> None:
    for operation in OPERATIONS.values():
        assert {"summary", "description", "operationId", "tags"} <= operation.keys()
