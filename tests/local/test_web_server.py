from __future__ import annotations

import errno
import socket

import pytest

from sms_connector.local.web_server import listen, listen_or_pick, listen_problem, url_of


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with listen_or_pick("127.0.0.1", port) as second:
            assert second.getsockname()[1] != port
        with pytest.raises(OSError, match="in use"):
            listen("127.0.0.1", port)


def test_a_free_port_is_kept(free_port: int) -> None:
    with listen_or_pick("127.0.0.1", free_port) as listener:
        assert listener.getsockname()[1] == free_port


def test_an_ipv6_address_has_brackets_in_its_url() -> None:
    try:
        listener = listen("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert url_of(listener) == f"http://[::1]:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.EADDRINUSE, "in use"), "Port 80 of h is taken: stop what listens there"),
        (OSError(errno.EACCES, "Permission denied"), "cannot be opened: Permission denied."),
        (OSError(errno.EADDRNOTAVAIL, "x"), "h is not an address of this machine."),
        (socket.gaierror(-2, "x"), "h is not an address of this machine."),
    ],
)
def test_a_problem_with_a_port_is_one_sentence(error: OSError, sentence: str) -> None:
    assert sentence in listen_problem(error, "h", 80)
