"""The log of web mode: lines as the built-in runtime writes them, on the standard output."""

import logging
import sys
import time
from typing import Final

from ..log import REQUEST_ID

_FORMAT: Final = "%(asctime)s.%(msecs)03dZ %(request_id)s [%(levelname)s] %(message)s"


def log_to_stdout(level: str = "") -> None:
    """Set up the root logger. Each line is flushed at once: the process may be frozen next."""
    formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    handler.addFilter(_name_request)
    logging.basicConfig(handlers=[handler], level=level or logging.INFO)


def _name_request(record: logging.LogRecord) -> bool:
    record.request_id = REQUEST_ID.get() or "-"
    return True
