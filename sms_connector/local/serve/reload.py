"""Run the function in a process that is replaced when the code or connector.json changes.

An instance in the cloud is a new process too, so nothing of the old code remains. The port stays
open meanwhile: requests wait instead of being refused.
"""

import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Set
from pathlib import Path
from typing import Final, NamedTuple

import click
import uvicorn
from watchfiles import Change, run_process

from ..web_guard import Hosts
from ..web_server import quiet_config
from .app import create_app
from .instance import Instance
from .invocation_log import log_to_stderr

PROJECT: Final = Path(__file__).parents[3]

_PATIENCE_SECONDS: Final = 15
"""How long requests under way may take before the process is replaced."""


class Served(NamedTuple):
    """What the process that serves gets. `emulator_url` is empty without an emulator."""

    envelope: str
    host: str
    allow_hosts: tuple[str, ...]
    emulator_url: str
    flow_control: bool


def serve_and_reload(
    listener: socket.socket, served: Served, on_restart: Callable[[], None]
) -> None:
    """Serve on an open port until Ctrl-C."""

    def announce(changes: Set[tuple[Change, str]]) -> None:
        names = sorted({Path(path).relative_to(PROJECT).as_posix() for _, path in changes})
        click.echo(f"Changed: {', '.join(names)}. Restarting.")
        on_restart()

    # It warns when Ctrl-C, which reaches both processes, has already ended the other one.
    logging.getLogger("watchfiles").setLevel(logging.ERROR)
    run_process(
        *_directories(),
        target=serve,
        args=(listener, served),
        callback=announce,
        watch_filter=_matters,
        recursive=False,
        debounce=300,
        sigint_timeout=_PATIENCE_SECONDS + 1,
    )


def serve(listener: socket.socket, served: Served) -> None:
    """Start the instance, then serve until stopped. This runs in the new process."""
    try:
        log_to_stderr()
        instance = Instance(configure=lambda: _configure(served))
        hosts = Hosts(served.host, served.allow_hosts)
        app = create_app(instance, served.envelope, hosts=hosts)
        server = uvicorn.Server(quiet_config(app, timeout_graceful_shutdown=_PATIENCE_SECONDS))
        threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
        click.echo("Ready." if instance.has_started else "The function does not start.")
        server.run([listener])
    except KeyboardInterrupt:
        return


def _configure(served: Served) -> None:
    """Set the connector JSON of a run with an emulator, from the user's as it is now."""
    if not served.emulator_url:
        return
    # Not at the top: an error in the code that this imports is answered, as in the function's.
    from ...settings import CONFIG
    from .emulated_settings import emulated_config

    os.environ[CONFIG] = emulated_config(os.environ, served.emulator_url, served.flow_control)


def _stop_with_parent(server: uvicorn.Server) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        server.should_exit = True


def _directories() -> list[Path]:
    """Return the directories to watch, one by one: the whole project has thousands of files."""
    code = PROJECT / "sms_connector"
    inner = [path for path in code.rglob("*") if path.is_dir() and path.name != "__pycache__"]
    return [PROJECT, code, *inner]


def _matters(_change: Change, path: str) -> bool:
    return path.endswith(".py") or path == str(PROJECT / "connector.json")
