"""Finding a Python of the runtime's version that runs on this machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_ASK: Final = """
import platform, sys, sysconfig
machine = f"{sysconfig.get_platform()}-{platform.libc_ver()[0]}"
version = ".".join(map(str, sys.version_info[:3]))
print(sys.implementation.name, version, machine, sys.executable)
"""
_CLOUD: Final = "linux-x86_64-glibc"


class Interpreter(NamedTuple):
    """A Python that ran when it was tried. ``version`` is the full one: ``3.12.1``."""

    path: str
    version: str
    is_like_the_cloud: bool
    """Whether it can load the native code of the package, made for Function Compute's machines."""


def find_interpreter(version: str) -> Interpreter | None:
    """Return a CPython of a version such as ``3.12``, or None.

    Every candidate is run: pyenv puts shims on the PATH that fail unless their version is selected.
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
        answer = done.stdout.strip().split(maxsplit=3)  # the path is last, as it may contain spaces
        if len(answer) == 4 and answer[0] == "cpython" and answer[1].startswith(f"{version}."):
            return Interpreter(answer[3], answer[1], answer[2] == _CLOUD)
    return None


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted(root.glob(f"versions/{version}.*"), key=_numbers, reverse=True):
        yield str(folder / "bin" / "python")


def _numbers(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.name)]
