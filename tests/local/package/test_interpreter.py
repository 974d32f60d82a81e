"""Finding a Python that runs."""

import platform
import sys
from pathlib import Path

import pytest

from sms_connector.local.package.interpreter import find_interpreter

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


def executable(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine that has no Python, but for the one that runs."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def test_the_one_that_runs_is_taken_if_it_is_of_the_version() -> None:
    found = find_interpreter(RUNNING)
    assert found is not None
    assert found.version == platform.python_version().rstrip("+")


@pytest.mark.usefixtures("nowhere")
def test_there_may_be_none() -> None:
    assert find_interpreter("3.1") is None


@pytest.mark.parametrize(
    "script",
    [
        "exit 127",
        "exit 0",
        "echo pyenv: no such version",
        "echo cpython 3.2.1 linux-x86_64-glibc /bin/python",
        "echo cpython 3.11.1 linux-x86_64-glibc /bin/python",
        "echo pypy 3.1.1 linux-x86_64-glibc /bin/pypy",
    ],
)
def test_a_name_that_does_not_run_as_it_says_is_passed_over(nowhere: Path, script: str) -> None:
    executable(nowhere / "bin" / "python3.1", script)
    assert find_interpreter("3.1") is None


@pytest.mark.parametrize("place", ["bin/python3.1", "pyenv/versions/3.1.4/bin/python"])
def test_one_on_the_path_or_of_pyenv_is_taken(nowhere: Path, place: str) -> None:
    executable(nowhere / "bin" / "python3.1", "exit 127")
    executable(nowhere / place, 'echo "cpython 3.1.4 linux-x86_64-glibc /over there/python"')
    assert find_interpreter("3.1") == ("/over there/python", "3.1.4", True)


def test_the_newest_of_pyenv_is_taken(nowhere: Path) -> None:
    for version in ("3.1.9", "3.1.10", "3.1.2"):
        place = nowhere / "pyenv" / "versions" / version / "bin" / "python"
        executable(place, f"echo cpython {version} linux-x86_64-glibc {place}")
    found = find_interpreter("3.1")
    assert found is not None
    assert found.version == "3.1.10"


def test_pyenv_s_own_name_for_it_is_asked_for_the_version(nowhere: Path) -> None:
    executable(
        nowhere / "bin" / "python3.1", 'echo "cpython $PYENV_VERSION.7 linux-x86_64-glibc /shim"'
    )
    assert find_interpreter("3.1") == ("/shim", "3.1.7", True)


@pytest.mark.parametrize(
    "machine", ["macosx-11.0-arm64-", "win-amd64-", "linux-aarch64-glibc", "linux-x86_64-"]
)
def test_it_is_known_whether_it_can_run_the_package(nowhere: Path, machine: str) -> None:
    executable(nowhere / "bin" / "python3.1", f"echo cpython 3.1.4 {machine} /bin/python")
    assert find_interpreter("3.1") == ("/bin/python", "3.1.4", False)
