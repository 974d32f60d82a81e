"""The commands of ``python -m sms_connector``, one folder each; `demo` is one file."""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click

from .. import __version__
from .checkout import IS_CHECKOUT

MODULES: Final[Mapping[str, str]] = {
    "check": "check.command",
    "console": "console.command",
    "demo": "demo",
    "emulate": "emulate.command",
    "invoke": "invoke.command",
    "lookup": "number_lookup.command",
    "send": "send.command",
    "serve": "serve.command",
    "stats": "stats.command",
    "verify": "verify.command",
    # These package the project's own files, with tools that an installation lacks.
    **({"package": "package.command", "release": "package.release"} if IS_CHECKOUT else {}),
}


class Commands(click.Group):
    """Imports a command when it is used: each instance of `serve` imports this file too."""

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        return command(name) if name in MODULES else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Wrap the summaries in `--help`, where click would cut them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(command(name))) for name in self.list_commands(ctx)])


def command(name: str) -> click.Command:
    """Import a command."""
    imported: click.Command = getattr(import_module(f".{MODULES[name]}", __package__), name)
    return imported


def summary(command: click.Command) -> str:
    """Return the first line of a command's help."""
    return (command.help or "").partition("\n")[0]


# Click lists these names, and suggests them for a mistyped one. Their values are never used.
_NAMES: Final = dict.fromkeys(MODULES, click.Command(None))


@click.group(
    cls=Commands, commands=_NAMES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__)
def cli() -> None:
    """Try, test and run the SMS connector on this machine."""
