"""What is in the package: our code, what it reaches of the rest, stubs, roots and licences."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from . import stub_runtime, stubs
from .licences import LICENCES, write_licences
from .reach import Reach
from .root_certificates import write_directory

ENTRY_POINTS: Final = ("index.py", "server.py")
ROOTS: Final = "roots"
CERTIFICATES: Final = "certifi/cacert.pem"

_LICENCE: Final = "LICENSE"
_SCRIPT: Final = "sms_connector/store/transaction.lua"
_NOT_PACKAGED: Final = ("local", "__main__.py", "only_process.py", "wsgi.py")
# The same for all files, however old they are: 2 January 1980, because the first day that a ZIP
# file can name is still 1979 in some time zones.
_TIME: Final = 315_619_200


def copy_own_code(project: Path, directory: Path) -> None:
    """Copy the entry points, the parts of ``sms_connector`` that run in the cloud, the licence."""
    for source in (
        *(project / name for name in ENTRY_POINTS),
        *_own_modules(project),
        *(project / _SCRIPT, project / _LICENCE),
    ):
        _write(directory / source.relative_to(project), source.read_bytes())


def select(installed: Path, directory: Path) -> None:
    """Copy what our code reaches, and write stubs for the rest. Our code is installed already."""
    ours = [_name(path.relative_to(installed)) for path in _own_modules(installed)]
    reach = Reach(installed, [*(_name(Path(name)) for name in ENTRY_POINTS), *ours])
    for path in sorted(reach.files):
        _write(directory / path, (installed / path).read_bytes())
    _write(directory / _SCRIPT, (installed / _SCRIPT).read_bytes())
    for name, text in stubs.texts(reach.needs):
        _write(directory / name, text.encode())
    base = Path(stub_runtime.__file__)
    _write(directory / base.name, base.read_bytes())
    write_directory((installed / CERTIFICATES).read_text("ascii"), directory / ROOTS)
    write_licences(installed, installed / _LICENCE, directory / LICENCES)


def settle(directory: Path) -> None:
    """Set the same mode and time on all files, so that the same input makes the same ZIP."""
    for path in [directory, *directory.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (_TIME, _TIME))


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _own_modules(project: Path) -> Iterator[Path]:
    package = project / "sms_connector"
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] not in _NOT_PACKAGED:
            yield path


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
