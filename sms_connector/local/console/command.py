"""`console`: the connector's settings as a page in the browser."""

import threading
import webbrowser
from contextlib import ExitStack
from pathlib import Path

import click

from ..emulate.server import Emulator
from .server import Console

# Where connector.example.json expects it, so that what is saved fits `emulate` later too.
EMULATOR_PORT = 8025


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default: a free one")
@click.option("--no-browser", is_flag=True, help="Print the address, and open nothing.")
@click.option("--emulator", "emulated", is_flag=True, help="Start the SMS emulator beside it.")
@click.option(
    "--config",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default="connector.json",
    show_default=True,
    help="What to load, and to save to.",
)
def console(port: int, no_browser: bool, emulated: bool, path: Path) -> None:
    """Fill in, check, try and save the connector's settings in a browser, until Ctrl-C."""
    with ExitStack() as stack:
        emulator = _start_emulator(stack) if emulated else None
        try:
            served = stack.enter_context(Console(path, emulator, port))
        except OSError as error:
            message = f"cannot serve on 127.0.0.1:{port}: {error.strerror}"
            raise click.ClickException(message) from None
        click.echo(served.url)
        if emulator is not None:
            click.echo(f"SMS emulator on {emulator.url}: open it to see every message")
        if not no_browser:
            webbrowser.open(served.url)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("")


def _start_emulator(stack: ExitStack) -> Emulator:
    try:
        return stack.enter_context(Emulator(EMULATOR_PORT, flow_control=False))
    except OSError:  # another one is running there, most likely
        return stack.enter_context(Emulator(flow_control=False))
