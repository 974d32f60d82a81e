"""`console`: the connector's settings as a page in the browser."""

import threading
from contextlib import ExitStack
from pathlib import Path

import click

from ...config import ConnectorConfig
from ...templates import ByRegion
from ..emulate.server import Emulator
from ..endpoint import is_emulator
from ..web_server import is_taken, listen_problem
from .browser import open_in_browser
from .connector_file import ConnectorFile, UnreadableFileError
from .server import Console

# Where the example expects it, so that a saved file fits `emulate` later too.
EMULATOR_PORT = 8025


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default: a free one")
@click.option("--no-browser", is_flag=True, help="Print the address without opening it.")
@click.option(
    "--emulator",
    "with_emulator",
    is_flag=True,
    help="Start the SMS emulator too, and send everything to it, whatever the file says.",
)
@click.option(
    "--config",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default="connector.json",
    show_default=True,
    help="The connector JSON to load and save.",
)
def console(port: int, no_browser: bool, with_emulator: bool, path: Path) -> None:
    """Fill in, check, test and save the settings in a browser.

    Runs until Ctrl-C. Without --emulator, test messages go where the form's endpoint points to:
    they are real and cost money unless that is this machine. The page asks before it sends one.
    """
    with ExitStack() as stack:
        emulator = _start_emulator(stack) if with_emulator else None
        try:
            server = stack.enter_context(Console(path, emulator, port))
        except OSError as error:
            raise click.ClickException(listen_problem(error, "127.0.0.1", port)) from None
        _print_destination(path, emulator)
        click.echo(server.address)
        if not no_browser:
            stack.enter_context(open_in_browser(server.address))
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("")


def _start_emulator(stack: ExitStack) -> Emulator:
    try:
        return stack.enter_context(Emulator(EMULATOR_PORT, flow_control=False))
    except OSError as error:
        if not is_taken(error):
            raise click.ClickException(listen_problem(error, "127.0.0.1", EMULATOR_PORT)) from None
        return stack.enter_context(Emulator(flow_control=False))


def _print_destination(path: Path, emulator: Emulator | None) -> None:
    if emulator is not None:
        line = f"Messages go to the SMS emulator on {emulator.url}: open it to see all of them."
        click.secho(line, fg="green")
    elif endpoint := _local_endpoint(path):
        line = f"Messages go to {endpoint} on this machine, as {path} says."
        click.secho(line, fg="green")
    else:
        line = "Messages are REAL and cost money. (--emulator sends them to an emulator instead.)"
        click.secho(line, fg="red", bold=True)


def _local_endpoint(path: Path) -> str | None:
    """Return the endpoint in the file if it is on this machine."""
    try:
        endpoint = ConnectorFile(path).read().get("endpoint")
    except UnreadableFileError:
        return None
    if not isinstance(endpoint, str):
        return None
    return endpoint if is_emulator(ConnectorConfig(ByRegion({}), (), endpoint=endpoint)) else None
