"""The id of a request that comes from no platform which gives it one."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

# Short ones, and those with 11 digits in a row, also with separators between them, may hold a phone
# number, which no log line may.
_LOGGABLE: Final = re.compile(r"(?!.*[0-9](?:[._-]*[0-9]){10})[A-Za-z0-9._-]{16,128}")


def request_id_of(environ: Mapping[str, Any]) -> str:
    """Return the caller's ``X-Request-Id``, or a new id where it has none that may be logged."""
    sent = str(environ.get("HTTP_X_REQUEST_ID", ""))
    return sent if _LOGGABLE.fullmatch(sent) else uuid4().hex
