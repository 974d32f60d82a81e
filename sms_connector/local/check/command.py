"""`check`: whether the settings will let messages go out, on a terminal or for a script."""

import json
import os
import sys
from collections.abc import Iterator, Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...config import parse_config
from ...errors import ConnectorError
from .config import check_config
from .finding import Check
from .provider import check_provider
from .settings_text import read_config_text


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
def check(as_json: bool) -> None:
    """Check the connector JSON, and with the provider key, sign and templates.

    Sends nothing. The exit code is 1 if anything would keep a message from going out.
    """
    checks = list(_checks())
    ok = all(item.ok for item in checks)
    if as_json:
        _print_json(ok, checks)
    else:
        _print_table(ok, checks)
    sys.exit(0 if ok else 1)


def _checks() -> Iterator[Check]:
    try:
        text = read_config_text(os.environ)
    except ConnectorError as error:
        yield Check("config", False, error.message, "connector.example.json shows how it looks.")
        return
    about_config = check_config(text)
    yield from about_config
    if all(item.ok for item in about_config):
        yield from check_provider(parse_config(text))


def _print_json(ok: bool, checks: Sequence[Check]) -> None:
    listed = [
        {
            "subject": item.subject,
            "ok": item.ok,
            "message": item.message,
            "remedy": item.remedy,
        }
        for item in checks
    ]
    click.echo(json.dumps({"ok": ok, "checks": listed}, ensure_ascii=False, indent=2))


def _print_table(ok: bool, checks: Sequence[Check]) -> None:
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(_table(checks))
    else:
        width = max(len(item.subject) for item in checks)
        for item in checks:
            mark = "ok " if item.ok else "fix"
            click.echo(f"{mark}  {item.subject:{width}}  {item.message} {item.remedy}".rstrip())
    failed = sum(not item.ok for item in checks)
    needs = "1 thing needs" if failed == 1 else f"{failed} things need"
    told = "Messages can go out." if ok else f"{needs} mending before every message can go out."
    console.print(f"\n{told}", style="green" if ok else "red")


def _table(checks: Sequence[Check]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for item in checks:
        mark = Text("ok", "green") if item.ok else Text("fix", "bold red")
        message = Text(item.message)
        if item.remedy:
            message.append(f" {item.remedy}", "yellow")
        table.add_row(mark, Text(item.subject), message)
    return table
