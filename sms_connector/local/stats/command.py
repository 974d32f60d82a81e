"""`stats`: the figures of the latest hours as a table, with bars where the terminal has them."""

import os
from typing import Any

import click

from ...settings import AUTHORIZATION, read_settings
from ..function_answers import answer_here, answer_of_url, show
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
    show(answer, _print, as_json=as_json)


def _print(answer: dict[str, Any]) -> None:
    click.echo(f"{answer['from']} to {answer['to']}")
    if answer["rows"]:
        print_table(answer["rows"])
    else:
        click.echo("No messages.")
