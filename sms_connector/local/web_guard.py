"""Refuse what web pages of other sites send to a server on this machine.

Every page of every site can send requests to 127.0.0.1, and with a host name that its owner
points there (DNS rebinding) it can read the answers too. A request must name a known host, and a
browser's must come from a page of that host. Clients that are not browsers send neither an
`Origin` nor a `Sec-Fetch-Site`.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

_NAME = re.compile(r"[a-z0-9._:-]{1,253}")

# The name by which a container reaches the machine that it runs on.
_MACHINE_OF_CONTAINER = "host.docker.internal"

OTHER_PAGE = "Requests of other pages are refused."


class Hosts:
    """The host names that requests to a server may name, at any port.

    A server that listens on a loopback address has the names in `LOOPBACK_NAMES`. One that
    listens elsewhere also has every plain address, which cannot be rebound as a name can, and
    `host.docker.internal`. `others` are allowed in both cases.
    """

    def __init__(self, listens_on: str, others: Iterable[str] = ()) -> None:
        self._open = not _is_loopback(listens_on)
        self._names = {*LOOPBACK_NAMES, *(name.lower() for name in (listens_on, *others) if name)}
        if self._open:
            self._names.add(_MACHINE_OF_CONTAINER)

    def __contains__(self, host: str) -> bool:
        """Return whether the value of a `Host` header is allowed."""
        name = _name_of(host)
        return name in self._names or (self._open and _is_address(name))


def other_page(headers: Headers, *, opens_page: bool) -> bool:
    """Return whether a page of another origin sends the request, by what the browser says.

    `opens_page` is whether a link of another page may lead to the address, such as that of a page
    or of an answer that changes nothing.
    """
    host = headers.get("host", "").lower()
    origins = headers.getlist("origin")
    if any(origin.lower() not in (f"http://{host}", f"https://{host}") for origin in origins):
        return True
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    return not (
        opens_page
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


class WebGuard:
    """Passes on the requests that come from no page, or from a page of this server.

    `refuse` makes the answer to any other from a sentence for its body.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts, refuse: Callable[[str], ASGIApp]) -> None:
        self._app = app
        self._hosts = hosts
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        app = self._app
        if host not in self._hosts:
            app = self._refuse(_unknown_host(_name_of(host)))
        elif other_page(headers, opens_page=scope["method"] == "GET"):
            app = self._refuse(OTHER_PAGE)
        await app(scope, receive, send)


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _unknown_host(name: str) -> str:
    if not _NAME.fullmatch(name):
        return "The Host header is missing or not a host name."
    return f"{name} is not a name of this server: start it with --allow-host {name}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
