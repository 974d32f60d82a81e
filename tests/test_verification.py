"""A whole verification over real sockets: the function, an emulator, a Redis server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from sms_connector.local.emulate.server import Emulator
from tests.support.redis_server import RedisServer
from tests.support.serving import serving
from tests.support.verifying import SECRET

HEADERS = {"Authorization": "a-key-for-tests"}


@pytest.fixture
def urls(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[str, str]]:
    """Two instances of the function: one behind an HTTP trigger, one behind API Gateway."""
    with RedisServer() as server:
        configure({**example, "limits": {"perNumber": ["1/minute"]}})
        monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", HEADERS["Authorization"])
        monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
        monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
        with serving("http3") as first, serving("apigw") as second:
            yield first, second


def test_the_code_in_the_sms_is_approved_once_over_all_instances(
    urls: tuple[str, str], emulator: Emulator
) -> None:
    first, second = urls
    start = {"phone": "13812345678", "usageType": "SignIn"}
    started = requests.post(f"{first}/verifications", json=start, headers=HEADERS, timeout=10)
    assert started.status_code == 201
    refused = requests.post(f"{second}/verifications", json=start, headers=HEADERS, timeout=10)
    assert (refused.status_code, refused.json()["error"]["limit"]["rule"]) == (429, "perNumber")
    (sms,) = emulator.inbox.messages()
    code = sms.template_param["code"]
    assert code in sms.content

    def check(index: int) -> int:
        url = (first, second)[index % 2]
        path = (f"/verifications/{started.json()['id']}/check", "/verifications/check")[index // 2]
        body = {"phone": "+86 138 1234 5678", "usageType": "SignIn", "code": code}
        return requests.post(url + path, json=body, headers=HEADERS, timeout=10).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(check, range(4))) == [200, 404, 404, 404]
    state = requests.get(
        f"{second}/verifications/{started.json()['id']}", headers=HEADERS, timeout=10
    ).json()
    assert (state["status"], state["attemptsLeft"]) == ("approved", 5)
    assert state["expiresAt"] == started.json()["expiresAt"]
