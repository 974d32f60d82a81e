"""Run by the runtime's Python, isolated: sends each case's message from the package alone.

``python -I -S -B proof_run.py PACKAGE``, the cases as JSON on the standard input.
"""

import importlib
import json
import logging
import os
import sys
from types import ModuleType, SimpleNamespace
from typing import Any


def main(package: str) -> None:
    """Call the entry points as Function Compute does, and print what they answered."""
    sys.path.insert(0, package)
    cases = json.load(sys.stdin)
    logging.basicConfig(level=logging.INFO)
    answers = []
    for case in cases:
        os.environ.update(case["environ"])
        sys.modules.pop("index", None)  # it reads the settings once, when it is imported
        index = importlib.import_module("index")
        index.initializer(_context(case))
        answer = index.handler(case["event"].encode(), _context(case))
        answers.append(answer if isinstance(answer, dict) else json.loads(answer))
    from sms_connector.cold_start import POSTPONED

    json.dump(
        {
            "answers": answers,
            "strangers": _strangers(package),
            "woken": [name for name in POSTPONED if type(sys.modules.get(name)) is ModuleType],
        },
        sys.stdout,
    )


def _context(case: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(credentials=SimpleNamespace(**case["role"]))


def _strangers(package: str) -> list[str]:
    """Name the modules that are neither of the package nor of Python itself."""
    homes = (package, os.path.dirname(os.__file__), os.path.abspath(__file__))
    modules = list(sys.modules.items())
    files = {name: vars(module).get("__file__") or "" for name, module in modules}
    return [name for name, file in files.items() if file and not file.startswith(homes)]


if __name__ == "__main__":
    main(sys.argv[1])
