"""Compiling ahead: the code directory is read-only, so what is not compiled is at every start."""

import subprocess
from pathlib import Path
from typing import Final

import click

from .interpreter import Interpreter

CODE: Final = "/code"
"""Where Function Compute puts the package: what a traceback shows."""


def compile_all(directory: Path, interpreter: Interpreter) -> None:
    """Byte-compile for good: a file's time, which unpacking may change, is not looked at.

    One process and a fixed hash seed make the same bytes of the same source.
    """
    done = subprocess.run(  # noqa: S603
        [
            *(interpreter.path, "-S", "-s", "-m", "compileall", "-q", "-j", "1", "-f"),
            *("-s", str(directory), "-p", CODE),
            *("--invalidation-mode", "unchecked-hash", str(directory)),
        ],
        env={"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise click.ClickException(f"not everything can be compiled:\n{done.stdout}{done.stderr}")
