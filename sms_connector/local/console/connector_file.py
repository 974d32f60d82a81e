"""`connector.json` on this machine: read, and written whole or not at all."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any


class UnreadableFileError(Exception):
    """The file is there, and what it holds cannot be taken for a connector JSON."""


class ConnectorFile:
    """`start` is what the settings begin with as long as there is no file."""

    def __init__(self, path: Path, start: dict[str, Any] | None = None) -> None:
        self.path = path
        self._start = start or {}

    def exists(self) -> bool:
        return self.path.exists()

    def read(self) -> dict[str, Any]:
        """Give the whole object, keys that nobody knows and the secret included.

        Raises UnreadableFileError.
        """
        try:
            whole = json.loads(self.path.read_text("utf-8-sig"))
        except FileNotFoundError:
            return dict(self._start)
        except (OSError, ValueError, RecursionError):
            raise UnreadableFileError from None
        if not isinstance(whole, dict):
            raise UnreadableFileError
        return whole

    def write(self, whole: dict[str, Any]) -> None:
        """Replace the file in one step by one that only its owner may read. Raises OSError."""
        # A link stays a link: what it leads to is replaced.
        target = Path(os.path.realpath(self.path))
        descriptor, temporary = tempfile.mkstemp(prefix=".connector-", dir=target.parent)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                # mkstemp gives this mode on POSIX already; it is what the file is to have.
                os.chmod(temporary, 0o600)
                json.dump(whole, file, ensure_ascii=False, indent=2)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
