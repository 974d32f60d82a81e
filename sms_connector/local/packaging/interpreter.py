"""The Python of the runtime's version, if this machine has one that runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_ASK = "import sys; print(sys.executable, *sys.version_info[:3], sys.implementation.name)"


class Interpreter(NamedTuple):
    """A Python that was seen to run. ``version`` is whole: ``3.12.1``."""

    path: str
    version: str


def find_interpreter(version: str) -> Interpreter | None:
    """Find a CPython of a version such as ``3.12``.

    A name on the PATH proves nothing: pyenv puts a shim there that runs only where the version
    is chosen. So every candidate is asked.
    """
    for candidate in _candidates(version):
        try:
            done = subprocess.run(  # noqa: S603
                [candidate, "-S", "-s", "-c", _ASK],
                env={**os.environ, "PYENV_VERSION": version},
                capture_output=True,
                text=True,
                check=True,
                timeout=30,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        path, *numbers, implementation = done.stdout.split()
        if numbers[:2] == version.split(".") and implementation == "cpython":
            return Interpreter(path, ".".join(numbers))
    return None


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted(root.glob(f"versions/{version}.*"), reverse=True):
        yield str(folder / "bin" / "python")
