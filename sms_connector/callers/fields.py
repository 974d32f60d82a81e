"""The fields of a request body."""

from collections.abc import Mapping

from ..errors import ConnectorError, invalid_parameter, missing_parameter
from ..limits.addresses import read_address
from ..web.http import Request


def required_text(body: Mapping[str, object], path: str) -> str:
    """Return a field that must be there. ``null`` counts as missing."""
    text = optional_text(body, path)
    if text is None:
        raise missing_parameter(path)
    return text


def optional_text(body: Mapping[str, object], path: str) -> str | None:
    """Return a field that may be left out. The path of one inside another is ``outer.inner``."""
    outer, _, inner = path.rpartition(".")
    if outer:
        value = body.get(outer)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise invalid_parameter(outer, "must be an object")
        body = value
    value = body.get(inner)
    if value is not None and not isinstance(value, str):
        raise invalid_parameter(path, "must be a string")
    return value


def optional_address(body: Mapping[str, object], path: str) -> str | None:
    """Return a field that may be left out or empty, and otherwise must be one IP address."""
    text = optional_text(body, path)
    if text and read_address(text) is None:
        raise invalid_parameter(
            path, "must be one IP address, not a list or a network: leave it out if it is not known"
        )
    return text


def first_text(body: Mapping[str, object], *paths: str) -> tuple[str, str]:
    """Return the path and the text of the first of these fields that is there and not empty.

    Raises ConnectorError that names the first of them, if none is.
    """
    for path in paths:
        if text := optional_text(body, path):
            return path, text
    raise missing_parameter(paths[0])


def usage_type_of(request: Request, default: str) -> str:
    """Return the usage type in the address (``?usageType=SignIn``), or the default one.

    For services whose body has none. Whether it is a valid name is checked by Message.
    """
    return request.query.get("usageType") or default


def renamed(error: ConnectorError, names: Mapping[str, str]) -> ConnectorError:
    """Return an error about one of our fields by the caller's own name for it."""
    return error.copy(field=names.get(error.field, error.field))
