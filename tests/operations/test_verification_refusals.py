"""What the operations on verifications refuse: ids, bodies and codes of any wrong form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sms_connector.function import Function
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from tests.support.functions import body_of
from tests.support.verification_client import PHONE, START, Client, code_of


@pytest.mark.parametrize(
    "identity",
    ["x", "x" * 22, "..", "%2e%2e", "%00", "%FF%FE", "null", "0", "é", "a" * 5_000, "%F0%9F%98%80",
     "{id}", "'--", "check%2Fcheck"],
)  # fmt: skip
def test_an_id_of_any_wrong_shape_is_404(client: Client, identity: str) -> None:
    answers = [
        client("GET", f"/verifications/{identity}"),
        client("DELETE", f"/verifications/{identity}"),
        client("POST", f"/verifications/{identity}/check", {"code": "246810"}),
    ]
    assert {answer.status for answer in answers} == {404}
    assert {answer.body["error"]["code"] for answer in answers} == {"verification_code.not_found"}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, None),
        (b"[]", 400, None),
        (b"\xff", 400, None),
        (b'{"a":' * 5_000, 400, None),
        (b'{"phone": "\\ud800", "usageType": "\\ud800", "code": "\\ud800"}', 400, None),
        ({}, 400, None),
        ({"phone": None, "usageType": "SignIn", "code": "246810"}, 400, "phone"),
        ({"phone": 13812345678, "usageType": "SignIn", "code": "246810"}, 400, "phone"),
        ({"phone": PHONE, "usageType": "", "code": "246810"}, 400, "usageType"),
        ({"phone": PHONE, "usageType": ["SignIn"], "code": "246810"}, 400, "usageType"),
        (b'{"phone": "1", "usageType": "SignIn", "code": "246810"}' + b" " * 65_536, 413, None),
    ],
)
@pytest.mark.parametrize(
    "path", ["/verifications", "/verifications/check", f"/verifications/{'x' * 22}/check"]
)
def test_hostile_bodies_are_refused(
    client: Client, emulator: Emulator, path: str, body: object, status: int, field: str | None
) -> None:
    answer = client("POST", path, body)
    if path.endswith("x/check") and isinstance(body, dict) and "code" in body:
        assert answer.status == 404
        return
    assert answer.status == status
    assert field is None or f"`{field}`" in answer.body["error"]["message"]
    assert ("sent" in answer.body["error"]) == (path == "/verifications")
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize("code", [246810, None, ["246810"], {"code": "246810"}, True, "", "24681a"])
def test_a_malformed_code_is_400_and_not_counted(
    client: Client, emulator: Emulator, code: object
) -> None:
    path = f"/verifications/{client('POST', '/verifications', START).body['id']}"
    answer = client("POST", f"{path}/check", {"code": code})
    assert answer.status == 400
    assert "`code`" in answer.body["error"]["message"]
    assert client("GET", path).body["attemptsLeft"] == 2
    assert client("POST", f"{path}/check", {"code": code_of(emulator)}).status == 200


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/verifications", "POST"),
        ("GET", "/verifications/check", "POST"),
        ("POST", f"/verifications/{'x' * 22}", "DELETE, GET"),
        ("GET", f"/verifications/{'x' * 22}/check", "POST"),
    ],
)
def test_a_wrong_method_is_405(client: Client, method: str, path: str, allow: str) -> None:
    answer = client(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allow)
    # Left out where the path has no operation that sends.
    assert ("sent" in answer.body["error"]) is (path == "/verifications")


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


_FIELDS = st.fixed_dictionaries(
    {},
    optional={name: _JSON | st.just(value) for name, value in {
        "phone": PHONE, "usageType": "SignIn", "code": "246810", "id": "x" * 22,
        "ip": "203.0.113.7",
        "idempotencyKey": "one"}.items()},
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    operation=st.sampled_from(
        ("startVerification", "checkVerification", "getVerification", "cancelVerification")
    ),
    fields=_FIELDS,
)
def test_no_payload_causes_an_unexpected_error(
    function: Function, operation: str, fields: dict[str, Any]
) -> None:
    event = json.dumps({**fields, "operation": operation}).encode()
    answer = body_of(function.handle(event, FcContext()))
    assert "Unexpected" not in answer.get("error", {}).get("message", "")
