"""The commands of ``python -m sms_connector``, one file each."""

import click

from .. import __version__
from .demo import demo
from .emulator.command import emulate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Try, test and run the SMS connector on this machine."""


cli.add_command(demo)
cli.add_command(emulate)
