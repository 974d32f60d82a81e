"""`lookup`: what is known of one number, for support: "I got no code"."""

import os

import click

from ...settings import AUTHORIZATION, read_settings
from ..function_answers import answer_here, answer_of_url, show
from .table import print_answer


@click.command()
@click.option("--phone", required=True, help="With its country code, or 11 digits (mainland).")
@click.option("--url", help=f"Of a deployed function; its credential is in {AUTHORIZATION}.")
@click.option(
    "--days",
    type=click.IntRange(1, 30),
    default=3,
    show_default=True,
    help="Of how many of the latest days to show the messages.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what the function answers.")
def lookup(phone: str, url: str | None, days: int, as_json: bool) -> None:
    """Show why a number got no code: limits, verifications, messages.

    Without --url, reads the store of this machine's settings. Sends and changes nothing.
    """
    if url is None:
        settings = read_settings(os.environ)
        answer = answer_here(settings, "lookupNumber", "limits", phone=phone, days=days)
    else:
        body = {"phone": phone, "days": days}
        answer = answer_of_url(url, "POST", "/lookup", "limits", json=body)
    show(answer, print_answer, as_json=as_json)
