"""The code blocks of a Markdown page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import NamedTuple

_FENCE = re.compile(r"(?:^([^\n]+)\n\n)?^ *```(\w+)\n(.*?)^ *```$", re.S | re.M)


class Fence(NamedTuple):
    """A block of code, and the last line of the paragraph before it; empty if there is none."""

    before: str
    language: str
    code: str


def fences(text: str) -> Iterator[Fence]:
    """Yield the blocks from top to bottom, without the indentation of a list."""
    for before, language, code in _FENCE.findall(text):
        yield Fence(before, language, dedent(code))


def code_blocks(text: str, language: str) -> list[str]:
    """Return the code of all blocks in one language."""
    return [fence.code for fence in fences(text) if fence.language == language]
