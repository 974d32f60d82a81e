"""`demo`: one message from event to phone, with everything real but the provider."""

import json
import os
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.panel import Panel

from ..settings import CONFIG
from .emulate.server import Emulator
from .fc_context import FcContext

EXAMPLE = Path(__file__).parents[2] / "connector.example.json"

EVENTS = (
    (
        "Sign-in on a mainland phone",
        {"phone": "13812345678", "usageType": "SignIn", "code": "246810"},
    ),
    (
        "A phone abroad; the function makes the code",
        {"phone": "+852 5123 4567", "usageType": "SignIn"},
    ),
    ("A number that is none", {"phone": "12345", "usageType": "SignIn", "code": "246810"}),
)


@click.command()
def demo() -> None:
    """Start an emulator, call index.handler, and show what the phone receives."""
    console = Console(highlight=False)
    with Emulator() as emulator:
        config = json.loads(EXAMPLE.read_text("utf-8")) | {"endpoint": emulator.url}
        os.environ[CONFIG] = json.dumps(config)
        # Only now, as in the cloud: the settings are there before the function is.
        import index

        context = FcContext()
        index.initializer(context)
        for title, event in EVENTS:
            emulator.clear()
            payload = json.dumps(event).encode()
            answer = index.handler(payload, context)
            console.print(f"\n[bold]{title}[/]")
            console.print(f"  event   {payload.decode()}", markup=False, soft_wrap=True)
            console.print(f"  answer  {json.dumps(answer)}", markup=False, soft_wrap=True)
            for sms in emulator.inbox.messages():
                console.print(_phone_screen(f"SMS to {sms.phone}", sms.content))
    console.print("\nThe emulator has stopped; nothing left this machine.")


def _phone_screen(title: str, content: str) -> Panel:
    return Panel(
        content, title=title, title_align="left", width=60, box=box.ROUNDED, padding=(0, 1)
    )
