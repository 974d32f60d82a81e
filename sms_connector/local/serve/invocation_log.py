"""The function's log lines, with time and request id first, as in the cloud."""

import logging
import os
import time

_FORMAT = "%(asctime)s.%(msecs)03dZ %(request_id)s [%(levelname)s] %(message)s"


def log_to_stderr() -> None:
    """Print what the function logs. A line of no invocation has ``-`` as its request id."""
    formatter = logging.Formatter(
        _FORMAT, datefmt="%Y-%m-%dT%H:%M:%S", defaults={"request_id": "-"}
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=os.environ.get("FC_SERVER_LOG_LEVEL") or "INFO")


def logger_of_invocation(request_id: str) -> logging.Logger:
    """Return a logger that puts the request id before its lines.

    It is not registered, so that it is freed with the invocation.
    """

    def name_invocation(record: logging.LogRecord) -> bool:
        record.request_id = request_id
        return True

    logger = logging.Logger("invocation")
    logger.parent = logging.getLogger()
    logger.addFilter(name_invocation)
    return logger
