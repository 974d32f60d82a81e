"""The ZIP of a package: the same bytes for the same files, on every machine and at any time."""

import stat
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final

# Read and write for the owner, read for all others: the function runs as another user.
_FILE: Final = stat.S_IFREG | 0o644
_UNIX: Final = 3
_LEVEL: Final = 9


def archive_of(directory: Path) -> bytes:
    """Return the ZIP of a directory, as the console takes it: `index.py` is at its top.

    Names are sorted; each file has the same mode, and the earliest time that a ZIP can hold.
    """
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, path in sorted(_files(directory)):
            entry = zipfile.ZipInfo(name)  # without a time, it has that of 1 January 1980
            entry.create_system = _UNIX
            entry.external_attr = _FILE << 16
            file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, _LEVEL)
    return archive.getvalue()


def _files(directory: Path) -> list[tuple[str, Path]]:
    paths = (path for path in directory.rglob("*") if path.is_file())
    return [(path.relative_to(directory).as_posix(), path) for path in paths]
