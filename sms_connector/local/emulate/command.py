"""`emulate`: run the emulator on a terminal."""

import signal
import threading

import click
import msgspec

from ..web_server import listen_problem
from .account import ORDINARY_KEY
from .inbox import ReceivedMessage
from .phone_numbers import mask
from .server import Emulator


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8025,
    show_default=True,
    help="The port to listen on; 0 picks a free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Another host name that requests may name; repeatable.",
)
@click.option("--reports", default="", metavar="URL", help="Push delivery reports to this address.")
@click.option("--no-flow-control", is_flag=True, help="Do not limit messages per number.")
@click.option(
    "--outside-mainland",
    is_flag=True,
    help="Refuse messages to the mainland, as from an address outside of it.",
)
def emulate(
    port: int,
    host: str,
    allow_hosts: tuple[str, ...],
    reports: str,
    no_flow_control: bool,
    outside_mainland: bool,
) -> None:
    """Emulate Alibaba Cloud SMS on this machine, until Ctrl-C."""
    emulator = Emulator(
        port,
        not no_flow_control,
        host=host,
        on_message=_announce,
        allow_hosts=allow_hosts,
        reports=reports,
        say=click.echo,
        outside_mainland=outside_mainland,
    )
    try:
        with emulator:
            # What stops a child process or a container is a stop like Ctrl-C.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            click.echo(f"SMS emulator on {emulator.url}")
            click.echo(f"access key {ORDINARY_KEY.id} {ORDINARY_KEY.secret}")
            example = "docs/examples/connector.example.json"
            click.echo(f"{example} fits this account, which docs/emulator.md lists.")
            click.echo(f"Messages: {emulator.url} in a browser, or GET {emulator.url}/inbox")
            threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("")
    except OSError as error:
        raise click.ClickException(listen_problem(error, host, port)) from None


def _announce(message: ReceivedMessage) -> None:
    """Print a line for a message, without its text or its whole number."""
    failed = message.delivery_error is not msgspec.UNSET
    click.echo(
        f"{message.received_at.astimezone():%H:%M:%S}  {mask(message.phone)}"
        f"  {message.template_code}  【{message.sign_name}】  "
        + (f"not delivered: {message.delivery_error}" if failed else "see /inbox")
    )
