"""Which messages go through a proxy, and what it is told."""

import os
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from pytest_mock import MockerFixture

from sms_connector.provider.proxy import Origin, Proxy, proxy_for
from sms_connector.settings import read_settings
from sms_connector.web.error_responses import STATUS, error_body
from tests.support.scripted_provider import (
    ScriptedProvider,
    accept,
    answer,
    close,
    hang,
    reset,
    stall,
    tunnel_to,
)
from tests.support.sending import connector_at, failure, send

Providers = Callable[..., ScriptedProvider]

CREDENTIALS = "Basic " + b64encode("somebody:pass wörd".encode()).decode()


def with_credentials(endpoint: str) -> str:
    return endpoint.replace("http://", "http://somebody:pass%20w%C3%B6rd@")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy"])
def test_a_message_without_tls_goes_to_the_proxy_with_its_whole_url(
    monkeypatch: pytest.MonkeyPatch, provider: Providers, name: str
) -> None:
    proxy = provider(accept)
    monkeypatch.setenv(name, with_credentials(proxy.endpoint))
    for _ in range(2):
        assert send(connector_at("http://sms.example")).biz_id == "BIZ-1"
    assert proxy.targets[0].startswith("http://sms.example/?")
    assert f"\r\nproxy-authorization: {CREDENTIALS}\r\n" in proxy.heads[1]
    assert "\r\nhost: sms.example\r\n" in proxy.heads[1]
    assert proxy.connections == 1


@pytest.mark.parametrize("credentials", [False, True])
def test_a_message_with_tls_goes_through_a_tunnel(
    monkeypatch: pytest.MonkeyPatch, provider: Providers, trusted: ssl.SSLContext, credentials: bool
) -> None:
    secure = provider(accept, tls=trusted)
    proxy = provider(tunnel_to(secure.endpoint))
    monkeypatch.setattr("sms_connector.provider.proxy._is_direct", lambda *_: False)
    url = with_credentials(proxy.endpoint) if credentials else proxy.endpoint
    monkeypatch.setenv("HTTPS_PROXY", url.removeprefix("http://"))
    for _ in range(2):
        assert send(connector_at(secure.endpoint)).biz_id == "BIZ-1"
    assert proxy.targets == [secure.endpoint.removeprefix("https://")]
    assert (CREDENTIALS in proxy.heads[0]) is credentials
    assert not any("proxy-authorization" in head for head in secure.heads)
    assert (secure.connections, len(secure.requests)) == (1, 2)


def test_the_name_of_the_provider_is_checked_inside_of_a_tunnel(
    monkeypatch: pytest.MonkeyPatch, provider: Providers, trusted: ssl.SSLContext
) -> None:
    secure = provider(accept, tls=trusted)
    monkeypatch.setenv("HTTPS_PROXY", provider(tunnel_to(secure.endpoint)).endpoint)
    error = failure(connector_at("https://sms.example"))
    assert (STATUS[error.kind], error.sent) == (503, False)
    assert "certificate" in error.message
    assert secure.requests == []


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (answer(403, ""), "proxy"),
        (answer(407, "<html>who are you"), "proxy"),
        (answer(200, "too much"), "proxy"),
        (lambda connection: connection.sendall(b"SSH-2.0\r\n"), "proxy"),
        (lambda connection: connection.sendall(b"A: b\r\n" * 20_000), "proxy"),
        (
            lambda connection: connection.sendall(b"HTTP/1.1 200 \r\n" + b"A: b\r\n" * 20_000),
            "proxy",
        ),
        (hang, "in time"),
        (stall, "proxy"),
        (close, "broke"),
        (reset, "broke"),
    ],
)
def test_a_proxy_that_opens_no_tunnel_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
    provider: Providers,
    act: Callable[[socket.socket], None],
    why: str,
) -> None:
    proxy = provider(act)
    monkeypatch.setenv("HTTPS_PROXY", with_credentials(proxy.endpoint))
    error = failure(connector_at("https://sms.example", connectTimeout=200))
    assert (STATUS[error.kind], error.sent) == (503, False)
    assert why in error.message
    assert "somebody" not in f"{error!r} {error_body(error)}"


def test_what_a_silent_proxy_was_given_may_have_gone_out(
    monkeypatch: pytest.MonkeyPatch, provider: Providers
) -> None:
    proxy = provider(hang)
    monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
    error = failure(connector_at("http://sms.example", readTimeout=300))
    assert (STATUS[error.kind], error.sent) == (504, None)
    assert len(proxy.requests) == 1


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://user:Zq8-secret@proxy.example", "begins with https://, which is not supported"),
        ("socks5://user:Zq8-secret@proxy.example", "names a SOCKS proxy, which is not supported"),
        ("socks5h://proxy.example:1080", "names a SOCKS proxy, which is not supported"),
        ("ftp://user:Zq8-secret@proxy.example", "is not the URL of a proxy"),
        ("'http://user:Zq8-secret@proxy.example'", "is not the URL of a proxy"),
        ("http://user:Zq8-secret@proxy.example:port", "is not the URL of a proxy"),
        ("http://user:Zq8-secret@[::1", "is not the URL of a proxy"),
        ("http://", "is not the URL of a proxy"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_cannot_work_is_a_problem_of_the_settings_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, mocker: MockerFixture, url: str, problem: str, scheme: str
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", url)
    pause = mocker.patch("sms_connector.provider.client.time.sleep")
    error = failure(connector_at(f"{scheme}://sms.example"))
    assert (error.kind, error.sent, error.retry_after) == ("invalid_config", False, None)
    assert f"{scheme.upper()}_PROXY {problem}" in error.message
    assert "Zq8" not in f"{error!r} {error_body(error)}"
    assert not pause.called


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        ({"HTTPS_PROXY": "socks5://proxy.example"}, "http://localhost:{}"),
        ({"HTTP_PROXY": "socks5://proxy.example"}, "http://localhost:{}"),
        ({"ALL_PROXY": "socks5://proxy.example"}, "http://sms.example:{}"),
        (
            {"HTTP_PROXY": "socks5://proxy.example", "NO_PROXY": "sms.example"},
            "http://sms.example:{}",
        ),
    ],
    ids=["for TLS", "this machine", "of all", "left out"],
)
def test_a_proxy_that_is_not_used_does_not_matter(
    monkeypatch: pytest.MonkeyPatch,
    mocker: MockerFixture,
    provider: Providers,
    variables: dict[str, str],
    host: str,
) -> None:
    direct = provider(accept)
    resolve = socket.getaddrinfo
    mocker.patch(
        "socket.getaddrinfo",
        side_effect=lambda _host, *more, **named: resolve("127.0.0.1", *more, **named),
    )
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert send(connector_at(host.format(direct.endpoint.rpartition(":")[2]))).biz_id == "BIZ-1"


