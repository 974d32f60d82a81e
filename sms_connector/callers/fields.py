"""Reading the fields of a body that somebody else wrote."""

from collections.abc import Mapping

from ..errors import ConnectorError, bad_parameter, missing_parameter


def required_text(body: Mapping[str, object], path: str) -> str:
    """Give a field that must be there. ``null`` counts as not there."""
    text = optional_text(body, path)
    if text is None:
        raise missing_parameter(path)
    return text


def optional_text(body: Mapping[str, object], path: str) -> str | None:
    """Give a field that may be left out. The path of one inside another is ``outer.inner``."""
    outer, _, inner = path.rpartition(".")
    if outer:
        value = body.get(outer)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise bad_parameter(outer, "must be an object")
        body = value
    value = body.get(inner)
    if value is not None and not isinstance(value, str):
        raise bad_parameter(path, "must be a string")
    return value


def named(error: ConnectorError, names: Mapping[str, str]) -> ConnectorError:
    """Tell an error about our fields in a caller's own names for them."""
    message = error.message
    for ours, theirs in names.items():
        message = message.replace(f"`{ours}`", f"`{theirs}`")
    return error.again(message)
