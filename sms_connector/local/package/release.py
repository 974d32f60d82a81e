"""`release`: the ZIP to upload in the console, and its checksum."""

import hashlib
from pathlib import Path

import click

from ... import __version__
from .command import make, output_option, python_option
from .interpreter import find_interpreter


@click.command()
@python_option
@output_option("build/release", "The directory for the ZIP and its checksum.")
def release(python: str, output: Path) -> None:
    """Make the ZIP to upload in the console, the same bytes every time, and its checksum."""
    if find_interpreter(python) is None:
        # Without compiling, a ZIP of the same name would have different bytes.
        raise click.ClickException(
            f"A release is compiled by Python {python}, which is not on this machine: install it."
        )
    with make(python, output) as made:
        archive = output / f"aliyun-sms-connector-{__version__}-python{python}.zip"
        archive.write_bytes(made.archive)
    checksum = hashlib.sha256(made.archive).hexdigest()
    # As `sha256sum` writes it, so that `sha256sum -c` checks it.
    line = f"{checksum}  {archive.name}\n"
    archive.with_name(f"{archive.name}.sha256").write_text(line, "ascii", newline="\n")
    click.echo(f"{archive}: {made.size}, {made.done}.\nSHA-256 {checksum}")
