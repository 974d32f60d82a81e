"""`send`: one real message with the current settings, followed to the phone if asked to."""

import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime, timezone

import click
import msgspec
from rich.console import Console

from ...errors import ConnectorError
from ...message import Message, Sms, random_code
from ...sending.connector import SmsConnector
from ...settings import read_settings
from ...web.http import error_body
from ..endpoint import is_emulator
from ..exit_codes import ACCEPTED, NOT_SENT, UNKNOWN, exit_code
from ..lookup import Lookup
from ..role import key_of, role_of
from .delivery import Delivery, follow, look_up


@click.command()
@click.option("--phone", required=True, help="With its country code, or 11 digits (mainland).")
@click.option("--usage-type", required=True, help="SignIn, Register, ForgotPassword, Generic, …")
@click.option("--code", help="4 to 10 letters and digits. One is made if none is given.")
@click.option("--wait", is_flag=True, help="Wait for the delivery, a minute at most.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def send(phone: str, usage_type: str, code: str | None, wait: bool, yes: bool) -> None:
    """Send one real message with the current settings, and print the answer.

    The exit code is 0 if it was accepted (with --wait: delivered), 1 if it was not sent (with
    --wait: or not delivered), and 3 if nobody knows.
    """
    made_code = None if code else random_code()
    try:
        settings = read_settings(os.environ)
        config = settings.read_config()
        connector = SmsConnector(config, settings.proxies)
        sms = connector.compose(Message(phone, usage_type, code or made_code or ""))
        if not yes and not is_emulator(config):
            _ask_first(sms)
        sent_at = datetime.now(timezone.utc)
        receipt = connector.send(sms, role_of(os.environ))
    except ConnectorError as error:
        _print(error_body(error))
        sys.exit(exit_code(error.sent))
    except KeyboardInterrupt:
        _say("Stopped. The message may have gone out: look before sending again.")
        sys.exit(UNKNOWN)
    accepted = msgspec.to_builtins(receipt)
    _print({**accepted, "code": made_code} if made_code else accepted)
    key = key_of(config, os.environ)
    if not wait or key is None:
        sys.exit(ACCEPTED)
    sys.exit(_follow(Lookup(config, key), sms, receipt.biz_id, sent_at))


def _ask_first(sms: Sms) -> None:
    question = (
        f"Send a real {sms.usage_type} message to {sms.phone.masked} with template "
        f"{sms.template_code}? It costs money."
    )
    try:
        click.confirm(question, abort=True, err=True)
    except click.Abort:
        _say("Nothing was sent. (--yes sends without asking.)")
        sys.exit(NOT_SENT)


def _follow(lookup: Lookup, sms: Sms, biz_id: str, sent_at: datetime) -> int:
    """Show a progress line until the state is settled, print it, and give the exit code."""
    delivery = Delivery("waiting")
    console = Console(stderr=True, highlight=False)
    progress = f"On its way to {sms.phone.masked} …"
    if not console.is_terminal:
        _say(progress)
    try:
        with console.status(progress):
            # Only the last state counts.
            for state in follow(lambda: look_up(lookup, sms.phone, biz_id, sent_at)):
                delivery = state
    except KeyboardInterrupt:
        _say("Stopped waiting. The message was accepted.")
    except ConnectorError as error:
        _say(f"The message was accepted; what became of it cannot be told: {error.message}")
    return _tell(delivery)


def _tell(delivery: Delivery) -> int:
    told: dict[str, str] = {"state": delivery.state}
    if delivery.state == "failed":
        told |= {"code": delivery.code, "explanation": delivery.explanation}
    if delivery.state == "waiting":
        _say("Nobody knows yet whether it arrives: look before sending again.")
    _print({"delivery": told})
    return {"delivered": ACCEPTED, "failed": NOT_SENT, "waiting": UNKNOWN}[delivery.state]


def _print(answer: Mapping[str, object]) -> None:
    """Standard output gets JSON and nothing else."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _say(line: str) -> None:
    click.echo(line, err=True)
