import pytest

from sms_connector.errors import ConnectorError
from sms_connector.settings import Settings, read_settings
from sms_connector.store import open_stores
from sms_connector.store.address import Address, parse_address
from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://host", Address("host")),
        ("redis://host/", Address("host")),
        ("rediss://host:6380/3", Address("host", 6380, 3, tls=True)),
        ("redis://:secret@host", Address("host", password="secret")),
        ("redis://user:p%40ss%2Fword@host", Address("host", username="user", password="p@ss/word")),
        ("redis://user:a:b@host", Address("host", username="user", password="a:b")),
        ("redis://[::1]:7000/15", Address("::1", 7000, 15)),
        ("REDIS://host", Address("host")),
    ],
)
def test_a_url_is_read(url: str, address: Address) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "host:6379",
        "localhost",
        "http://:hunter2@host",
        "valkey://host",
        "redis:host",
        "redis:/host",
        "redis://",
        "redis://:hunter2@",
        "redis://:hunter2@:6379",
        "redis://:hunter2@host:port",
        "redis://:hunter2@host:0",
        "redis://:hunter2@host:70000",
        "redis://:hunter2@host:-1",
        "redis://:hunter2@[::1",
        "redis://:hunter2@ho st",
        "redis://:hunter2@host/one",
        "redis://:hunter2@host/-1",
        "redis://:hunter2@host/1/2",
        "redis://:hunter2@host/99999",
        "redis://:hunter2@host/١",
        "redis://:hunter2@host?db=1",
        "redis://:hunter2@host/0?ssl_cert_reqs=none",
        "redis://:hunter2#x@host",
        "redis://:hunter2?x@host",
        "redis://hunter2@host",
        "redis+sentinel://:hunter2@host",
        "unix:///var/run/redis.sock",
        "memory://host",
        "memory:",
        "memory",
    ],
)
def test_a_malformed_url_is_an_error_that_names_the_variable_and_no_password(url: str) -> None:
    with pytest.raises(ConnectorError) as error:
        open_stores(Settings(store=url, secrets=(SECRET,)))
    assert error.value.code == "invalid_config"
    assert "SMS_CONNECTOR_STORE" in error.value.message
    assert "hunter2" not in f"{error.value!r} {error.value} {error.value.__cause__!r}"
    assert error.value.__context__ is None or error.value.__suppress_context__


def test_no_password_is_in_what_an_address_shows() -> None:
    assert "hunter2" not in repr(parse_address("redis://user:hunter2@host"))


def test_a_server_needs_a_secret() -> None:
    with pytest.raises(ConnectorError, match="SMS_CONNECTOR_SECRET") as error:
        open_stores(read_settings({"SMS_CONNECTOR_STORE": "redis://:hunter2@host"}))
    assert error.value.code == "invalid_config"
    assert "hunter2" not in error.value.message


@pytest.mark.parametrize("url", ["", "memory://"])
def test_without_a_server_state_is_in_memory_under_a_random_secret(url: str) -> None:
    one, other = (open_stores(Settings(store=url)) for _ in range(2))
    assert isinstance(one.sending, Memory)
    assert one.sending is one.shared
    assert one.names.of("x") != other.names.of("x")


def test_a_server_comes_after_the_memory_for_sending_and_alone_for_all_else() -> None:
    stores = open_stores(Settings(store="redis://host", secrets=(SECRET,)))
    assert isinstance(stores.sending, Layered)
    assert isinstance(stores.shared, Mirrored)
