"""The function in a process of its own, which is replaced when the code or the settings change.

A new process is what an instance in the cloud starts as too: nothing of the old code is left in
it. The port stays open meanwhile, so that requests wait a moment and none is refused.
"""

import logging
import multiprocessing
import socket
import threading
from collections.abc import Set
from pathlib import Path
from typing import Final

import click
import uvicorn
from watchfiles import Change, run_process

from ..web_server import quiet_config
from .app import create_app
from .instance import Instance
from .invocation_log import log_to_stderr

PROJECT: Final = Path(__file__).parents[3]

_PATIENCE_SECONDS: Final = 15
"""How long requests under way have to end before the process is replaced."""


def serve_and_reload(listener: socket.socket, envelope: str) -> None:
    """Serve on an open port until Ctrl-C."""
    # It warns when Ctrl-C, which reaches both processes, has already ended the other one.
    logging.getLogger("watchfiles").setLevel(logging.ERROR)
    run_process(
        *_directories(),
        target=serve,
        args=(listener, envelope),
        callback=_announce,
        watch_filter=_matters,
        recursive=False,
        debounce=300,
        sigint_timeout=_PATIENCE_SECONDS + 1,
    )


def serve(listener: socket.socket, envelope: str) -> None:
    """Be the process that serves: start the instance, then answer until told to stop."""
    try:
        log_to_stderr()
        instance = Instance()
        app = create_app(instance, envelope)
        server = uvicorn.Server(quiet_config(app, timeout_graceful_shutdown=_PATIENCE_SECONDS))
        threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
        click.echo("Ready." if instance.has_started else "The function does not start.")
        server.run([listener])
    except KeyboardInterrupt:
        return


def _stop_with_parent(server: uvicorn.Server) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        server.should_exit = True


def _directories() -> list[Path]:
    """Name each directory by itself: watched as a whole, the project holds thousands."""
    code = PROJECT / "sms_connector"
    inner = [path for path in code.rglob("*") if path.is_dir() and path.name != "__pycache__"]
    return [PROJECT, code, *inner]


def _matters(_change: Change, path: str) -> bool:
    return path.endswith(".py") or path == str(PROJECT / "connector.json")


def _announce(changes: Set[tuple[Change, str]]) -> None:
    names = sorted({Path(path).relative_to(PROJECT).as_posix() for _, path in changes})
    click.echo(f"Changed: {', '.join(names)}. Starting anew.")
