"""Which proxy a request goes through, by ``HTTP_PROXY``, ``HTTPS_PROXY`` and ``NO_PROXY``."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from ..settings import HTTP_PROXY, HTTPS_PROXY, Proxies

_NOT_A_URL: Final = "is not the URL of a proxy, such as http://10.0.0.1:3128"
_OTHER_KINDS: Final = {
    "socks": "names a SOCKS proxy, which is not supported: give an http:// one, or unset it",
    "https": "begins with https://, which is not supported: give an http:// proxy, or unset it",
}


class Origin(msgspec.Struct, frozen=True):
    """A server: what is reached there, with or without TLS. An IPv6 host has no brackets."""

    tls: bool
    host: str
    port: int

    @property
    def authority(self) -> str:
        """``host:port``, as a CONNECT names it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def short_authority(self) -> str:
        """The same without the default port, as a URL and a ``Host`` header name it."""
        return self.authority.removesuffix(":443" if self.tls else ":80")


class Proxy(msgspec.Struct, frozen=True):
    """A proxy that speaks HTTP without TLS. ``authorization`` may be empty."""

    host: str
    port: int
    authorization: str

    def __repr__(self) -> str:
        return "Proxy()"


class UnusableProxyError(Exception):
    """The setting names no proxy that can be used. The text names the variable, never its value."""


def proxy_for(origin: Origin, proxies: Proxies) -> Proxy | None:
    """Return the proxy for this server; None where it is reached directly.

    Raises UnusableProxyError if the setting is not an ``http://`` URL.
    """
    url = (proxies.https if origin.tls else proxies.http).strip()
    if not url or _is_direct(origin, proxies.no_proxy):
        return None
    name = HTTPS_PROXY if origin.tls else HTTP_PROXY
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or 80
    except ValueError:
        raise UnusableProxyError(f"{name} {_NOT_A_URL}") from None
    if parts.scheme != "http":
        kind = next((kind for kind in _OTHER_KINDS if parts.scheme.startswith(kind)), "")
        raise UnusableProxyError(f"{name} {_OTHER_KINDS.get(kind, _NOT_A_URL)}")
    if not parts.hostname:
        raise UnusableProxyError(f"{name} {_NOT_A_URL}")
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {b64encode(pair.encode()).decode()}"
    return Proxy(parts.hostname, port, authorization)


def _is_direct(origin: Origin, no_proxy: str) -> bool:
    import ipaddress  # only where there is a proxy: it takes 3 ms

    host = origin.host.lower().rstrip(".")
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return any(
            entry == "*" or f".{host}".endswith(f".{entry.removeprefix('*').lstrip('.')}")
            for entry in _entries(no_proxy, origin.port)
        )
    if address.is_loopback:
        return True
    for entry in _entries(no_proxy, origin.port):
        if entry == "*":
            return True
        try:
            if address in ipaddress.ip_network(entry, strict=False):
                return True
        except ValueError:
            continue
    return False


def _entries(no_proxy: str, port: int) -> Iterator[str]:
    """Yield the entries that hold for this port, without it and without brackets."""
    for entry in no_proxy.lower().replace(" ", ",").split(","):
        name, colon, digits = entry.rpartition(":")
        if colon and digits.isdigit() and (name.endswith("]") or ":" not in name):
            if int(digits) != port:
                continue
            entry = name
        if entry := entry.strip("[]").rstrip("."):
            yield entry
