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


def test_the_running_python_is_taken_if_it_has_the_version() -> None:
    found = find_interpreter(RUNNING)
    assert found is not None
    assert found.version == platform.python_version().rstrip("+")


@pytest.mark.usefixtures("nowhere")
def test_without_a_python_of_the_version_none_is_returned() -> None:
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
def test_a_python_that_does_not_run_or_has_another_version_is_skipped(
    nowhere: Path, script: str
) -> None:
    executable(nowhere / "bin" / "python3.1", script)
    assert find_interpreter("3.1") is None


@pytest.mark.parametrize("place", ["bin/python3.1", "pyenv/versions/3.1.4/bin/python"])
def test_a_python_on_the_path_or_of_pyenv_is_found(nowhere: Path, place: str) -> None:
    executable(nowhere / "bin" / "python3.1", "exit 127")
    executable(nowhere / place, 'echo "cpython 3.1.4 linux-x86_64-glibc /over there/python"')
    assert find_interpreter("3.1") == ("/over there/python", "3.1.4", True)


def test_the_newest_python_of_pyenv_is_taken(nowhere: Path) -> None:
    for version in ("3.1.9", "3.1.10", "3.1.2"):
        place = nowhere / "pyenv" / "versions" / version / "bin" / "python"
        executable(place, f"echo cpython {version} linux-x86_64-glibc {place}")
    found = find_interpreter("3.1")
    assert found is not None
    assert found.version == "3.1.10"


def test_a_shim_of_pyenv_is_run_with_the_version_selected(nowhere: Path) -> None:
    executable(
        nowhere / "bin" / "python3.1", 'echo "cpython $PYENV_VERSION.7 linux-x86_64-glibc /shim"'
    )
    assert find_interpreter("3.1") == ("/shim", "3.1.7", True)


@pytest.mark.parametrize(
    "machine", ["macosx-11.0-arm64-", "win-amd64-", "linux-aarch64-glibc", "linux-x86_64-"]
)
def test_a_python_of_another_platform_is_not_like_the_cloud(nowhere: Path, machine: str) -> None:
    executable(nowhere / "bin" / "python3.1", f"echo cpython 3.1.4 {machine} /bin/python")
    assert find_interpreter("3.1") == ("/bin/python", "3.1.4", False)
