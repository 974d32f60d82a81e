"""Byte-compiling: the code directory is read-only, so Python could not save what it compiles."""

import subprocess
from pathlib import Path
from typing import Final

import click

from .interpreter import Interpreter

CODE: Final = "/code"
"""Where Function Compute puts the package, as tracebacks show it."""


def compile_all(directory: Path, interpreter: Interpreter) -> None:
    """Byte-compile everything, never checked against its source, whose time unpacking changes.

    One process and a fixed hash seed make the same bytes of the same source. Raises
    ClickException with the message of the compiler.
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
        raise click.ClickException(f"The package cannot be compiled:\n{done.stdout}{done.stderr}")
