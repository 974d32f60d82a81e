"""The function behind a real port: in this process, or as `python -m sms_connector serve`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typing_extensions import Self

from sms_connector.local.serve.app import create_app, in_own_thread
from sms_connector.local.serve.http import HttpRequest, HttpResponse
from sms_connector.local.serve.instance import Instance
from sms_connector.local.serve.invocation import invoke
from sms_connector.local.web_server import WebServer

PROJECT = Path(__file__).parents[2]

# As in pyproject.toml: each is an error, but the one that the SDK gives on Python 3.12 and later.
_WARNINGS = ("-Werror", "-Wignore:datetime.datetime.utcnow:DeprecationWarning")


@contextmanager
def serving(
    envelope: str = "http3", lines: list[str] | None = None, module: str = "index"
) -> Iterator[str]:
    """Serve in a thread, and yield the address. Access lines are appended to ``lines``."""
    if module == "index":  # it reads the settings once, when it is imported
        sys.modules.pop(module, None)
    logged: list[str] = [] if lines is None else lines
    instance = Instance(module)

    async def answer(request: HttpRequest) -> HttpResponse:
        return await in_own_thread(lambda: invoke(instance, envelope, request))

    app = create_app(answer, logged.append)
    with WebServer(app, name="serve") as server:
        yield server.url


class ServerProcess:
    """A server as a process of its own. ``out`` and ``err`` are its lines so far.

    ``command`` is run by this Python. With ``own_group``, a signal reaches all of its processes,
    as Ctrl-C does.
    """

    def __init__(
        self,
        *command: str,
        project: Path = PROJECT,
        own_group: bool = False,
        python: str = sys.executable,
        **environ: str,
    ) -> None:
        self.out: list[str] = []
        self.err: list[str] = []
        self._process = subprocess.Popen(  # noqa: S603
            [python, *command],
            cwd=project,
            env={**clean(os.environ), **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=own_group,
        )
        self._own_group = own_group
        self._readers = [
            threading.Thread(target=lambda: self.out.extend(self._process.stdout or ())),
            threading.Thread(target=lambda: self.err.extend(self._process.stderr or ())),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGTERM)

    def find(self, pattern: str, seconds: float = 20, *, in_err: bool = False) -> str:
        """Wait for a line, and return the first group of the match."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in tuple(self.err if in_err else self.out):
                if match := re.search(pattern, line):
                    return match[1] if match.groups() else match[0]
            time.sleep(0.02)
        raise AssertionError(f"no line {pattern!r} in {self.out} {self.err}")

    def send_signal(self, signal_: signal.Signals) -> None:
        if self._process.poll() is None:
            if self._own_group:
                os.killpg(self._process.pid, signal_)
            else:
                self._process.send_signal(signal_)

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Stop it, and return its exit code."""
        self.send_signal(by)
        code = self._process.wait(30)
        for reader in self._readers:
            reader.join(10)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        return code


class ServeProcess(ServerProcess):
    """`serve` on free ports."""

    def __init__(
        self, *options: str, project: Path = PROJECT, own_group: bool = False, **environ: str
    ) -> None:
        super().__init__(
            *_WARNINGS,
            *("-m", "sms_connector", "serve", "--port=0"),
            *options,
            project=project,
            own_group=own_group,
            **environ,
        )

    @property
    def url(self) -> str:
        return self.find(r"^Serving (\S+)")


class GunicornProcess(ServerProcess):
    """gunicorn with the WSGI application, on a free port."""

    def __init__(self, *options: str, **environ: str) -> None:
        bound = ("--bind", "127.0.0.1:0", "--no-control-socket")
        application = "sms_connector.wsgi:application"
        command = ("-m", "gunicorn", *bound, *options, application)
        super().__init__(*command, project=PROJECT, own_group=False, **environ)

    @property
    def url(self) -> str:
        return self.find(r"Listening at: (\S+)", in_err=True)

    def find_many(self, text: str, number: int, seconds: float = 60) -> None:
        """Wait until so many lines of stderr have this text."""
        deadline = time.monotonic() + seconds
        while sum(text in line for line in tuple(self.err)) < number:
            assert time.monotonic() < deadline, self.err
            time.sleep(0.02)

    @property
    def log(self) -> list[dict[str, Any]]:
        """What the application has logged so far."""
        return [json.loads(line) for line in tuple(self.err) if line.startswith("{")]


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the settings of this machine."""
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith(("SMS_CONNECTOR_", "ALIBABA_CLOUD_", "COV_", "FC_"))
    } | {"PYTHONUNBUFFERED": "1"}
