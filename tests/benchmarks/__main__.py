"""``python -m tests.benchmarks``: measure, and write docs/benchmarks.md and its chart."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.redis_server import RedisServer

from . import chart, report, rounds
from .contenders import PROJECT, contenders, node_version, runtime
from .providers import Authority, emulator, slow_provider
from .steps import steps

DOCS = PROJECT / "docs"


def main() -> None:
    """Measure everything, and print what is measured now."""
    interpreter = runtime()
    with tempfile.TemporaryDirectory() as name, RedisServer() as server:
        folder = Path(name)
        measured = contenders(interpreter, server.url)
        taken = steps(interpreter, folder)
        authority = Authority.make(folder)
        with emulator(authority) as endpoint:
            environ = authority.environ(endpoint)
            print("cold starts …", flush=True)
            cold = rounds.cold(measured, environ)
            print("warm messages …", flush=True)
            warm = rounds.warm(measured, environ)
            calls = rounds.calls_to_store(measured[1], environ, server)
            print("steps …", flush=True)
            cold_steps = rounds.cold(taken, environ)
            warm_steps = rounds.warm(taken, environ)
        with slow_provider(authority) as endpoint:
            print("on the platform …", flush=True)
            platform_figures = _of_module("on_platform", authority.environ(endpoint))
            print("verifications …", flush=True)
            checks = _of_module("verification", authority.environ(endpoint), endpoint)
        print("store …", flush=True)
        admissions = _of_module("store", os.environ)["16 processes, three limits"]
    versions = f"{platform.system()}, Python {interpreter.version}, Node {node_version()}"
    taken_steps = report.Steps(cold_steps, warm_steps)
    page = report.write(
        cold, warm, platform_figures, calls, admissions, checks, taken_steps, versions
    )
    (DOCS / "benchmarks.md").write_text(page, "utf-8")
    picture = chart.draw("Cost of a start and of a message", report.groups(cold, warm))
    (DOCS / "benchmarks.svg").write_text(picture, "utf-8")
    print(page)


def _of_module(name: str, environ: Mapping[str, str], *arguments: str) -> Any:
    """Run a module that prints figures as JSON, in a process that does nothing else."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments],
        cwd=PROJECT,
        env=dict(environ),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
