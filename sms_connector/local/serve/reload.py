"""Run the function in processes that are replaced when the code or connector.json changes.

An instance in the cloud is a new process too, so nothing of the old code remains. The port stays
open meanwhile: requests wait instead of being refused.
"""

import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final, NamedTuple

import click
import uvicorn
from watchfiles import Change, run_process

from ..checkout import CONNECTOR_JSON, PROJECT
from ..web_guard import Hosts
from ..web_server import quiet_config
from .app import Answer, create_app
from .dispatcher import Dispatcher
from .process import Emulated, InstanceProcess
from .web_instance import WebInstance

_PATIENCE_SECONDS: Final = 15
"""How long requests under way may take before the process is replaced."""


class Served(NamedTuple):
    """What the process that serves gets. `instances` may run at once; None is one in web mode."""

    envelope: str
    host: str
    allow_hosts: tuple[str, ...]
    emulated: Emulated
    instances: int | None


def serve_and_reload(
    listener: socket.socket, served: Served, on_restart: Callable[[], None]
) -> None:
    """Serve the open port until Ctrl-C."""

    def announce(changes: Set[tuple[Change, str]]) -> None:
        beside = CONNECTOR_JSON.parent
        names = sorted({Path(os.path.relpath(path, beside)).as_posix() for _, path in changes})
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
    """Start an instance, then serve until stopped. This runs in a process of its own."""
    try:
        with _instances(served) as (answer, has_started):
            app = create_app(answer, hosts=Hosts(served.host, served.allow_hosts))
            server = uvicorn.Server(quiet_config(app, timeout_graceful_shutdown=_PATIENCE_SECONDS))
            threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
            click.echo("Ready." if has_started else "The function does not start.")
            server.run([listener])
    except KeyboardInterrupt:
        return


@contextmanager
def _instances(served: Served) -> Iterator[tuple[Answer, bool]]:
    """Yield what answers requests, and whether the first instance has started."""
    if served.instances is None:
        with WebInstance(served.emulated) as web:
            yield web.answer, web.has_started()
        return

    def start(number: int) -> InstanceProcess:
        return InstanceProcess(number, served.envelope, served.emulated)

    def started(number: int) -> None:
        click.echo(f"Instance {number} starts: the others are busy.")

    with Dispatcher(start, served.instances, started) as dispatcher:
        yield dispatcher.answer, dispatcher.start_first()


def _stop_with_parent(server: uvicorn.Server) -> None:
    """Stop the server when the process that started this one ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        server.should_exit = True


def _directories() -> list[Path]:
    """Return the directories to watch, one by one: the whole project has thousands of files."""
    code = PROJECT / "sms_connector"
    inner = [path for path in code.rglob("*") if path.is_dir() and path.name != "__pycache__"]
    return [CONNECTOR_JSON.parent, code, *inner]


def _matters(_change: Change, path: str) -> bool:
    return path.endswith(".py") or path == str(CONNECTOR_JSON)
