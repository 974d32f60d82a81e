"""Run the function in processes that are replaced when the code or connector.json changes.

An instance in the cloud is a new process too, so nothing of the old code remains. The port stays
open meanwhile: requests wait instead of being refused.
"""

import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence, Set
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Final, NamedTuple

import click
import uvicorn
from watchfiles import Change, run_process

from ..checkout import CONNECTOR_JSON, PROJECT
from ..web_guard import Hosts
from ..web_server import quiet_config
from .app import create_app
from .instance import Instance
from .invocation_log import log_to_stderr

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
    listeners: Sequence[socket.socket], served: Served, on_restart: Callable[[], None]
) -> None:
    """Serve until Ctrl-C, in one process for each of the sockets of an open port."""

    def announce(changes: Set[tuple[Change, str]]) -> None:
        beside = CONNECTOR_JSON.parent
        names = sorted({Path(os.path.relpath(path, beside)).as_posix() for _, path in changes})
        click.echo(f"Changed: {', '.join(names)}. Restarting.")
        on_restart()

    # It warns when Ctrl-C, which reaches both processes, has already ended the other one.
    logging.getLogger("watchfiles").setLevel(logging.ERROR)
    run_process(
        *_directories(),
        target=serve if len(listeners) == 1 else serve_instances,
        args=(*listeners, served) if len(listeners) == 1 else (listeners, served),
        callback=announce,
        watch_filter=_matters,
        recursive=False,
        debounce=300,
        sigint_timeout=_PATIENCE_SECONDS + 1,
    )


def serve_instances(listeners: Sequence[socket.socket], served: Served) -> None:
    """Serve in a process for each socket, until stopped. This runs in a process of its own."""
    context = multiprocessing.get_context("spawn")
    stopped, stop = context.Pipe(duplex=False)
    processes = [
        context.Process(target=serve, args=(listener, served, f"instance {number}", stopped))
        for number, listener in enumerate(listeners, 1)
    ]
    # Ctrl-C reaches them too, and a second signal would cut off requests under way.
    signal.signal(signal.SIGINT, lambda *_: stop.close())
    for process in processes:
        process.start()
    stopped.close()
    for listener in listeners:
        listener.close()
    for process in processes:
        process.join()


def serve(
    listener: socket.socket, served: Served, name: str = "", stopped: Connection | None = None
) -> None:
    """Start an instance, then serve until stopped. This runs in the new process.

    A `name` is printed with its lines. The instance also stops when `stopped` is closed.
    """
    prefix = f"{name}  " if name else ""
    try:
        log_to_stderr()
        instance = Instance(configure=lambda: _configure(served))
        hosts = Hosts(served.host, served.allow_hosts)
        app = create_app(
            instance, served.envelope, lambda line: click.echo(prefix + line), hosts=hosts
        )
        server = uvicorn.Server(quiet_config(app, timeout_graceful_shutdown=_PATIENCE_SECONDS))
        threading.Thread(target=_await_stop, args=(server, stopped), daemon=True).start()
        state = "Ready." if instance.has_started else "The function does not start."
        click.echo(prefix + state)
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


def _await_stop(server: uvicorn.Server, stopped: Connection | None) -> None:
    """Stop the server when the process that started this one ends, or closes the connection."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel, *([stopped] if stopped else [])])
        server.should_exit = True


def _directories() -> list[Path]:
    """Return the directories to watch, one by one: the whole project has thousands of files."""
    code = PROJECT / "sms_connector"
    inner = [path for path in code.rglob("*") if path.is_dir() and path.name != "__pycache__"]
    return [CONNECTOR_JSON.parent, code, *inner]


def _matters(_change: Change, path: str) -> bool:
    return path.endswith(".py") or path == str(CONNECTOR_JSON)
