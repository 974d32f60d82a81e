"""`package`: the directory that `s deploy` uploads."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import click

from ..checkout import PROJECT
from .archive import archive_of
from .bytecode import compile_all
from .contents import ROOTS, copy_own_code, select, settle
from .distributions import install
from .interpreter import Interpreter, find_interpreter
from .proof import prove

MOST_BYTES: Final = 2_500_000
"""Of the ZIP. A larger one takes longer to fetch at a cold start; a plain install has 12.6 MB."""

F = TypeVar("F", bound=Callable[..., Any])


class Made(NamedTuple):
    """A package in a temporary directory, and its ZIP."""

    directory: Path
    archive: bytes
    done: str
    """How it was compiled and proved, for the person who reads the terminal."""

    @property
    def size(self) -> str:
        return f"{len(self.archive) / 1e6:.1f} MB"


python_option = click.option(
    "--python", default="3.12", show_default=True, help="The runtime's Python version."
)


def output_option(default: str, text: str) -> Callable[[F], F]:
    """Return the option for the directory that a command writes."""
    path = click.Path(file_okay=False, path_type=Path)
    return click.option("--output", type=path, default=Path(default), show_default=True, help=text)


@click.command()
@python_option
@output_option("build/function", "The directory to make.")
def package(python: str, output: Path) -> None:
    """Make the directory that is deployed, from pinned distributions, and prove it."""
    if output.is_symlink():
        raise click.ClickException(f"{output} is a symbolic link: name a directory instead.")
    if not may_be_replaced(output):
        raise click.ClickException(f"{output} holds files that are not a package: not replaced.")
    with make(python, output.parent) as made:
        shutil.rmtree(output, ignore_errors=True)
        made.directory.rename(output)
    click.echo(f"{output}: {made.size} zipped, {made.done}.")


@contextmanager
def make(python: str, beside: Path) -> Iterator[Made]:
    """Make a package in a directory that is removed afterwards, unless it was renamed.

    The proof runs on the unpacked ZIP. Raises ClickException if the proof fails, the ZIP is too
    large, or the distributions cannot be installed.
    """
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".package-") as folder:
        installed, made = Path(folder, "installed"), Path(folder, "package")
        install(PROJECT / "requirements.txt", python, installed)
        copy_own_code(PROJECT, installed)
        made.mkdir()
        select(installed, made)
        interpreter = find_interpreter(python)
        if interpreter:
            compile_all(made, interpreter)
        settle(made)
        archive = archive_of(made)
        if len(archive) > MOST_BYTES:
            raise click.ClickException(
                f"The package has {len(archive):,} bytes zipped: "
                f"at most {MOST_BYTES:,} are allowed."
            )
        unpacked = Path(folder, "unpacked")
        zipfile.ZipFile(BytesIO(archive)).extractall(unpacked)
        yield Made(made, archive, _prove(unpacked, python, interpreter))


def may_be_replaced(output: Path) -> bool:
    """Return whether a directory is a package, is empty, or does not exist."""
    if not output.exists() or not any(output.iterdir()):
        return True
    return (output / "index.py").is_file() and (output / ROOTS).is_dir()


def _prove(unpacked: Path, python: str, interpreter: Interpreter | None) -> str:
    if interpreter is None:
        click.secho(
            f"Python {python} is not on this machine: the package is neither compiled nor proved. "
            "It works, but a start takes more than twice as long. Install that Python to make a "
            "package for deployment.",
            fg="yellow",
            err=True,
        )
        return "not compiled, not proved"
    compiled = f"compiled by Python {interpreter.version}"
    if not interpreter.is_like_the_cloud:
        click.secho(
            "The package is for x86-64 Linux, which this machine is not: it is compiled, but not "
            "proved.",
            fg="yellow",
            err=True,
        )
        return f"{compiled}, not proved"
    return f"{compiled}, proved by {prove(unpacked, interpreter)} cases"
