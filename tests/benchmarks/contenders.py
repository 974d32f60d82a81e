"""What is measured: the package, the plain SDK, Logto's connector, and the least there can be."""

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sms_connector.local.package.interpreter import Interpreter, find_interpreter
from sms_connector.settings import SECRET, STORE

PROJECT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
PACKAGE = PROJECT / "build" / "function"
PLAIN = PROJECT / "build" / "plain-sdk"
RUNTIME = "3.12"

OURS = "ours"
WITH_STORE = "ours with a store"
PLAIN_SDK = "plain SDK"
LOGTO = "Logto"


class Contender(NamedTuple):
    """A program that sends messages and measures itself."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = {}

    def run(self, environ: Mapping[str, str], *what: str) -> Mapping[str, Any]:
        """Run the program once and return its report."""
        started = {"STARTED": repr(time.time())}
        done = subprocess.run(  # noqa: S603
            [*self.command, *what],
            env={**environ, **self.environ, **started},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: {done.stderr or done.stdout}")
        report: Mapping[str, Any] = json.loads(done.stdout)
        return report


def contenders(interpreter: Interpreter, store: str) -> tuple[Contender, ...]:
    """Return all that can run on this machine, ready to run. The package comes first.

    ``store`` is the URL of a server for the package that runs with one.
    """
    ours = function_from(interpreter, OURS, str(PACKAGE))
    with_store = {STORE: store, SECRET: secrets.token_hex()}
    python = (
        ours,
        ours._replace(name=WITH_STORE, environ={**ours.environ, **with_store}),
        _python(interpreter, PLAIN_SDK, "plain_sdk.py", str(plain_install(interpreter))),
        _python(interpreter, "floor", "floor.py"),
    )
    node = shutil.which("node")
    if node is None:
        return python
    _install_logto()
    preload = str(PEERS / "loopback.cjs")
    return (*python, Contender(LOGTO, (node, "--require", preload, str(PEERS / "logto.mjs"))))


def runtime() -> Interpreter:
    """Return the Python that the function runs on."""
    interpreter = find_interpreter(RUNTIME)
    if interpreter is None:
        raise SystemExit(f"make bench needs Python {RUNTIME}, which the function runs on.")
    return interpreter


def function_from(interpreter: Interpreter, name: str, *directories: str) -> Contender:
    """Return the function, imported from these directories and nowhere else."""
    return _python(interpreter, name, "ours.py", *directories)


def _python(interpreter: Interpreter, name: str, program: str, *directories: str) -> Contender:
    # The same for all: no site-packages, no user's directory, nothing compiled on the way.
    command = (interpreter.path, "-S", "-s", "-B", str(PEERS / program))
    return Contender(name, command, {"PYTHONPATH": os.pathsep.join(directories)})


def node_version() -> str:
    """Return the version of Node, or ``none``."""
    node = shutil.which("node")
    if node is None:
        return "none"
    command = [node, "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def plain_install(interpreter: Interpreter) -> Path:
    """Install all of requirements.txt, compiled, as `pip install` does."""
    lock = (PROJECT / "requirements.txt").read_bytes()
    stamp, content = PLAIN / "requirements.txt", lock + interpreter.version.encode()
    if not stamp.is_file() or stamp.read_bytes() != content:
        shutil.rmtree(PLAIN, ignore_errors=True)
        _run(interpreter.path, "-m", "venv", str(PLAIN))
        pip = (str(PLAIN / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
        _run(*pip, "install", "--require-hashes", "-r", str(PROJECT / "requirements.txt"))
        stamp.write_bytes(content)
    (site_packages,) = PLAIN.glob("lib/python*/site-packages")
    return site_packages


def _install_logto() -> None:
    if not (PEERS / "node_modules" / "@logto").is_dir():
        _run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(PEERS))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, env=os.environ, stdout=subprocess.DEVNULL)  # noqa: S603
