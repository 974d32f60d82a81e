"""`make setup`, with stand-ins for the commands that take long."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRINT_ARGUMENTS = '#!/bin/sh\necho "$0 $*"\n'


def command(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PRINT_ARGUMENTS)
    path.chmod(0o755)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("Makefile", "requirements/dev.txt"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_bytes((ROOT / name).read_bytes())
    return project


def setup(project: Path) -> str:
    python = command(project.parent / "python")
    # `make test` hands its own variables down.
    inherited = ("MAKE", "MFLAGS", "VENV", "PYTHON")
    environ = {name: text for name, text in os.environ.items() if not name.startswith(inherited)}
    result = subprocess.run(  # noqa: S603
        ["make", "setup", f"PYTHON={python}"],  # noqa: S607
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout


def test_setup_does_not_empty_the_directory_that_a_linked_venv_points_to(project: Path) -> None:
    shared = project.parent / "shared"
    command(shared / "bin" / "python")
    (project / ".venv").symlink_to(shared)
    ran = setup(project)
    assert "-m venv" not in ran
    assert "-m pip install" in ran
    assert (project / ".venv").is_symlink()


def test_setup_makes_a_venv_that_does_not_exist_anew(project: Path) -> None:
    command(project / ".venv" / "bin" / "python")
    assert f"{project.parent}/python -m venv --clear .venv" in setup(project)
