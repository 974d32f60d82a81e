from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from sms_connector.local.cli import cli


@pytest.mark.parametrize("name", ["demo", "emulate", "serve"])
def test_the_summary_of_a_command_is_not_cut(name: str) -> None:
    text = CliRunner().invoke(cli, ["--help"], terminal_width=80).output
    (line,) = [line for line in text.splitlines() if line.split()[:1] == [name]]
    assert line.endswith(".")
    assert not line.endswith("...")


@pytest.mark.parametrize("name", ["demo", "emulate", "serve"])
def test_every_option_has_a_help_text(name: str) -> None:
    for option in cli.commands[name].params:
        assert isinstance(option, click.Option)
        assert option.help
