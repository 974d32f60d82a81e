"""The commands of ``python -m sms_connector``, one folder each; `demo` is one file."""

import click

from .. import __version__
from .check.command import check
from .checkout import IS_CHECKOUT
from .console.command import console
from .demo import demo
from .emulate.command import emulate
from .invoke.command import invoke
from .number_lookup.command import lookup
from .send.command import send
from .serve.command import serve
from .stats.command import stats
from .verify.command import verify


class _WholeSummaries(click.Group):
    """Wraps the summaries of the commands in `--help`, where click would cut them."""

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, summary(self.commands[name])) for name in sorted(self.commands)]
            )


def summary(command: click.Command) -> str:
    """Return the first line of a command's help."""
    return (command.help or "").partition("\n")[0]


@click.group(cls=_WholeSummaries, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Try, test and run the SMS connector on this machine."""


for _command in (check, console, demo, emulate, invoke, lookup, send, serve, stats, verify):
    cli.add_command(_command)

if IS_CHECKOUT:  # it packages the project's own files, with tools that an installation lacks
    from .package.command import package
    from .package.release import release

    cli.add_command(package)
    cli.add_command(release)
