"""The address of a store: what the URL in SMS_CONNECTOR_STORE may say."""

from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from ..errors import invalid_config
from ..settings import STORE

MEMORY: Final = "memory://"
PORT: Final = 6379
_SCHEMES: Final = ("redis", "rediss")


class Address(msgspec.Struct, frozen=True):
    """Where a server is, and how to log in."""

    host: str
    port: int = PORT
    database: int = 0
    username: str = ""
    password: str = ""
    tls: bool = False

    def __repr__(self) -> str:
        return f"Address({self.host!r}, {self.port})"


def parse_address(url: str) -> Address:
    """Read ``redis://[user][:password]@host[:port][/database]``, or ``rediss://`` for TLS.

    Raises ConnectorError (``invalid_config``) that names the variable and never the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its text quotes what it could not read
        raise _invalid("has an invalid host or port") from None
    if parts.scheme not in _SCHEMES or url[len(parts.scheme) :][:3] != "://":
        raise _invalid("must begin with redis:// or rediss://, or be memory://")
    if not parts.hostname or any(letter <= " " for letter in url):
        raise _invalid("names no host")
    if port == 0:
        raise _invalid("has an invalid host or port")
    if parts.query or parts.fragment:
        raise _invalid("has a ? or # in it: write those of a password as %3F and %23")
    database = parts.path.removeprefix("/")
    if database and not (database.isascii() and database.isdigit() and len(database) <= 4):
        raise _invalid("must end with the number of a database, such as /0, or with none")
    if parts.username and not parts.password:
        raise _invalid("has a user name without a password: write :password@ for the default user")
    return Address(
        parts.hostname,
        port or PORT,
        int(database or 0),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.scheme == "rediss",
    )


def _invalid(problem: str) -> Exception:
    return invalid_config(
        f"{STORE} {problem}. It is redis://user:password@host:port/database, or rediss:// for TLS."
    )
