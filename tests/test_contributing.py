"""CONTRIBUTING.md quotes the lines that one message runs through: they are run here."""

import importlib
import json
import linecache
import re
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sms_connector.local.fc_context import FcContext
from tests.support.http_calls import KEY, NATIVE
from tests.support.http_events import HttpRequest, http_trigger_event
from tests.support.scripted_provider import ScriptedProvider

ROOT = Path(__file__).parent.parent


def quoted_lines() -> list[tuple[str, str]]:
    """Return file and text of each line that the page quotes."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    block = re.search(r"### The life of one message\n.*?```python\n(.*?)```", page, re.DOTALL)
    assert block
    lines, file = [], ""
    for line in block[1].splitlines():
        if line.startswith("# "):
            file = re.split("[: ]", line)[1]
        else:
            lines.append((file, line))
    return lines


class Trace:
    """Records file and text of each line of ours that this thread runs."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __enter__(self) -> "Trace":
        self._before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _call(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        path = Path(frame.f_code.co_filename)
        is_ours = path.name == "index.py" or "sms_connector" in path.parts
        return self._line if is_ours and ROOT in path.parents else None

    def _line(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            file = frame.f_code.co_filename
            text = linecache.getline(file, frame.f_lineno).strip()
            self.lines.append((str(Path(file).relative_to(ROOT)), text))
        return self._line


@pytest.mark.usefixtures("locked")
def test_one_message_runs_through_the_lines_that_are_quoted_in_their_order(
    monkeypatch: pytest.MonkeyPatch, accepting: ScriptedProvider, context: FcContext
) -> None:
    monkeypatch.delitem(sys.modules, "index", raising=False)
    index = importlib.import_module("index")
    event = http_trigger_event(HttpRequest(json.dumps(NATIVE).encode(), headers=KEY))
    with Trace() as trace:
        reply = index.handler(json.dumps(event).encode(), context)
    assert (reply["statusCode"], len(accepting.requests)) == (200, 1)
    run = iter(trace.lines)
    missing = [quoted for quoted in quoted_lines() if quoted not in run]
    assert missing == []


def test_the_life_of_a_message_is_told_in_about_forty_lines() -> None:
    assert 30 <= len(quoted_lines()) <= 45
