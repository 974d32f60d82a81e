"""The contract as a file, held against the running function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.support.reporting import TOKEN
from tests.support.serving import serving

FILE = Path(__file__).parent.parent / "docs/openapi.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
AUTHORIZATION = "a-key-for-tests"

# What is another one at each call.
IDS = {"bizId", "requestId", "code"}


def resolved(node: Any) -> Any:
    """Put what it points to in the place of each `$ref`."""
    if isinstance(node, list):
        return [resolved(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return resolved(target)
    return {key: resolved(value) for key, value in node.items()}


POST = resolved(DOCUMENT["paths"]["/"]["post"])
HEALTH = resolved(DOCUMENT["paths"]["/health"]["get"])
REQUEST = POST["requestBody"]["content"]["application/json"]


def examples_of(operation: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, Any], Any]]:
    """Give name, status, schema and value of each example of an answer."""
    for status, response in operation["responses"].items():
        content = response["content"]["application/json"]
        for name, example in content["examples"].items():
            yield name, int(status), content["schema"], example["value"]


ANSWERS = {name: (status, value) for name, status, _, value in examples_of(POST)}

NOT_AS_THE_SCHEMA_SAYS = {"badPhone", "missingField"}

# Answers to something else than an example of a request: method, path, body, authorization.
OTHERS = {
    "unauthorized": ("POST", "/", REQUEST["examples"]["native"]["value"], "another-key"),
    "notFound": ("POST", "/any", REQUEST["examples"]["native"]["value"], AUTHORIZATION),
    "methodNotAllowed": ("GET", "/", None, AUTHORIZATION),
    "tooLarge": ("POST", "/", {"phone": "1" * 65536}, AUTHORIZATION),
}


@pytest.fixture
def url(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The function of `serve`, whose messages go to an emulator."""
    configure({**example, "readTimeout": 300})
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", AUTHORIZATION)
    monkeypatch.setenv("SMS_CONNECTOR_REPORT_TOKEN", TOKEN)
    with serving() as address:
        yield address


def without_ids(value: Any) -> Any:
    """Hide what is another one at each call; an error's code is always the same."""
    if not isinstance(value, dict):
        return value
    if "error" in value:
        error = dict(value["error"])
        if "provider" in error:
            error["provider"] = {**error["provider"], "requestId": "…"}
        return {"error": error}
    return {key: "…" if key in IDS else item for key, item in value.items()}


class TestFile:
    def test_the_file_is_valid_openapi(self) -> None:
        validate(DOCUMENT)
        assert DOCUMENT["openapi"] == "3.0.3"

    @pytest.mark.parametrize("name", sorted(REQUEST["examples"].keys() - NOT_AS_THE_SCHEMA_SAYS))
    def test_each_request_example_fits_its_schema(self, name: str) -> None:
        OAS30Validator(REQUEST["schema"]).validate(REQUEST["examples"][name]["value"])

    @pytest.mark.parametrize("operation", [POST, HEALTH], ids=["post", "health"])
    def test_each_response_example_fits_its_schema(self, operation: dict[str, Any]) -> None:
        for _name, status, schema, value in examples_of(operation):
            OAS30Validator(schema).validate(value)
            error = value.get("error", {})
            assert error.get("http_code", status) == status or status == 200

    def test_every_example_is_run(self) -> None:
        assert set(REQUEST["examples"]) | set(OTHERS) | {"noConfig"} == set(ANSWERS)

    def test_every_schema_and_operation_is_described(self) -> None:
        for schema in DOCUMENT["components"]["schemas"].values():
            assert {"title", "description"} <= schema.keys()
        for operation in (POST, HEALTH):
            assert {"summary", "description", "operationId", "tags"} <= operation.keys()


class TestExamples:
    @pytest.mark.parametrize("name", REQUEST["examples"])
    def test_each_request_example_is_answered_as_it_says(self, url: str, name: str) -> None:
        answer = requests.post(
            url,
            json=REQUEST["examples"][name]["value"],
            headers={"Authorization": AUTHORIZATION},
            timeout=10,
        )
        self.check(name, answer)

    @pytest.mark.parametrize("name", OTHERS)
    def test_each_other_answer_is_given(self, url: str, name: str) -> None:
        method, path, body, authorization = OTHERS[name]
        headers = {"Authorization": authorization}
        answer = requests.request(method, url + path, json=body, headers=headers, timeout=10)
        self.check(name, answer)

    def test_a_missing_config_is_answered_as_it_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SMS_CONNECTOR_ANONYMOUS", "true")
        monkeypatch.setenv("SMS_CONNECTOR_CONFIG_FILE", "/code/connector.json")
        with serving() as url:
            body = REQUEST["examples"]["native"]["value"]
            self.check("noConfig", requests.post(url, json=body, timeout=10))
            ((_, status, _, value),) = (it for it in examples_of(HEALTH) if it[0] == "unhealthy")
            health = requests.get(f"{url}/health", timeout=10)
            assert (health.status_code, health.json()) == (status, value)

    @staticmethod
    def check(name: str, answer: requests.Response) -> None:
        status, value = ANSWERS[name]
        assert answer.status_code == status
        assert without_ids(answer.json()) == without_ids(value)
        declared = POST["responses"][str(status)].get("headers", {})
        if "Retry-After" in declared and name != "noBalance":
            assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers.get("Allow", "POST") == "POST"
        assert ("Allow" in declared) == ("Allow" in answer.headers)

    def test_health_is_answered_as_the_example_says(self, url: str) -> None:
        ((_, status, _, value),) = (it for it in examples_of(HEALTH) if it[0] == "healthy")
        answer = requests.get(f"{url}/health", timeout=10)
        assert (answer.status_code, answer.json()) == (status, value)


# Not among them: whether what fits the schema is accepted and what does not is refused. No schema
# can say which numbers exist, and Supabase is told of a refusal in a 200.
CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CHECKS = [*CONFORMANCE, ignored_auth, missing_required_header, unsupported_method]

schema = schemathesis.openapi.from_dict(DOCUMENT)

OPERATIONS: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
EXAMPLES = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


class TestAnyRequest:
    @schema.parametrize()
    @settings(EXAMPLES, max_examples=20)
    def test_any_request_gets_a_response_that_the_file_describes(self, url: str, case: Any) -> None:
        check(url, case)

    @pytest.mark.long
    @pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
    def test_many_requests_get_a_response_that_the_file_describes(
        self, url: str, operation: Any
    ) -> None:
        @given(case=operation.as_strategy())
        @settings(EXAMPLES, max_examples=300)
        def each(case: Any) -> None:
            check(url, case)

        each()


def check(url: str, case: Any) -> None:
    answer = case.call(base_url=url, headers={"Authorization": AUTHORIZATION})
    case.validate_response(answer, headers={"Authorization": AUTHORIZATION}, checks=CHECKS)
    if case.operation.method.upper() == "POST" and "bizId" in answer.text:
        check_request(case.operation.path, answer.request)


def check_request(path: str, request: requests.PreparedRequest) -> None:
    """Require that an accepted request fits the schema of its operation."""
    content = resolved(DOCUMENT["paths"][path]["post"])["requestBody"]["content"]
    body = cast(bytes | str, request.body)
    text = body.decode() if isinstance(body, bytes) else body
    if request.headers["Content-Type"] in content:
        fields = dict(parse_qsl(text)) if "=" in text[:40] else json.loads(text)
        OAS30Validator(content[request.headers["Content-Type"]]["schema"]).validate(fields)
