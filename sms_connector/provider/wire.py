"""The wire: one request goes out once, and its outcome is known as far as it can be.

No redirect is followed, and nothing is sent again. Connections are kept for all threads. What
does not end in an answer is a WireError, and it holds nothing of the request.
"""

import re
import socket
import ssl
from collections.abc import Mapping

from .call import Stage, TrackedCall, WireError
from .connection import Connection, IdleConnections, ProxyRefusalError, Route, connect
from .http1 import Answer, BadAnswerError, compose_request
from .proxy import Origin, UnusableProxyError, proxy_for

_URL = re.compile(r"(https?)://(?:\[([0-9a-f:.]+)\]|([^][/?#@:\s]+))(?::(\d{1,5}))?(/?[^#]*)", re.I)
_REDIRECTS = (301, 302, 303, 307, 308)

idle_connections = IdleConnections()


def send(
    method: str, url: str, headers: Mapping[str, object], body: bytes, call: TrackedCall
) -> Answer:
    """Send one request and return its whole answer.

    ``url`` must be encoded, header names in lower case. Raises WireError; ``call`` says in any case
    how far the request got.
    """
    call.stage = Stage.CONNECTING
    try:
        return _send(method, url, headers, body, call)
    except Exception as error:  # noqa: BLE001  (its traceback holds the request: not passed on)
        call.reason = _reason(error)
        call.needs_settings = isinstance(error, UnusableProxyError)
    raise WireError(call.stage, call.reason)


def _send(
    method: str, url: str, headers: Mapping[str, object], body: bytes, call: TrackedCall
) -> Answer:
    origin, target = _split(url)
    proxy = proxy_for(origin, call.proxies)
    if proxy is not None and not origin.tls:
        target = f"http://{origin.short_authority}{target}"
        if proxy.authorization:
            headers = {**headers, "proxy-authorization": proxy.authorization}
    if "host" not in headers:
        headers = {"host": origin.short_authority, **headers}
    request = compose_request(method, target, headers, body)
    route = Route(origin, proxy)
    connection = idle_connections.take(route) or connect(route, call)
    answer = _exchange(connection, request, call)
    if answer.head.status in _REDIRECTS:
        raise BadAnswerError("it answered with a redirect")
    return answer


def _exchange(connection: Connection, request: bytes, call: TrackedCall) -> Answer:
    ends_clean = False
    try:
        answer = connection.exchange(request, call)
        ends_clean = answer.ends_clean
        return answer
    finally:
        if ends_clean:
            idle_connections.keep(connection)
        else:
            connection.close()


def _split(url: str) -> tuple[Origin, str]:
    """Return the server of a URL, and the request target. Raises ValueError for an invalid URL."""
    parts = _URL.fullmatch(url.partition("#")[0])
    if parts is None:
        raise ValueError
    scheme, address, name, port, target = parts.groups()
    tls = scheme.lower() == "https"
    origin = Origin(tls, address or name, int(port or (443 if tls else 80)))
    return origin, target if target.startswith("/") else f"/{target}"


def _reason(error: Exception) -> str:
    """Say what kind of failure it was. The text of an error of others may quote the request."""
    match error:
        case BadAnswerError() | UnusableProxyError():
            return str(error)
        case ProxyRefusalError():
            return "the proxy did not let it through"
        case TimeoutError():
            return "it did not answer in time"
        case socket.gaierror() | UnicodeError():
            return "its name could not be resolved"
        case ssl.SSLError():
            return "its certificate is not trusted, or TLS failed"
        case ValueError():
            return "its URL or a header is not valid"
        case ConnectionRefusedError():
            return "the connection was refused"
        case _:
            return "the connection broke"
