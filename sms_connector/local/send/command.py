"""`send`: one message with the current settings, and with --wait its delivery."""

import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime, timezone

import click
from rich.console import Console

from ...errors import ConnectorError
from ...message import Message, Sms, random_code
from ...provider.environment_key import role_key
from ...sending.connector import SmsConnector
from ...settings import read_settings
from ...templates import is_pnvs
from ...web.error_responses import error_body
from ..access_keys import local_key
from ..endpoint import is_emulator
from ..exit_codes import ACCEPTED, NOT_SENT, UNKNOWN, exit_code
from ..lookup import Lookup
from .delivery import NO_QUERY, Delivery, follow, look_up


@click.command()
@click.option("--phone", required=True, help="With its country code, or 11 digits (mainland).")
@click.option("--usage-type", required=True, help="SignIn, Register, ForgotPassword, Generic, …")
@click.option("--code", help="4 to 10 letters and digits. Made here if left out.")
@click.option("--wait", is_flag=True, help="Wait for the delivery, for a minute at most.")
@click.option("--yes", is_flag=True, help="Send without asking first.")
def send(phone: str, usage_type: str, code: str | None, wait: bool, yes: bool) -> None:
    """Send one real message with the current settings.

    Prints the result as JSON. The exit code is 0 if the message was accepted (with --wait:
    delivered), 1 if it was not sent (with --wait: or not delivered), and 3 if the outcome is
    unknown.
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
        receipt = connector.send(sms, role_key(os.environ))
    except ConnectorError as error:
        _print(error_body(error))
        sys.exit(exit_code(error.sent))
    except KeyboardInterrupt:
        _say("Stopped. The message may have gone out: check before sending again.")
        sys.exit(UNKNOWN)
    _print({**receipt.shown, "code": made_code} if made_code else receipt.shown)
    if receipt.backup_for is not None:
        _say(f"It was sent with the backup: {receipt.backup_for.problem}")
    key = local_key(config, os.environ)
    if not wait or key is None:
        sys.exit(ACCEPTED)
    if is_pnvs(receipt.template_code):
        _say(f"The message was accepted. {NO_QUERY}")
        _print({"delivery": {"state": "unknown"}})
        sys.exit(UNKNOWN)
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
    """Show a progress line until the state is final, print it, and return the exit code."""
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
        _say(f"The message was accepted, but its delivery state is unknown: {error.message}")
    return _print_delivery(delivery)


def _print_delivery(delivery: Delivery) -> int:
    shown: dict[str, str] = {"state": delivery.state}
    if delivery.state == "failed":
        shown |= {"code": delivery.code, "explanation": delivery.explanation}
    if delivery.state == "waiting":
        _say("It is not known yet whether it arrives: check before sending again.")
    _print({"delivery": shown})
    return {"delivered": ACCEPTED, "failed": NOT_SENT, "waiting": UNKNOWN}[delivery.state]


def _print(answer: Mapping[str, object]) -> None:
    """Print to standard output, which gets nothing but JSON."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _say(line: str) -> None:
    click.echo(line, err=True)
