"""Which files of some sources are reached, and what they need of stubs."""

from pathlib import Path

import click
import pytest

from sms_connector.local.package.reach import Reach
from sms_connector.local.package.stubs import LeftOut

SOURCES = {
    "start.py": "import near\nfrom package import named, some\nif TYPE_CHECKING:\n import typed\n"
    "if not TYPE_CHECKING:\n import run",
    "run.py": "",
    "near.py": "def later():\n    import inside\n    import missing",
    "inside.py": "try:\n    import optional\nexcept ImportError:\n    pass",
    "optional.py": "import typing_extensions",
    "typed.py": "",
    "typing_extensions.py": "",
    "unused.py": "",
    "package/__init__.py": "from .first import something",
    "package/first.py": "from . import second\nfrom ..nowhere import x",
    "package/second.py": "import heavy\nimport sparing\nimport compiled",
    "package/named.py": "from client import asynchronous",
    "package/unused.py": "",
    "heavy/__init__.py": "import heavy.part",
    "heavy/part.py": "",
    "sparing/__init__.py": "from .good import Recording\nfrom .costly import Other",
    "sparing/good.py": "import sparing\nfrom .neighbour import x",
    "sparing/neighbour.py": "",
    "sparing/costly.py": "",
    "client/__init__.py": "",
    "client/asynchronous.py": "import unused",
    "compiled.cpython-312-x86_64-linux-gnu.so": "",
}
FUTURE = "from __future__ import annotations\n"
LEFT_OUT = {
    "heavy": LeftOut("it is heavy"),
    "client.asynchronous": LeftOut("nothing is asynchronous"),
    "sparing": LeftOut("most of it is costly", ("Recording",)),
}


def write(directory: Path, sources: dict[str, str]) -> Path:
    for name, source in sources.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, "utf-8")
    return directory


@pytest.fixture
def reach(tmp_path: Path) -> Reach:
    return Reach(write(tmp_path, SOURCES), ["start"], LEFT_OUT)


def test_the_files_that_are_imported_anywhere_are_reached_and_no_others(reach: Reach) -> None:
    assert {str(path) for path in reach.files} == {
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
        "client/__init__.py",
        "sparing/good.py",
    }


def test_a_module_that_is_left_out_is_needed_as_a_stub(reach: Reach) -> None:
    below = "sparing.neighbour"  # what a kept name needs of its package is not kept with it
    assert reach.needs.modules == {"heavy", "client.asynchronous", "sparing", below}


def test_a_kept_name_is_taken_from_the_module_that_defines_it(reach: Reach) -> None:
    assert reach.needs.kept == {"sparing.Recording": "sparing.good"}


def test_a_kept_name_that_its_module_does_not_import_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, SOURCES)
    with pytest.raises(click.ClickException, match=r"sparing does not import Gone\."):
        Reach(tmp_path, ["start"], {"sparing": LeftOut("", ("Recording", "Gone"))})


@pytest.mark.parametrize(
    ("source", "modules", "names", "called"),
    [
        ("import stub", "stub", "", ""),
        ("import stub.below", "stub stub.below", "", ""),
        ("from stub import a, b as c", "stub", "stub.a stub.b", ""),
        ("from stub.below import a", "stub stub.below", "stub.below.a", ""),
        ("from stub import below\nimport stub.below", "stub stub.below", "", ""),
        ("def later():\n from stub import a", "stub", "stub.a", ""),
        ("import stub\nclass A(stub.Base): pass", "stub", "stub.Base", ""),
        ("import stub as s\n@s.mark\ndef f(): pass", "stub", "stub.mark", ""),
        ("import stub\ndef f(a: stub.A = stub.b): stub.d", "stub", "stub.A stub.b", ""),
        ("import stub\ndef f() -> stub.C: stub.d", "stub", "stub.C", ""),
        (f"{FUTURE}import stub\ndef f(a: stub.A) -> stub.B: pass", "stub", "", ""),
        (f"{FUTURE}import stub\na: stub.A = stub.b", "stub", "stub.b", ""),
        ("import stub\nf = lambda a=stub.b: stub.c", "stub", "stub.b", ""),
        ("import stub\nasync def f(): stub.a()", "stub", "", ""),
        ("from stub import a\nclass A:\n b = a.B(1)", "stub", "stub.a stub.a.B", "stub.a.B"),
        ("from stub import a\nb = a()", "stub", "stub.a", "stub.a"),
        ("import stub.low\nb = stub.low.C()", "stub stub.low", "stub.low.C", "stub.low.C"),
    ],
)  # fmt: skip
def test_the_names_that_importing_a_module_needs_are_found(
    tmp_path: Path, source: str, modules: str, names: str, called: str
) -> None:
    write(tmp_path, {"start.py": source})
    needs = Reach(tmp_path, ["start"], {"stub": LeftOut("it is not needed")}).needs
    assert (needs.modules, needs.names, needs.called) == (
        set(modules.split()),
        set(names.split()),
        set(called.split()),
    )
