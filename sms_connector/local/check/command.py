"""`check`: whether messages can be sent with the settings, on a terminal or for a script."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...config import parse_config
from ...errors import ConnectorError
from ...settings import read_settings
from ..access_keys import local_key
from .config import check_config
from .finding import Check
from .provider import check_provider
from .region import check_region
from .settings_text import read_config_text
from .store import check_store

_SETTINGS: Final = "README.md (Settings) says what each variable may be."

_STYLES: Final = {"ok": "green", "warn": "yellow", "fix": "bold red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
@click.option("--region", default="", metavar="REGION", help="The region of the function.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what the account answered, in shapes: no value, name, number or key.",
)
def check(as_json: bool, region: str, report_file: Path | None) -> None:
    """Check the connector JSON, the access key, the sign, the templates and the store.

    Sends nothing. The exit code is 1 if something is to be fixed: some messages cannot be sent, or
    do not arrive. Warnings leave it at 0.
    """
    checks = list(_checks(region))
    ok = all(item.ok for item in checks)
    if as_json:
        _print_json(ok, checks)
    else:
        _print_table(ok, checks)
    if report_file is not None:
        _write_report(report_file)
    sys.exit(0 if ok else 1)


def _write_report(file: Path) -> None:
    from .report import report

    try:
        config = parse_config(read_config_text(os.environ))
    except ConnectorError:
        click.echo("No report: the connector JSON is not valid.", err=True)
        return
    key = local_key(config, os.environ)
    if key is None:
        click.echo("No report: there is no access key to query the provider with.", err=True)
        return
    file.write_text(json.dumps(report(config, key), ensure_ascii=False, indent=2) + "\n", "utf-8")
    click.echo(f"{file} has the shapes of the answers: read it before you pass it on.", err=True)


def _checks(region: str) -> Iterator[Check]:
    settings = read_settings(os.environ)
    for problem in settings.problems:
        yield Check(problem.partition(" ")[0], False, problem, _SETTINGS)
    yield from check_store(settings)
    try:
        text = read_config_text(os.environ)
    except ConnectorError as error:
        yield Check(
            "config", False, error.message, "docs/examples/connector.example.json is an example."
        )
        return
    about_config = check_config(text)
    yield from about_config
    if all(item.ok for item in about_config):
        config = parse_config(text)
        yield from check_region(region, config)
        yield from check_provider(config)


def _print_json(ok: bool, checks: Sequence[Check]) -> None:
    listed = [_listed(item) for item in checks]
    click.echo(json.dumps({"ok": ok, "checks": listed}, ensure_ascii=False, indent=2))


def _listed(item: Check) -> dict[str, object]:
    listed: dict[str, object] = {
        "subject": item.subject,
        "ok": item.ok,
        "level": item.level,
        "message": item.message,
        "remedy": item.remedy,
    }
    if item.registration is not None:
        listed["registration"] = msgspec.to_builtins(item.registration)
    return listed


def _print_table(ok: bool, checks: Sequence[Check]) -> None:
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(_table(checks))
    else:
        width = max(len(item.subject) for item in checks)
        for item in checks:
            click.echo(
                f"{item.level:4}  {item.subject:{width}}  {item.message} {item.remedy}".rstrip()
            )
    failed = sum(not item.ok for item in checks)
    problems = "1 problem" if failed == 1 else f"{failed} problems"
    failure = f"{problems} to fix: some messages cannot be sent, or do not arrive."
    summary = "Messages can be sent." if ok else failure
    console.print(f"\n{summary}", style="green" if ok else "red")


def _table(checks: Sequence[Check]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for item in checks:
        mark = Text(item.level, _STYLES[item.level])
        message = Text(item.message)
        if item.remedy:
            message.append(f" {item.remedy}", "yellow")
        table.add_row(mark, Text(item.subject), message)
    return table
