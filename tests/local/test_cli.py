import click
import pytest
from click.testing import CliRunner

from sms_connector import __version__
from sms_connector.local.cli import cli, summary


def test_help_shows_the_whole_summary_of_every_command() -> None:
    result = CliRunner().invoke(cli, ["--help"], terminal_width=60)
    shown = " ".join(result.output.partition("Commands:")[2].split())
    assert len(cli.commands) >= 8
    for name, command in cli.commands.items():
        assert summary(command).endswith(".")
        assert f"{name} {summary(command)}" in shown


@pytest.mark.parametrize("name", cli.commands)
def test_every_option_has_a_help_text(name: str) -> None:
    without = [
        option.name
        for option in cli.commands[name].params
        if isinstance(option, click.Option) and not option.help
    ]
    assert without == []


def test_the_version_option_prints_the_version() -> None:
    assert CliRunner().invoke(cli, ["--version"]).output.strip().endswith(f" {__version__}")
