"""`emulate`: the emulator on a terminal."""

import threading

import click

from .account import ORDINARY_KEY
from .inbox import ReceivedMessage
from .phone_numbers import mask
from .server import Emulator


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8025, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--no-flow-control", is_flag=True, help="Let any number of messages through.")
def emulate(port: int, host: str, no_flow_control: bool) -> None:
    """Serve an Alibaba Cloud SMS on this machine until Ctrl-C."""
    emulator = Emulator(port, not no_flow_control, host=host, on_message=_announce)
    try:
        with emulator:
            click.echo(f"SMS emulator on {emulator.url}")
            click.echo(f"access key {ORDINARY_KEY.id} {ORDINARY_KEY.secret}")
            click.echo("connector.example.json fits this account; docs/emulator.md lists it.")
            click.echo(
                f"What phones receive: {emulator.url} in a browser, or GET {emulator.url}/inbox"
            )
            threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("")
    except OSError as error:
        raise click.ClickException(f"cannot serve on {host}:{port}: {error.strerror}") from None


def _announce(message: ReceivedMessage) -> None:
    """Print that a message came in, and no more than a log may hold."""
    click.echo(
        f"{message.received_at.astimezone():%H:%M:%S}  {mask(message.phone)}"
        f"  {message.template_code}  【{message.sign_name}】  see /inbox"
    )
