"""The commands of ``python -m sms_connector``, one folder each; `demo` needs but a file."""

import click

from .. import __version__
from .check.command import check
from .console.command import console
from .demo import demo
from .emulate.command import emulate
from .invoke.command import invoke
from .package.command import package
from .send.command import send
from .serve.command import serve
from .verify.command import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Try, test and run the SMS connector on this machine."""


cli.add_command(check)
cli.add_command(console)
cli.add_command(demo)
cli.add_command(emulate)
cli.add_command(invoke)
cli.add_command(package)
cli.add_command(send)
cli.add_command(serve)
cli.add_command(verify)
