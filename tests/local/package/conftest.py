"""A package, and what it is made of."""

import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sms_connector.local.cli import cli
from sms_connector.local.package import command
from sms_connector.local.package.distributions import install
from sms_connector.local.package.interpreter import Interpreter, find_interpreter
from tests.support.made_once import made_once
from tests.support.serving import PROJECT

# Where there is no 3.12, the package for the Python that runs shows the same.
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def make(output: Path) -> Result:
    made = CliRunner().invoke(cli, ["package", "--python", VERSION, "--output", str(output)])
    assert made.exit_code == 0, made.output
    return made


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The package, and what the command printed."""

    def build(directory: Path) -> None:
        printed = make(directory / "build" / "function").output
        (directory / "printed").write_text(printed, "utf-8")

    directory = made_once(tmp_path_factory, "package", build)
    return directory / "build" / "function", (directory / "printed").read_text("utf-8")


@pytest.fixture(scope="session")
def package(made: tuple[Path, str]) -> Path:
    return made[0]


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(directory: Path) -> None:
        install(PROJECT / "requirements.txt", VERSION, directory)

    return made_once(tmp_path_factory, "distributions", build)


@pytest.fixture
def fetched(distributions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the distributions from a copy instead of fetching them again."""
    monkeypatch.setattr(command, "install", lambda *to: shutil.copytree(distributions, to[-1]))


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(package, tmp_path / "copy"))


@pytest.fixture
def interpreter() -> Interpreter:
    found = find_interpreter(VERSION)
    assert found is not None
    if not found.is_like_the_cloud:
        pytest.skip("the package runs on x86-64 Linux")
    return found
