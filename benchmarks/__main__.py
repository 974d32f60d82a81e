"""``python -m benchmarks``: measure, and write docs/benchmarks.md and its chart."""

import platform
import tempfile
from pathlib import Path

from sms_connector.local.package.interpreter import find_interpreter

from . import chart, report, rounds
from .contenders import PROJECT, RUNTIME, contenders, node_version
from .providers import Authority, emulator, slow_provider

DOCS = PROJECT / "docs"


def main() -> None:
    """Run everything once, with a word on each step."""
    measured = contenders()
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority.make(Path(folder))
        with emulator(authority) as endpoint:
            environ = authority.environ(endpoint)
            print("cold starts …", flush=True)
            cold = rounds.cold(measured, environ)
            print("warm messages …", flush=True)
            warm = rounds.warm(measured, environ)
        with slow_provider(authority) as endpoint:
            print("many at a time …", flush=True)
            load = rounds.load(measured, authority.environ(endpoint))
    runtime = find_interpreter(RUNTIME)
    versions = f"Python {runtime.version if runtime else '?'}, Node {node_version().strip()}"
    page = report.write(cold, warm, load, f"{platform.system()}, {versions}")
    (DOCS / "benchmarks.md").write_text(page, "utf-8")
    picture = chart.draw("Cost of a start and of a message", report.groups(cold, warm))
    (DOCS / "benchmarks.svg").write_text(picture, "utf-8")
    print(page)


if __name__ == "__main__":
    main()
