"""Which files of some sources are reached."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sms_connector.local.package.reach import Reach

SOURCES = {
    "start.py": "import near\nfrom package import named, some\nif TYPE_CHECKING:\n import typed\n"
    "if not TYPE_CHECKING:\n import run",
    "run.py": "",
    "near.py": "def later():\n    import inside\n    import missing",
    "inside.py": "try:\n    import optional\nexcept ImportError:\n    pass",
    "optional.py": "",
    "typed.py": "",
    "unused.py": "",
    "package/__init__.py": "from .first import something",
    "package/first.py": "from . import second\nfrom ..nowhere import x",
    "package/second.py": "import heavy\nimport sparing.kept\nimport compiled",
    "package/named.py": "import urllib3.contrib.socks",
    "package/unused.py": "",
    "heavy/__init__.py": "import heavy.part",
    "heavy/part.py": "",
    "sparing/__init__.py": "from . import kept, costly",
    "sparing/kept.py": "from .neighbour import x",
    "sparing/neighbour.py": "",
    "sparing/costly.py": "",
    "compiled.cpython-312-x86_64-linux-gnu.so": "",
    "urllib3/__init__.py": "",
    "urllib3/contrib/__init__.py": "",
    "urllib3/contrib/socks.py": "",
}
POSTPONED: Mapping[str, Mapping[str, str]] = {"heavy": {}, "sparing": {"x": "kept"}}


@pytest.fixture
def reached(tmp_path: Path) -> set[str]:
    for name, source in SOURCES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, "utf-8")
    return {str(path) for path in Reach(tmp_path, POSTPONED).from_modules(["start"])}


def test_what_is_imported_anywhere_is_reached(reached: set[str]) -> None:
    assert {
        "start.py",
        "near.py",
        "run.py",
        "inside.py",
        "optional.py",
        "package/__init__.py",
        "package/first.py",
        "package/second.py",
        "package/named.py",
        "compiled.cpython-312-x86_64-linux-gnu.so",
    } <= reached


def test_what_nothing_imports_is_not(reached: set[str]) -> None:
    assert reached.isdisjoint({"unused.py", "package/unused.py", "typed.py"})


def test_what_is_postponed_is_not_but_for_what_is_kept_of_it(reached: set[str]) -> None:
    assert {name for name in reached if name.startswith("sparing")} == {
        "sparing/kept.py",
        "sparing/neighbour.py",
    }
    assert not [name for name in reached if name.startswith("heavy")]


def test_nor_what_is_left_out(reached: set[str]) -> None:
    assert "urllib3/contrib/__init__.py" in reached
    assert "urllib3/contrib/socks.py" not in reached
