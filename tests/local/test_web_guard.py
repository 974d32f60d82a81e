"""Requests of other sites' pages are refused by the emulator and by `serve`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from starlette.datastructures import Headers

from sms_connector.local.emulate.server import Emulator
from sms_connector.local.web_guard import Hosts, other_page
from tests.support.serving import serving


@pytest.mark.parametrize("listens_on", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8025", True),
        ("LOCALHOST:1", True),
        ("localhost", True),
        ("[::1]:8025", True),
        ("10.0.0.7:8025", False),
        ("host.docker.internal:8025", False),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example:8025", False),
        ("evil.example@127.0.0.1.", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_a_server_on_loopback_has_the_names_of_loopback(
    listens_on: str, host: str, allowed: bool
) -> None:
    assert (host in Hosts(listens_on)) is allowed


@pytest.mark.parametrize("listens_on", ["0.0.0.0", "::", "10.0.0.7", ""])  # noqa: S104
@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost:8025", True),
        ("10.0.0.7:8025", True),
        ("[fd00::7]:8025", True),
        ("host.docker.internal:8025", True),
        ("evil.example", False),
        ("10.0.0.7.evil.example", False),
        ("", False),
    ],
)
def test_a_server_on_another_address_has_every_plain_address(
    listens_on: str, host: str, allowed: bool
) -> None:
    assert (host in Hosts(listens_on)) is allowed


@pytest.mark.parametrize("listens_on", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_a_name_that_is_allowed_is_matched_whole(listens_on: str) -> None:
    hosts = Hosts(listens_on, ["Emulator", "sms.test"])
    assert "emulator:8025" in hosts
    assert "sms.test" in hosts
    assert "not-sms.test" not in hosts
    assert "a.sms.test" not in hosts


@pytest.mark.parametrize(
    ("headers", "opens_page", "refused"),
    [
        ({}, False, False),
        ({"origin": "http://localhost:1"}, False, False),
        ({"origin": "https://localhost:1"}, False, False),
        ({"origin": "http://localhost:2"}, False, True),
        ({"origin": "http://localhost"}, False, True),
        ({"origin": "https://evil.example"}, True, True),
        ({"origin": "null"}, True, True),
        ({"sec-fetch-site": "same-origin"}, False, False),
        ({"sec-fetch-site": "none"}, False, False),
        ({"sec-fetch-site": "same-site"}, True, True),
        ({"sec-fetch-site": "cross-site"}, True, True),
    ],
)
def test_origin_and_sec_fetch_site_decide(
    headers: dict[str, str], opens_page: bool, refused: bool
) -> None:
    sent = Headers({"host": "localhost:1", **headers})
    assert other_page(sent, opens_page=opens_page) is refused


@pytest.mark.parametrize(
    ("mode", "destination", "opens_page", "refused"),
    [
        ("navigate", "document", True, False),
        ("navigate", "document", False, True),
        ("navigate", "iframe", True, True),
        ("no-cors", "document", True, True),
        ("cors", "empty", True, True),
    ],
)
def test_a_link_of_another_page_opens_a_page_only(
    mode: str, destination: str, opens_page: bool, refused: bool
) -> None:
    headers = {
        "host": "localhost:1",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": mode,
        "sec-fetch-dest": destination,
    }
    assert other_page(Headers(headers), opens_page=opens_page) is refused


@pytest.fixture(params=["emulator", "serve"])
def url(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[str]:
    if request.param == "emulator":
        yield emulator.url
        return
    with serving() as url:
        yield url


class TestServers:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "evil.example"},
            {"Host": ""},
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    def test_requests_of_another_page_are_refused(
        self, url: str, method: str, headers: dict[str, str]
    ) -> None:
        for path in ("/", "/inbox"):
            answer = requests.request(method, url + path, headers=headers, timeout=5)
            assert answer.status_code == 403
            assert answer.headers["Content-Type"] == "application/json"

    def test_a_refusal_names_the_option_that_allows_the_host(self, url: str) -> None:
        answer = requests.get(url, headers={"Host": "sms.test:9000"}, timeout=5)
        assert "--allow-host sms.test" in answer.text

    def test_the_servers_own_page_is_answered(self, url: str) -> None:
        own = {"Origin": url, "Sec-Fetch-Site": "same-origin"}
        assert requests.get(f"{url}/health", headers=own, timeout=5).status_code != 403


def test_the_inbox_is_not_emptied_by_another_page(emulator: Emulator) -> None:
    before = emulator.inbox.revision
    foreign = {"Origin": "https://evil.example"}
    assert requests.delete(f"{emulator.url}/inbox", headers=foreign, timeout=5).status_code == 403
    assert emulator.inbox.revision == before


def test_the_emulator_answers_to_a_name_that_is_allowed() -> None:
    with Emulator(allow_hosts=["emulator"]) as emulator:
        for host, status in (("emulator:8025", 200), ("other:8025", 403)):
            answer = requests.get(f"{emulator.url}/inbox", headers={"Host": host}, timeout=5)
            assert answer.status_code == status


def test_a_refused_request_has_an_access_line() -> None:
    lines: list[str] = []
    with serving(lines=lines) as url:
        requests.post(f"{url}/logto", headers={"Host": "evil.example"}, timeout=5)
    assert "  POST  /logto  403  " in lines[0]
