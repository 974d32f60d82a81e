"""Who is measured: the package, the official SDK used plainly, and Logto's connector."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sms_connector.local.package.interpreter import Interpreter, find_interpreter

PROJECT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"
PACKAGE = PROJECT / "build" / "function"
PLAIN = PROJECT / "build" / "plain-sdk"
RUNTIME = "3.12"


class Contender(NamedTuple):
    """One way to send an SMS, as a program that measures itself."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = {}

    def run(self, environ: Mapping[str, str], *what: str) -> Mapping[str, Any]:
        """Run it once, to its end, and give its report."""
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


def contenders() -> tuple[Contender, ...]:
    """Prepare all that this machine can run. Ours comes first."""
    interpreter = find_interpreter(RUNTIME)
    if interpreter is None:
        raise SystemExit(f"make bench needs Python {RUNTIME}, which the function runs on.")
    # Isolated, and with nothing but their own directory: the same conditions for both.
    python = (interpreter.path, "-S", "-s", "-B")
    both = (
        Contender("ours", (*python, str(PEERS / "ours.py")), {"PYTHONPATH": str(PACKAGE)}),
        Contender(
            "plain SDK",
            (*python, str(PEERS / "plain_sdk.py")),
            {"PYTHONPATH": str(_plain_install(interpreter))},
        ),
    )
    node = shutil.which("node")
    if node is None:
        return both
    _install_logto()
    hook = str(PEERS / "loopback.cjs")
    return (*both, Contender("Logto", (node, "--require", hook, str(PEERS / "logto.mjs"))))


def node_version() -> str:
    node = shutil.which("node")
    if node is None:
        return "none"
    return subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603


def _plain_install(interpreter: Interpreter) -> Path:
    """Install all of requirements.txt, compiled, as anybody would."""
    lock = (PROJECT / "requirements.txt").read_bytes()
    (stamp, content) = (PLAIN / "requirements.txt", lock + interpreter.version.encode())
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
