"""The commands of ``python -m sms_connector``, each run as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a process left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str, typed: str = "", **environ: str) -> Ran:
    """Run one command to its end. ``typed`` is what stands in its standard input."""
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "sms_connector", *arguments],
        cwd=ROOT,
        env=_environment(environ),
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    return Ran(result.returncode, result.stdout, result.stderr)


def start(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    """Start one command that the test ends itself."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "sms_connector", *arguments],
        cwd=ROOT,
        env=_environment(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _environment(changes: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALIBABA_")}
    return kept | {"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"} | changes
