"""The routes: which operation a method and a path name. What is not in the table is 404."""

import hmac
from collections.abc import Collection, Mapping
from typing import Final, Literal, get_args
from urllib.parse import unquote

import msgspec

from ..errors import ConnectorError, invalid_parameter
from .http import LARGEST_BODY, LARGEST_REPORT, Request

Operation = Literal[
    "send",
    "startVerification",
    "checkVerification",
    "getVerification",
    "cancelVerification",
    "getMessage",
    "getStats",
    "report",
    "health",
]

SENDING: Final[frozenset[Operation]] = frozenset({"send", "startVerification"})
"""The operations that send a message."""

_LONGEST_PART: Final = 8_000
"""In characters; decoding a longer part would take memory."""

_IN_PAYLOADS: Final[frozenset[Operation]] = frozenset(get_args(Operation)) - {"health", "report"}
# What a direct invocation may name as its ``operation``.

_ROUTES: Final[tuple[tuple[str, str, Operation], ...]] = (
    ("POST", "/", "send"),
    ("POST", "/{caller}", "send"),
    ("POST", "/verifications", "startVerification"),
    ("POST", "/verifications/check", "checkVerification"),
    ("GET", "/verifications/{id}", "getVerification"),
    ("DELETE", "/verifications/{id}", "cancelVerification"),
    ("POST", "/verifications/{id}/check", "checkVerification"),
    ("GET", "/messages/{bizId}", "getMessage"),
    ("GET", "/stats", "getStats"),
    ("POST", "/reports/{token}", "report"),
    ("GET", "/health", "health"),
)


class Route(msgspec.Struct, frozen=True):
    """The operations of one path by their method, and what its ``{}`` parts hold."""

    operations: Mapping[str, Operation]
    parameters: Mapping[str, str] = {}

    @property
    def caller(self) -> str | None:
        """The service that the path names, such as ``logto``."""
        return self.parameters.get("caller")

    def operation_of(self, request: Request) -> Operation:
        """Return the operation. Raises ConnectorError (405 with ``allow``, or 413)."""
        operation = self.operations.get(request.method)
        if operation is None:
            allow = ", ".join(sorted(self.operations))
            raise ConnectorError("wrong_method", f"This path accepts only {allow}.", allow=allow)
        _check_size(request, LARGEST_REPORT if operation == "report" else LARGEST_BODY)
        return operation


def find_route(
    path: str, base_path: str, callers: Collection[str], report_token: str = ""
) -> Route:
    """Find the route of a path below ``base_path``. A slash at its end does not matter.

    Without the ``report_token``, the path of reports is one like any other that does not exist.
    Raises ConnectorError (404).
    """
    if path == base_path or path.startswith(f"{base_path}/"):
        parts = path[len(base_path) :].removesuffix("/").split("/")[1:]
        routes = [
            (parameters, method, operation)
            for method, pattern, operation in _ROUTES
            if (parameters := _match(pattern, parts, callers)) is not None
        ]
        if routes and _may_report(routes[0][0], report_token):
            # In `/verifications/check`, `check` is not an id: the literal pattern wins.
            parameters = min((one for one, _, _ in routes), key=len)
            found = {method: operation for one, method, operation in routes if one == parameters}
            return Route(found, parameters)
    raise ConnectorError("no_route", "There is no such path.")


def _may_report(parameters: Mapping[str, str], report_token: str) -> bool:
    token = parameters.get("token")
    if token is None:
        return True
    same = hmac.compare_digest(token.encode(errors="surrogatepass"), report_token.encode())
    return same and bool(report_token)


def route_of_payload(request: Request) -> Route:
    """Return the route of a direct invocation: its ``operation``, or ``send``.

    Raises ConnectorError (400 or 413).
    """
    _check_size(request, LARGEST_BODY)
    named = request.fields.get("operation", "send")
    for operation in _IN_PAYLOADS:
        if operation == named:
            return Route({request.method: operation})
    raise invalid_parameter("operation", f"must be one of {', '.join(sorted(_IN_PAYLOADS))}")


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
