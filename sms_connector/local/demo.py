"""`demo`: messages and one whole verification by the function, with an emulator."""

import json
import logging
import os
from collections.abc import Mapping
from typing import cast

import click
from rich import box
from rich.console import Console
from rich.panel import Panel

from ..function import Function
from ..settings import CONFIG, read_settings
from .emulate.pnvs_account import GIVEN_SIGNS, GIVEN_TEMPLATES
from .emulate.server import Emulator
from .example import example_config
from .fc_context import FcContext

EVENTS = (
    (
        "Sign-in on a mainland phone",
        {"phone": "13812345678", "usageType": "SignIn", "code": "246810"},
    ),
    (
        "A phone abroad; the function makes the code",
        {"phone": "+852 5123 4567", "usageType": "SignIn"},
    ),
    (
        "A sign and a template that the number verification service gives to everyone",
        {"phone": "13912345678", "usageType": "BindNewIdentifier", "code": "135790"},
    ),
    ("An invalid phone number", {"phone": "12345", "usageType": "SignIn", "code": "246810"}),
)
START = (
    "A verification starts; the function keeps the code to itself",
    {"operation": "startVerification", "phone": "13987654321", "usageType": "SignIn"},
)
CHECKS = ("The code is checked", "The same code again")

GIVEN = {
    "usageType": "BindNewIdentifier",
    "templateCode": GIVEN_TEMPLATES[3].code,
    "signName": GIVEN_SIGNS[0],
}
"""Beside the example's templates, which are those of an account of one's own."""


@click.command()
def demo() -> None:
    """Send messages to an emulator, and verify a number; show what phones receive."""
    console = Console(highlight=False, markup=False, emoji=False)
    with Emulator() as emulator:
        config = example_config(emulator.url)
        os.environ[CONFIG] = json.dumps(config | {"templates": [*config["templates"], GIVEN]})
        function = Function(read_settings(os.environ))
        lines = _Lines()
        context = FcContext(logger=lines.logger)
        function.prepare(context)

        def invoke(title: str, event: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
            """Show one invocation, and return its answer and the codes that phones received."""
            emulator.clear()
            lines.clear()
            payload = json.dumps(event)
            answer = cast(bytes, function.handle(payload.encode(), context))
            console.print(f"\n{title}", style="bold")
            rows = [("event", payload), ("answer", answer.decode()), *(("log", it) for it in lines)]
            for name, text in rows:
                console.print(f"  {name:<7} {text}", soft_wrap=True)
            received = emulator.inbox.messages()
            for sms in received:
                console.print(_phone_screen(f"SMS to {sms.phone}", sms.content))
            return json.loads(answer), [sms.template_param["code"] for sms in received]

        for title, event in EVENTS:
            invoke(title, event)
        started, (code,) = invoke(*START)
        check = {"operation": "checkVerification", "id": started["id"], "code": code}
        for title in CHECKS:
            invoke(title, check)
    console.print("\nThe emulator has stopped. Nothing left this machine.")


class _Lines(list[str]):
    """The lines that are logged to `logger`."""

    def __init__(self) -> None:
        super().__init__()
        handler = logging.Handler()
        handler.emit = lambda record: self.append(record.getMessage())  # type: ignore[method-assign]
        self.logger = logging.Logger("demo")
        self.logger.addHandler(handler)


def _phone_screen(title: str, content: str) -> Panel:
    return Panel(
        content, title=title, title_align="left", width=60, box=box.ROUNDED, padding=(0, 1)
    )
