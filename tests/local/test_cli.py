import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from sms_connector import __version__
from sms_connector.local.cli import MODULES, cli, command, summary


def test_help_shows_the_whole_summary_of_every_command() -> None:
    result = CliRunner().invoke(cli, ["--help"], terminal_width=60)
    shown = " ".join(result.output.partition("Commands:")[2].split())
    assert len(MODULES) >= 8
    for name in MODULES:
        assert summary(command(name)).endswith(".")
        assert f"{name} {summary(command(name))}" in shown


@pytest.mark.parametrize("name", MODULES)
def test_every_option_has_a_help_text(name: str) -> None:
    without = [
        option.name
        for option in command(name).params
        if isinstance(option, click.Option) and not option.help
    ]
    assert without == []


def test_the_version_option_prints_the_version() -> None:
    assert CliRunner().invoke(cli, ["--version"]).output.strip().endswith(f" {__version__}")


def test_a_command_imports_no_other() -> None:
    code = (
        "import sys; from sms_connector.local.cli import command; command('serve'); "
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = {name for name in done.stdout.split() if name.endswith(".command")}
    assert loaded == {"sms_connector.local.serve.command"}
    assert "alibabacloud_tea_openapi" not in done.stdout


def test_a_command_that_does_not_exist_is_one_sentence() -> None:
    result = CliRunner().invoke(cli, ["snd"])
    assert result.exit_code == 2
    assert "No such command 'snd'. Did you mean 'send'?" in result.output
