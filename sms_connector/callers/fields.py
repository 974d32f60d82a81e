"""Reading the fields of a body that somebody else wrote."""

from collections.abc import Mapping

from ..errors import bad_parameter, missing_parameter


def required_text(body: Mapping[str, object], name: str) -> str:
    """Give a field that must be there. ``null`` counts as not there."""
    text = optional_text(body, name)
    if text is None:
        raise missing_parameter(name)
    return text


def optional_text(body: Mapping[str, object], name: str) -> str | None:
    """Give a field that may be left out."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_parameter(name, "must be a string")
    return value
