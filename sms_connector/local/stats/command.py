"""`stats`: the figures of the latest hours as a table, with bars where the terminal has them."""

import json
import os
import sys
from typing import Any

import click

from ...settings import AUTHORIZATION, read_settings
from ..function_answers import answer_here, answer_of_url
from .table import print_table


@click.command()
@click.option("--url", help=f"Of a deployed function; its credential is in {AUTHORIZATION}.")
@click.option(
    "--hours",
    type=click.IntRange(1, 744),
    default=24,
    show_default=True,
    help="How many of the latest hours.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what the function answers.")
def stats(url: str | None, hours: int, as_json: bool) -> None:
    """Show how many messages had which outcome.

    Without --url, reads the store of this machine's settings.
    """
    if url is None:
        answer = answer_here(read_settings(os.environ), "getStats", "rows", hours=hours)
    else:
        answer = answer_of_url(url, "GET", "/stats", "rows", params={"hours": str(hours)})
    if "error" in answer or as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2), err="error" in answer)
    if "error" in answer:
        sys.exit(1)
    if not as_json:
        _show(answer)


def _show(answer: dict[str, Any]) -> None:
    click.echo(f"{answer['from']} to {answer['to']}")
    if answer["rows"]:
        print_table(answer["rows"])
    else:
        click.echo("No messages.")