def test_the_function_says_which_variable_to_change_and_logs_it_once(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    invoke: Callable[[object], Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure({**example, "endpoint": "https://sms.example"})
    monkeypatch.setenv("HTTPS_PROXY", "socks5://user:Zq8-secret@proxy.example")
    for code in ("246810", "135790"):
        answer = invoke({"phone": "13812345678", "usageType": "SignIn", "code": code})
        assert (answer["error"]["code"], answer["error"]["http_code"]) == ("invalid_config", 500)
        assert "HTTPS_PROXY names a SOCKS proxy" in answer["error"]["message"]
    assert caplog.text.count("HTTPS_PROXY names a SOCKS proxy") == 1
    assert "Zq8" not in caplog.text


def test_spaces_around_a_proxy_s_url_are_left_out(
    monkeypatch: pytest.MonkeyPatch, provider: Providers
) -> None:
    proxy = provider(accept)
    monkeypatch.setenv("HTTP_PROXY", f" {proxy.endpoint} \n")
    assert send(connector_at("http://sms.example")).biz_id == "BIZ-1"


@pytest.mark.parametrize("no_proxy", ["", "sms.example"])
def test_a_name_of_no_proxy_is_reached_directly(
    monkeypatch: pytest.MonkeyPatch, mocker: MockerFixture, provider: Providers, no_proxy: str
) -> None:
    direct, proxy = provider(accept), provider(accept)
    resolve = socket.getaddrinfo
    mocker.patch(
        "socket.getaddrinfo",
        side_effect=lambda _host, *more, **named: resolve("127.0.0.1", *more, **named),
    )
    monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    send(connector_at(direct.endpoint.replace("localhost", "sms.example")))
    assert len(direct.requests) == bool(no_proxy)
    assert len(proxy.requests) == (not no_proxy)


DIRECT: list[tuple[str, str, int, bool]] = [
    ("", "localhost", 80, True),
    ("", "127.0.0.1", 80, True),
    ("", "127.9.9.9", 80, True),
    ("", "::1", 80, True),
    ("", "localhost.example", 80, False),
    ("", "127.0.0.1.example", 80, False),
    ("", "10.0.0.1", 80, False),
    ("*", "sms.example", 80, True),
    ("*", "10.0.0.1", 80, True),
    ("sms.example", "sms.example", 80, True),
    ("SMS.Example", "sms.example", 80, True),
    ("sms.example", "SMS.example.", 80, True),
    ("example", "sms.example", 80, True),
    (".example", "sms.example", 80, True),
    ("*.example", "sms.example", 80, True),
    ("s.example", "sms.example", 80, False),
    ("sms.example.org", "sms.example", 80, False),
    ("other, sms.example", "sms.example", 80, True),
    ("other sms.example", "sms.example", 80, True),
    (",", "sms.example", 80, False),
    ("sms.example:80", "sms.example", 80, True),
    ("sms.example:81", "sms.example", 80, False),
    ("10.0.0.1", "10.0.0.1", 80, True),
    ("10.0.0.1:80", "10.0.0.1", 80, True),
    ("10.0.0.1:81", "10.0.0.1", 80, False),
    ("10.0.0.0/8", "10.1.2.3", 80, True),
    ("10.0.0.0/8", "11.1.2.3", 80, False),
    ("10.0.0.0/99", "10.1.2.3", 80, False),
    ("0.0.1", "10.0.0.1", 80, False),
    ("fd00::/8", "fd12::1", 80, True),
    ("fd12::1", "fd12::1", 80, True),
    ("[fd12::1]:80", "fd12::1", 80, True),
    ("[fd12::1]:81", "fd12::1", 80, False),
]


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(("no_proxy", "host", "port", "is_direct"), DIRECT)
def test_what_no_proxy_names_and_this_machine_are_reached_directly(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, host: str, port: int, is_direct: bool, tls: bool
) -> None:
    monkeypatch.setenv("http_proxy", "proxy.example:3128")
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", no_proxy)
    found = proxy_for(Origin(tls, host, port), read_settings(os.environ).proxies)
    assert found == (None if is_direct else Proxy("proxy.example", 3128, ""))


def test_a_proxy_s_password_is_not_in_its_repr() -> None:
    assert "Zq8" not in repr(Proxy("proxy.example", 80, "Basic Zq8-secret"))
