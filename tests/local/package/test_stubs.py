"""What stubs allow and what they do not, in a Python of their own, as in the package."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sms_connector.local.package import stub_runtime
from sms_connector.local.package.reach import Reach
from sms_connector.local.package.stubs import LeftOut, texts
from tests.local.package.test_reach import write

# The ways in which libraries use what they import: a client whose asynchronous half is not needed.
SOURCES = {
    "client/__init__.py": "from client.pool import Pool\nfrom client import asynchronous",
    "client/pool.py": """
from typing import Optional, Union
import stub
from stub import Base, adapters, function
from stub.deep.below import Deep
from many import Recording

class Pool(Base):
    shared = adapters.Adapter(size=3)
    def get(self, other: Optional[Deep] = None) -> Union[stub.Answer, "Pool"]:
        return function(self)
""",
    "many/__init__.py": (
        "from .kept import Recording\nfrom .later import Later\nfrom .other import Other"
    ),
    "many/later.py": "class Later: value = 8",
    "many/kept.py": "import many\nclass Recording: value = 7",
}
LEFT_OUT = {
    "client.asynchronous": LeftOut("nothing is asynchronous"),
    "many": LeftOut("two names are enough", ("Recording",), late=("Later",)),
    "stub": LeftOut("it is not needed"),
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    reach = Reach(write(tmp_path / "sources", SOURCES), ["client"], LEFT_OUT)
    files = {str(path): SOURCES[str(path)] for path in reach.files} | dict(texts(reach.needs))
    files["stub_runtime.py"] = Path(stub_runtime.__file__).read_text("utf-8")
    return write(tmp_path / "package", files)


def run(package: Path, code: str) -> tuple[str, list[str]]:
    """Return the error that some code raises, or nothing, and the stubs that were used."""
    program = f"""
import json, sys
sys.path.insert(0, {str(package)!r})
import client
from client.pool import *
error = ""
try:
    exec({code!r})
except BaseException as raised:
    error = f"{{type(raised).__name__}}: {{raised}}"
print(json.dumps([error, sorted(sys.modules["stub_runtime"].used)]))
"""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    error, used = json.loads(done.stdout)
    return error, used


@pytest.mark.parametrize(
    "code",
    [
        "assert issubclass(Pool, Base)",
        "assert not isinstance(3, Base)",
        "assert isinstance(Pool.shared, adapters.Adapter)",
        "assert Recording.value == 7",
        "assert 'many.later' not in sys.modules",
        "import many; assert many.Later.value == 8",
        "assert client.asynchronous.__name__ == 'client.asynchronous'",
        "Optional[Base] | stub.Answer | None",
        "from stub import deep",
        "assert not hasattr(stub, '__all__')",
        "import copy; copy.copy(Base)",
        "repr(Pool), str(Pool.shared), hash(Base)",
    ],
)
def test_what_an_import_does_with_a_stub_is_allowed(package: Path, code: str) -> None:
    assert run(package, code) == ("", [])


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("Base()", "stub.Base"),
        ("Pool()", "stub.Base"),
        ("Pool.shared.send()", "stub.adapters.Adapter.send"),
        ("type('Own', (adapters.Adapter,), {})()", "stub.adapters.Adapter"),
        ("Base.of(3)", "stub.Base.of"),
        ("function(3)", "stub.function"),
        ("stub.other", "stub.other"),
        ("from stub import other", "stub.other"),
        ("from stub.deep.below import other", "stub.deep.below.other"),
        ("client.asynchronous.connect()", "client.asynchronous.connect"),
        ("from many import Other", "many.Other"),
    ],
)
def test_to_use_a_stub_fails_and_names_it(package: Path, code: str, name: str) -> None:
    error, used = run(package, code)
    assert error == (
        f"StubError: {name} is a stub: the package of the SMS connector leaves it out, because "
        "sending does not need it."
    )
    assert used == [name]


def test_a_use_whose_error_is_swallowed_is_still_recorded(package: Path) -> None:
    code = "import contextlib\nwith contextlib.suppress(Exception): Base()"
    assert run(package, code) == ("", ["stub.Base"])
