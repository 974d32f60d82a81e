"""`package`: the directory that `s deploy` uploads."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

import click

from .bytecode import compile_all
from .contents import ROOTS, copy_own_code, select, settle, zipped_size
from .distributions import install
from .interpreter import find_interpreter
from .proof import prove

PROJECT: Final = Path(__file__).parents[3]
MOST_BYTES: Final = 2_500_000
"""Of the ZIP. A larger one takes longer to fetch at a cold start; a plain install has 12.6 MB."""


@click.command()
@click.option("--python", default="3.12", show_default=True, help="The runtime's Python version.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/function"),
    show_default=True,
    help="The directory to make.",
)
def package(python: str, output: Path) -> None:
    """Make the directory that is deployed, from pinned distributions, and prove it."""
    if output.is_symlink():
        raise click.ClickException(f"{output} is a symbolic link: name a directory instead.")
    if not may_be_replaced(output):
        raise click.ClickException(f"{output} holds files that are not a package: not replaced.")
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".package-") as folder:
        installed, made = Path(folder, "installed"), Path(folder, "package")
        install(PROJECT / "requirements.txt", python, installed)
        copy_own_code(PROJECT, installed)
        made.mkdir()
        select(installed, made)
        done = _compile_and_prove(made, python)
        settle(made)
        size = zipped_size(made)
        if size > MOST_BYTES:
            raise click.ClickException(
                f"The package has {size:,} bytes zipped: at most {MOST_BYTES:,} are allowed."
            )
        shutil.rmtree(output, ignore_errors=True)
        made.rename(output)
    click.echo(f"{output}: {size / 1e6:.1f} MB zipped, {done}.")


def may_be_replaced(output: Path) -> bool:
    """Return whether a directory is a package, is empty, or does not exist."""
    if not output.exists() or not any(output.iterdir()):
        return True
    return (output / "index.py").is_file() and (output / ROOTS).is_dir()


def _compile_and_prove(made: Path, python: str) -> str:
    interpreter = find_interpreter(python)
    if interpreter is None:
        click.secho(
            f"Python {python} is not on this machine: the package is neither compiled nor proved. "
            "It works, but a start takes more than twice as long. Install that Python to make a "
            "package for deployment.",
            fg="yellow",
            err=True,
        )
        return "not compiled, not proved"
    compile_all(made, interpreter)
    compiled = f"compiled by Python {interpreter.version}"
    if not interpreter.is_like_the_cloud:
        click.secho(
            "The package is for x86-64 Linux, which this machine is not: it is compiled, but not "
            "proved.",
            fg="yellow",
            err=True,
        )
        return f"{compiled}, not proved"
    return f"{compiled}, proved by {prove(made, interpreter)} cases"
