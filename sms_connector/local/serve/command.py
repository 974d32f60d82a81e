"""`serve`: run the function behind a port of this machine."""

import os
import secrets
import socket
from contextlib import ExitStack

import click
from click.core import ParameterSource
from rich.console import Console

from ...errors import ConnectorError
from ...settings import AUTHORIZATION, REPORT_TOKEN, SECRET, STORE, Settings, read_settings
from ...store.address import MEMORY, parse_address
from ..emulate.server import Emulator
from ..web_server import is_taken, listen, listen_or_pick, listen_problem, url_of
from . import greeting
from .invocation import INVOKE_THROUGH
from .process import PLATFORM, Emulated
from .reload import Served, serve_and_reload

_PORT = click.IntRange(0, 65535)
_LOOPBACK = "127.0.0.1"
_MOST_INSTANCES = 100


@click.command()
@click.option(
    "--port",
    type=_PORT,
    default=9000,
    show_default=True,
    help="The port to listen on; 0 picks a free one.",
)
@click.option("--host", default=_LOOPBACK, show_default=True, help="The address to listen on.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Another host name that requests may name; repeatable.",
)
@click.option(
    "--envelope",
    type=click.Choice(list(INVOKE_THROUGH)),
    default="http3",
    show_default=True,
    help="HTTP trigger of FC 3.0, API Gateway, or HTTP function of FC 2.0.",
)
@click.option(
    "--emulator",
    "with_emulator",
    is_flag=True,
    help="Start an emulator, and send every message to it.",
)
@click.option(
    "--emulator-port",
    type=_PORT,
    default=8025,
    show_default=True,
    help="The port of the emulator; 0 picks a free one.",
)
@click.option(
    "--flow-control",
    is_flag=True,
    help="With --emulator: limit messages per number, as the provider does.",
)
@click.option(
    "--store",
    metavar="URL",
    help="Share state between instances on this Redis, Valkey or Tair, in place of "
    "SMS_CONNECTOR_STORE. Without SMS_CONNECTOR_SECRET, makes one for this run.",
)
@click.option(
    "--instances",
    type=click.IntRange(1, _MOST_INSTANCES),
    default=20,
    show_default=True,
    help="How many instances may run at once: each is a process that takes one request at a time. "
    "One more request gets the platform's 429.",
)
@click.option(
    "--web",
    is_flag=True,
    help="Web mode: one instance that takes 100 requests at once, as s.web.yaml deploys it.",
)
def serve(
    port: int,
    host: str,
    allow_hosts: tuple[str, ...],
    envelope: str,
    with_emulator: bool,
    emulator_port: int,
    flow_control: bool,
    store: str | None,
    instances: int,
    web: bool,
) -> None:
    """Answer HTTP requests as Function Compute would, until Ctrl-C.

    An instance takes one request at a time, and ends when its caller gives up. The function
    restarts when its code or connector.json changes.
    """
    if web and not (_is_default("instances") and _is_default("envelope")):
        raise click.UsageError("--web has one instance, and no --envelope.")
    if flow_control and not with_emulator:
        raise click.UsageError("--flow-control needs --emulator.")
    if store is not None:
        _use_store(store)
    elif web and not os.environ.get(STORE):
        os.environ[STORE] = MEMORY  # as in s.web.yaml
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(host, port))
        emulator, generated = None, ""
        if with_emulator:
            reports = _report_address(url_of(listener))
            emulator = _start_emulator(stack, emulator_port, flow_control, allow_hosts, reports)
            if not greeting.has_credential(read_settings(os.environ)):
                generated = os.environ[AUTHORIZATION] = secrets.token_urlsafe(24)
        emulator_url = emulator.url if emulator else ""
        url = url_of(listener)
        settings = _settings()
        for asked, used in ((port, url), (emulator_port, emulator_url)):
            if asked and used and not used.endswith(f":{asked}"):
                click.echo(f"Port {asked} is taken: {used} is used instead.")
        for line in greeting.lines(
            settings, url, "web mode" if web else envelope, emulator_url, generated
        ):
            _show(line)
        for line in greeting.shared_state(settings, None if web else instances):
            _show(line)
        emulated = Emulated(emulator_url, flow_control)
        serve_and_reload(
            listener,
            Served(envelope, host, allow_hosts, emulated, None if web else instances),
            # A changed connector.json may have changed where messages go.
            lambda: _show(greeting.destination(read_settings(os.environ), emulator_url)),
        )
    click.echo("")


def _settings() -> Settings:
    """Return the settings as an instance reads them."""
    return read_settings({**PLATFORM, **os.environ})


def _use_store(url: str) -> None:
    """Set the variables of the store for this run."""
    try:
        if url != MEMORY:
            parse_address(url)
    except ConnectorError as error:
        raise click.UsageError(error.message) from None
    os.environ[STORE] = url
    if not read_settings(os.environ).secrets:
        os.environ[SECRET] = secrets.token_hex()


def _show(line: greeting.Line) -> None:
    terminal = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    terminal.print(line.text, style=line.style)


def _listen(host: str, port: int) -> socket.socket:
    """Open the port. A default one that is taken is replaced by a free one."""
    try:
        return listen_or_pick(host, port) if _is_default("port") else listen(host, port)
    except OSError as error:
        raise click.ClickException(listen_problem(error, host, port)) from None


def _report_address(url: str) -> str:
    """Return where the emulator pushes delivery reports; a token is made where none is set."""
    settings = read_settings(os.environ)
    token = settings.report_token
    if not token and not os.environ.get(REPORT_TOKEN):
        token = os.environ[REPORT_TOKEN] = secrets.token_urlsafe(24)
    return f"{url}{settings.base_path}/reports/{token}" if token else ""


def _start_emulator(
    stack: ExitStack, port: int, flow_control: bool, allow_hosts: tuple[str, ...], reports: str
) -> Emulator:
    def emulator(port: int) -> Emulator:
        return Emulator(
            port, flow_control, allow_hosts=allow_hosts, reports=reports, say=click.echo
        )

    try:
        return stack.enter_context(emulator(port))
    except OSError as error:
        if not (is_taken(error) and _is_default("emulator_port")):
            problem = listen_problem(error, _LOOPBACK, port)
            raise click.ClickException(problem) from None
        return stack.enter_context(emulator(0))


def _is_default(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is ParameterSource.DEFAULT
