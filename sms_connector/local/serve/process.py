"""An instance as a process of its own, which takes one request at a time."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

from .http import HttpRequest, HttpResponse

# No code of the function is imported here: an error in it is answered, and must not end `serve`.
PLATFORM: Final = {"FC_FUNCTION_NAME": "sms-connector", "FC_REGION": "cn-hangzhou"}
"""What the function sees of Function Compute. A value that is set already is kept."""


class Emulated(NamedTuple):
    """The emulator that takes all messages; an empty ``url`` without one."""

    url: str = ""
    flow_control: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """What an instance's process is started with, for ``configure``."""
        return (self.url, *(("flow-control",) if self.flow_control else ())) if self.url else ()


def configure(arguments: Sequence[str]) -> None:
    """Set the connector JSON of a run with an emulator, from the user's. Runs in the instance."""
    if arguments:
        # Not at the top: an error in the code that this imports is answered, as in the function's.
        from ...settings import CONFIG
        from .emulated_settings import emulated_config

        url, *flow_control = arguments
        os.environ[CONFIG] = emulated_config(os.environ, url, bool(flow_control))


Invoke = Callable[[HttpRequest], HttpResponse]


class InstanceProcess:
    """Starts at once; the first request waits until the code is loaded."""

    def __init__(self, number: int, envelope: str, emulated: Emulated) -> None:
        self.number = number
        ours, theirs = socket.socketpair()
        self._connection = Connection(ours.detach())
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                (
                    *(sys.executable, "-m", f"{__package__}.instance_main"),
                    *(str(theirs.fileno()), envelope, *emulated.arguments),
                ),
                env={**PLATFORM, **os.environ},
                pass_fds=(theirs.fileno(),),
            )
        self._has_started: bool | None = None

    def has_started(self) -> bool:
        """Wait until the instance is ready, and return whether its code loads."""
        if self._has_started is None:
            try:
                self._has_started = bool(self._connection.recv())
            except (EOFError, OSError):
                self._has_started = False
        return self._has_started

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response. Raises EOFError if the process ends before."""
        self.has_started()
        try:
            self._connection.send(request)
            response: HttpResponse = self._connection.recv()
        except OSError:  # closed, or reset
            raise EOFError from None
        return response

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()  # whatever waits for its answer gets EOFError


def answer_requests(descriptor: int, has_started: bool, invoke: Invoke) -> None:
    """Answer one request after the other, until the other end is closed. Runs in the instance."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the dispatcher ends this
    with Connection(descriptor) as connection:
        connection.send(has_started)
        while True:
            try:
                request = connection.recv()
            except EOFError:
                return
            connection.send(invoke(request))
