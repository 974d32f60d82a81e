"""The package as pip installs it, by the commands of the Dockerfile in docs/self-hosting.md."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.made_once import made_once
from tests.support.markdown import code_blocks
from tests.support.serving import PROJECT

PAGE = (PROJECT / "docs" / "self-hosting.md").read_text("utf-8")


(DOCKERFILE,) = code_blocks(PAGE, "dockerfile")


class Installation:
    """A virtual environment with the package, and an empty directory to run it from."""

    def __init__(self, directory: Path) -> None:
        self.source = directory / "src"
        self.venv = directory / "venv"

    @property
    def python(self) -> str:
        return str(self.venv / "bin" / "python")

    @property
    def package(self) -> Path:
        (package,) = self.venv.glob("lib/python*/site-packages/sms_connector")
        return package

    def program(self, name: str) -> str:
        return str(self.venv / "bin" / name)

    def placed(self, command: str) -> str:
        """Return a command of the image with the paths of this machine."""
        return command.replace("/venv", str(self.venv))

    def run(self, *command: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a program of this environment to its end."""
        return subprocess.run(  # noqa: S603
            [self.program(command[0]), *command[1:]],
            cwd=cwd,
            env={**clean_environ(), **environ},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def clean_environ() -> dict[str, str]:
    """Return the environment of this process without settings and without its own Python."""
    ours = ("SMS_CONNECTOR_", "ALIBABA_CLOUD_", "PYTHON", "VIRTUAL_ENV", "COV_", "PYTEST_")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    return kept | {"NO_COLOR": "1", "COLUMNS": "100"}


def installation(factory: pytest.TempPathFactory) -> Installation:
    """Return the installation of this run of the tests."""
    return Installation(made_once(factory, "installation", _build))


def _build(directory: Path) -> None:
    made = Installation(directory)
    made.source.mkdir()
    # Also what builds the package, and what is only tried here, comes in the pinned versions.
    pins = made.source.parent / "pins.txt"
    locked = (PROJECT / "requirements/dev.txt").read_text("utf-8")
    lines = re.findall(r"^([\w.-]+)(?:\[.*?\])?(==[^\\\n]+)", locked, re.M)
    pins.write_text("".join(f"{name}{version}\n" for name, version in lines))
    stage = DOCKERFILE.partition("\n\n")[0]
    for line in stage.splitlines():
        instruction, _, rest = line.partition(" ")
        if instruction == "COPY":
            *sources, target = rest.split()
            for source in sources:
                _copy(PROJECT / source, made.source / target)
        elif instruction == "RUN":
            command = made.placed(rest).replace("python -m venv", f"{sys.executable} -m venv")
            _shell(command, made.source, pins)
        else:
            assert instruction in ("FROM", "WORKDIR"), line
    _shell(f"{made.program('pip')} install --quiet pytest waitress", made.source, pins)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, target, ignore=ignored)
    else:
        shutil.copy(source, target)


def _shell(command: str, cwd: Path, pins: Path) -> None:
    environ = {"PIP_CONSTRAINT": str(pins), "PIP_NO_COMPILE": "1"}
    done = subprocess.run(  # noqa: S602
        command,
        shell=True,
        cwd=cwd,
        env={**clean_environ(), **environ},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
