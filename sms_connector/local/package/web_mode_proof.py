"""The proof of web mode: messages through server.py, started as s.web.yaml starts it."""

import http.client
import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from ...settings import FUNCTION_NAME
from ..checkout import PROJECT
from ..web_server import listen
from .interpreter import Interpreter

_CODE: Final = "/code/"
_LISTENING: Final = '"event":"listening"'
_SECONDS: Final = 30


class WebCase(NamedTuple):
    """One request that must send exactly one message to ``phone``."""

    phone: str
    path: str
    headers: Mapping[str, str]
    operation: str = "send"

    @property
    def body(self) -> str:
        fields = {"phone": self.phone, "usageType": "SignIn"}
        if self.path == "/invoke":
            fields["operation"] = self.operation
        return json.dumps(fields)


def cases(authorization: str, role: Mapping[str, str | None]) -> dict[str, WebCase]:
    """Return one case for each way in. ``role`` is a key with the names of the context's."""
    platform = {f"x-fc-{name.replace('_', '-')}": text or "" for name, text in role.items()}
    http_invoke = {**platform, "x-fc-control-path": "/http-invoke", "Authorization": authorization}
    invoke = {**platform, "x-fc-control-path": "/invoke"}
    return {
        "an HTTP request in web mode": WebCase("13812345681", "/", http_invoke),
        "a direct invocation in web mode": WebCase("13812345682", "/invoke", invoke),
        "a verification in web mode": WebCase(
            "13812345683", "/invoke", invoke, "startVerification"
        ),
    }


def answers(
    package: Path, interpreter: Interpreter, environ: Mapping[str, str], asked: list[WebCase]
) -> Iterator[Any]:
    """Start the server, yield the answer to each case, and stop the server.

    Raises RuntimeError with what the server printed if it does not start or stop.
    """
    with _server(package, interpreter, environ) as port:
        for case in asked:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
            connection.request("POST", case.path, case.body, dict(case.headers))
            yield json.loads(connection.getresponse().read())
            connection.close()


@contextmanager
def _server(package: Path, interpreter: Interpreter, environ: Mapping[str, str]) -> Iterator[int]:
    with listen("127.0.0.1", 0) as free:
        port: int = free.getsockname()[1]
    started = subprocess.Popen(  # noqa: S603
        # Without what is installed for this Python.
        [interpreter.path, "-S", "-s", "-B", *_arguments(package)],
        cwd=package.parent,
        env={**environ, FUNCTION_NAME: "proof", "FC_SERVER_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = ""
    with started as process:
        try:
            assert process.stdout  # noqa: S101  (a pipe was asked for)
            while _LISTENING not in printed:
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"web mode does not start:\n{printed}")
                printed += line
            yield port
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=_SECONDS)
            if process.returncode:
                raise RuntimeError(f"web mode ends with {process.returncode}:\n{printed}{rest}")
        finally:
            process.kill()


def _arguments(package: Path) -> list[str]:
    """Return what s.web.yaml passes to Python, with the package in the place of /code."""
    text = (PROJECT / "s.web.yaml").read_text("utf-8")
    runtime = yaml.safe_load(text)["resources"]["sms"]["props"]["customRuntimeConfig"]
    return [each.replace(_CODE, f"{package}/") for each in runtime["args"]]
