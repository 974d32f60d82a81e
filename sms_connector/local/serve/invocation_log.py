"""The function's own log lines, with the time and request id that the runtime puts first."""

import logging
import os
import time

_FORMAT = "%(asctime)s.%(msecs)03dZ %(request_id)s [%(levelname)s] %(message)s"


def log_to_stderr() -> None:
    """Show what the function logs. A line that belongs to no invocation has ``-`` for its id."""
    formatter = logging.Formatter(
        _FORMAT, datefmt="%Y-%m-%dT%H:%M:%S", defaults={"request_id": "-"}
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=os.environ.get("FC_SERVER_LOG_LEVEL") or "INFO")


def logger_of_invocation(request_id: str) -> logging.Logger:
    """Give a logger of one invocation's own, which its lines are told by.

    It is not registered anywhere, so that it is gone when the invocation is.
    """

    def name_invocation(record: logging.LogRecord) -> bool:
        record.request_id = request_id
        return True

    logger = logging.Logger("invocation")
    logger.parent = logging.getLogger()
    logger.addFilter(name_invocation)
    return logger
