"""The code in the text of a message, for services that send the text alone."""

import re
from collections.abc import Iterator, Mapping

from ..errors import invalid_parameter
from .fields import required_text

_CODE = re.compile(r"[0-9]{4,10}")
_WORD = re.compile(r"[A-Za-z\d]+")  # here \d is a digit of any script
_RUN = re.compile(r"\d{4}")
_LONGEST_RUN = 10
_SHORTEST_SPLIT = 5
# 123-456 and 123 456, but neither 10-15 and 10:00-12:00 nor a code with a number after it.
_SPLIT = re.compile(r"(?<![\d:])(?:\d+(?:[-‐‑]\d+)+|\d{1,4}(?:[ \u00a0]\d{1,4})+)(?![\d:])")


def code_in(fields: Mapping[str, object], name: str) -> str:
    """Return the one run of 4 to 10 digits in a text. The same run again is no second code.

    What else could be the code counts as a run: digits beside letters or of another script, and
    digits split by a space or a hyphen.
    Raises ConnectorError for no run or several: a wrong code must not be sent.
    """
    runs = set(_runs(required_text(fields, name)))
    codes = [run for run in runs if _CODE.fullmatch(run)]
    if len(runs) != 1 or not codes:
        found = "more than one run" if codes else "no run"
        raise invalid_parameter(
            name, f"has {found} of 4 to 10 digits: it must have one, which is the code"
        )
    return codes[0]


def _runs(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if _RUN.search(word) and not (word.isdecimal() and len(word) > _LONGEST_RUN):
            yield word
    for split in _SPLIT.findall(text):
        if sum(map(str.isdecimal, split)) >= _SHORTEST_SPLIT:
            yield split
