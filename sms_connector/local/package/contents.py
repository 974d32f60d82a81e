"""What is in the package: our code, and of the dependencies what the send path can reach."""

import os
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from ...cold_start import POSTPONED
from .reach import Reach
from .root_certificates import write_directory

ROOTS: Final = "roots"
CERTIFICATES: Final = "certifi/cacert.pem"

_NOT_PACKAGED: Final = ("local", "__main__.py")
# The first moment a ZIP file can name. A file's time must not tell when it was packaged.
_TIME: Final = 315_532_800


def copy_own_code(project: Path, directory: Path) -> None:
    """Copy ``index.py`` and the parts of ``sms_connector`` that run in the cloud."""
    shutil.copyfile(project / "index.py", directory / "index.py")
    for source in _own_modules(project):
        target = directory / source.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def select(installed: Path, directory: Path) -> None:
    """Copy what is reached from our code, which must be among what is installed."""
    ours = [_name(path.relative_to(installed)) for path in _own_modules(installed)]
    reached = Reach(installed, POSTPONED).from_modules(["index", *ours])
    for path in sorted([*reached, Path(CERTIFICATES)]):
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(installed / path, target)
    write_directory((directory / CERTIFICATES).read_text("ascii"), directory / ROOTS)


def settle(directory: Path) -> None:
    """Give all files the same rights and times, so that the same input makes the same ZIP."""
    for path in [directory, *directory.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (_TIME, _TIME))


def zipped_size(directory: Path) -> int:
    """Give the bytes that are uploaded."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(directory.rglob("*")):
            file.write(path, path.relative_to(directory))
    return len(archive.getvalue())


def _own_modules(project: Path) -> Iterator[Path]:
    package = project / "sms_connector"
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] not in _NOT_PACKAGED:
            yield path


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
