"""The code in the text of a message, for services that send the text alone."""

import re
from collections.abc import Mapping

from ..errors import invalid_parameter
from .fields import required_text

_RUN = re.compile(r"(?<![0-9])[0-9]{4,10}(?![0-9])")


def code_in(fields: Mapping[str, object], name: str) -> str:
    """Return the one run of 4 to 10 digits in a text. The same run again is no second code.

    Raises ConnectorError if there is none or more than one, since a wrong code is worse than none.
    """
    codes: set[str] = set(_RUN.findall(required_text(fields, name)))
    if len(codes) != 1:
        found = "more than one run" if codes else "no run"
        raise invalid_parameter(
            name, f"has {found} of 4 to 10 digits: it must have one, which is the code"
        )
    return codes.pop()
