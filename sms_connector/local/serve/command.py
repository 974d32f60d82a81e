"""`serve`: the function behind a real port, on a terminal."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from ...errors import ConnectorError
from ...settings import AUTHORIZATION, read_settings
from ..emulate.server import Emulator
from ..endpoint import is_emulator
from ..web_server import listen
from .emulated_settings import missing_settings
from .invocation import INVOKE_THROUGH
from .reload import serve_and_reload

_PORT = click.IntRange(0, 65535)


@click.command()
@click.option("--port", type=_PORT, default=9000, show_default=True, help="0 picks a free one.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--envelope",
    type=click.Choice(list(INVOKE_THROUGH)),
    default="http3",
    show_default=True,
    help="HTTP trigger of FC 3.0, API Gateway, or HTTP function of FC 2.0.",
)
@click.option("--emulator", "with_emulator", is_flag=True, help="Start the emulator beside it.")
@click.option(
    "--emulator-port", type=_PORT, default=8025, show_default=True, help="0 picks a free one."
)
def serve(port: int, host: str, envelope: str, with_emulator: bool, emulator_port: int) -> None:
    """Answer HTTP requests as Function Compute would, until Ctrl-C.

    The function starts anew when its code or connector.json changes.
    """
    with ExitStack() as stack:
        with _told_in_one_line(host, port):
            listener = stack.enter_context(listen(host, port))
        url = "http://{}:{}".format(*listener.getsockname())
        click.echo(f"Serving {url} ({envelope})")
        if with_emulator:
            with _told_in_one_line("127.0.0.1", emulator_port):
                emulator = stack.enter_context(Emulator(emulator_port))
            _set_up(url, emulator.url)
        serve_and_reload(listener, envelope)
    click.echo("")


def _set_up(url: str, emulator_url: str) -> None:
    """Set what is not set, and say how to make the first call."""
    added = missing_settings(os.environ, emulator_url)
    os.environ.update(added)
    click.echo(f"SMS emulator on {emulator_url}; what phones receive: GET {emulator_url}/inbox")
    authorization = added.get(AUTHORIZATION)
    if authorization:
        click.echo(f"Authorization for this run: {authorization}")
    elif os.environ.get(AUTHORIZATION):
        authorization = f"${AUTHORIZATION}"  # the shell's to fill in: it is not ours to show
    header = f' -H "Authorization: {authorization}"' if authorization else ""
    body = '{"phone": "13812345678", "usageType": "SignIn"}'
    click.echo(f"Try: curl{header} -d '{body}' {url}")
    if not _goes_to_an_emulator():
        click.echo("Your own connector config sends elsewhere: the emulator gets no message.")


def _goes_to_an_emulator() -> bool:
    try:
        return is_emulator(read_settings(os.environ).read_config())
    except ConnectorError:
        return True  # nothing can be sent at all, and every answer will say why


@contextmanager
def _told_in_one_line(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"cannot serve on {host}:{port}: {error.strerror}") from None
