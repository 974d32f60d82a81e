"""Finds the routes of a path in the table of operations. What is not in the table is 404."""

import hmac
from collections.abc import Collection, Mapping
from typing import Final, Literal
from urllib.parse import unquote

import msgspec

from ..errors import ConnectorError, invalid_parameter
from ..log import MESSAGE
from ..settings import Settings
from .http import LARGEST_BODY, Request

LogEvent = Literal["sms", "verification", "query", "report", "health"]

OpenTo = Literal["all", "report token", "authorization", "signature"]
"""Who may call by HTTP.

``authorization`` is one of the values in the settings; ``signature`` is that, or the signature of
a webhook or of ZITADEL. The ``report token`` is a part of the path.
"""

_LONGEST_PART: Final = 8_000
"""In characters; decoding a longer part would take memory."""


class Route(msgspec.Struct, frozen=True):
    """One line of the table of operations.

    ``runs`` is the file and the function in ``operations/``. ``event`` is the name of its log
    lines. ``largest_body`` is in bytes. ``is_direct``: a direct invocation may name it.
    """

    method: str
    path: str
    operation: str
    runs: str
    event: LogEvent
    open_to: OpenTo
    largest_body: int = LARGEST_BODY
    is_direct: bool = True

    @property
    def sends(self) -> bool:
        """Whether it sends a message, so that its errors say whether one is out."""
        return self.event == MESSAGE


class Path(msgspec.Struct, frozen=True):
    """The routes of one path, each with its own method, and what the ``{}`` parts hold."""

    routes: tuple[Route, ...]
    parameters: Mapping[str, str] = {}

    @property
    def caller(self) -> str | None:
        """The service that the path names, such as ``logto``."""
        return self.parameters.get("caller")

    @property
    def sends(self) -> bool:
        return any(route.sends for route in self.routes)

    def route_of(self, request: Request) -> Route:
        """Return the route of a request. Raises ConnectorError (405 with ``allow``, or 413)."""
        for route in self.routes:
            if route.method == request.method or not request.is_http:
                _check_size(request, route.largest_body)
                return route
        allow = ", ".join(sorted(route.method for route in self.routes))
        raise ConnectorError("wrong_method", f"This path accepts only {allow}.", allow=allow)


def find_path(
    table: Collection[Route], request: Request, settings: Settings, callers: Collection[str]
) -> Path:
    """Find what a request asks for: its path, or the ``operation`` that a direct payload names.

    A slash at the end of a path does not matter. Without the report token, the path of reports is
    one like any other that does not exist. Raises ConnectorError (404; of a payload 400 or 413).
    """
    if not request.is_http:
        return _named(table, request)
    path, base_path = request.path, settings.base_path
    if path == base_path or path.startswith(f"{base_path}/"):
        parts = path[len(base_path) :].removesuffix("/").split("/")[1:]
        found = [
            (route, parameters)
            for route in table
            if (parameters := _match(route.path, parts, callers)) is not None
        ]
        if found and _may_report(found[0][1], settings.report_token):
            # In `/verifications/check`, `check` is not an id: the literal pattern wins.
            parameters = min((one for _, one in found), key=len)
            return Path(tuple(route for route, one in found if one == parameters), parameters)
    raise ConnectorError("no_route", "There is no such path.")


def _named(table: Collection[Route], request: Request) -> Path:
    _check_size(request, LARGEST_BODY)
    named = request.fields.get("operation", "send")
    direct = [route for route in table if route.is_direct]
    for route in direct:
        if route.operation == named:
            return Path((route,))
    names = ", ".join(sorted({route.operation for route in direct}))
    raise invalid_parameter("operation", f"must be one of {names}")


def _may_report(parameters: Mapping[str, str], report_token: str) -> bool:
    token = parameters.get("token")
    if token is None:
        return True
    same = hmac.compare_digest(token.encode(errors="surrogatepass"), report_token.encode())
    return same and bool(report_token)


def _check_size(request: Request, largest: int) -> None:
    if request.body is not None and len(request.body) > largest:
        raise ConnectorError("too_large", f"The body may be at most {largest} bytes.")


def _match(pattern: str, parts: list[str], callers: Collection[str]) -> Mapping[str, str] | None:
    names = pattern.rstrip("/").split("/")[1:]
    if len(names) != len(parts):
        return None
    parameters = {}
    for name, part in zip(names, parts, strict=True):
        if not name.startswith("{"):
            if name != part:
                return None
        elif len(part) > _LONGEST_PART or (name == "{caller}" and part not in callers):
            return None
        else:
            parameters[name[1:-1]] = unquote(part)
    return parameters
