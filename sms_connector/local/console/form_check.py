"""Whether the form makes a valid connector JSON, and what is wrong with each field if not."""

import re
from typing import Any

import msgspec

from ...config import ConnectorConfig, parse_config
from ..check.config import check_config
from ..check.finding import Check
from .form import Form
from .mistakes import mistakes

_OF_A_REGION = re.compile(r"(templateCode|signName)\.[^.]+$")


class InvalidFormError(Exception):
    """The form does not make a valid connector JSON."""

    def __init__(self, problems: tuple[Check, ...]) -> None:
        super().__init__("The settings are invalid.")
        self.problems = problems


def problems_of(whole: dict[str, Any], form: Form) -> tuple[Check, ...]:
    """Return what is wrong with each field: the mistake behind it, where one is known."""
    known = tuple(mistakes(form))
    fields = {_field(mistake.subject) for mistake in known}
    found = (check for check in check_config(msgspec.json.encode(whole)) if not check.ok)
    return (*(check for check in found if _field(check.subject) not in fields), *known)


def _field(subject: str) -> str:
    """Return the path of the code or sign that one of a region is part of, or the path itself."""
    return _OF_A_REGION.sub(r"\1", subject)


def valid_config(whole: dict[str, Any], form: Form) -> ConnectorConfig:
    """Return the config of a form. Raises InvalidFormError."""
    problems = problems_of(whole, form)
    if problems:
        raise InvalidFormError(problems)
    return parsed_config(whole)


def parsed_config(whole: dict[str, Any]) -> ConnectorConfig:
    return parse_config(msgspec.json.encode(whole))
