"""`verify`: one whole verification, with the code typed in at the keyboard."""

import json
import os
import sys
from collections.abc import Mapping

import click

from ...errors import ConnectorError
from ...phone import parse_phone
from ...settings import AUTHORIZATION, read_settings
from ..endpoint import is_emulator
from ..exit_codes import ACCEPTED, NOT_SENT, exit_code
from .target import Answer, HereTarget, Target, UrlTarget

_AGAIN = ("verification_code.code_mismatch", "invalid_request_parameters")


@click.command()
@click.option("--phone", required=True, help="With its country code, or 11 digits (mainland).")
@click.option(
    "--usage-type", default="Generic", show_default=True, help="SignIn, Register, ForgotPassword, …"
)
@click.option("--url", help=f"Of a deployed function; its credential is in {AUTHORIZATION}.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def verify(phone: str, usage_type: str, url: str | None, yes: bool) -> None:
    """Send a code to a phone, ask for it, and print whether it is approved.

    The exit code is 0 if it was approved, 1 if not, and 3 if nobody knows whether a message went
    out.
    """
    target = _target(phone, url, yes)
    started = target.start(phone, usage_type)
    if "error" in started:
        _print(started)
        sys.exit(exit_code(started["error"].get("sent")))
    _say(f"A code was sent; it is valid until {started['expiresAt']}.")
    result = _ask(target, started["id"])
    _print(result)
    sys.exit(ACCEPTED if result.get("status") == "approved" else NOT_SENT)


def _target(phone: str, url: str | None, yes: bool) -> Target:
    if url is not None:
        authorization = os.environ.get(AUTHORIZATION, "").split(",")[0].strip()
        return UrlTarget(url, authorization)
    settings = read_settings(os.environ)
    try:
        config = settings.read_config()
        number = parse_phone(phone, strict=config.strict_phone_region_number_check)
        if not yes and not is_emulator(config):
            _confirm(number.masked)
    except ConnectorError:
        pass  # the function's own answer says it
    return HereTarget(settings)


def _confirm(phone: str) -> None:
    try:
        click.confirm(f"Send a real message to {phone}? It costs money.", abort=True, err=True)
    except click.Abort:
        _say("Nothing was sent. (--yes sends without asking.)")
        sys.exit(NOT_SENT)


def _ask(target: Target, verification_id: str) -> Answer:
    """Ask for the code until it is approved, or no attempt is left."""
    while True:
        try:
            code = click.prompt("The code in the message", err=True)
        except click.Abort:
            _say("")
            sys.exit(NOT_SENT)
        answer = target.check(verification_id, code)
        error = answer.get("error", {})
        if error.get("code") not in _AGAIN or error.get("attemptsLeft") == 0:
            return answer
        left = f" Attempts left: {error['attemptsLeft']}." if "attemptsLeft" in error else ""
        _say(f"{error['message']}{left}")


def _print(answer: Mapping[str, object]) -> None:
    """Standard output gets JSON and nothing else."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _say(line: str) -> None:
    click.echo(line, err=True)
