"""The function as a WSGI application (PEP 3333): gunicorn or waitress runs it anywhere.

``application`` takes the place of Function Compute's runtime: it gives each request an id and the
access key of the environment, and writes the log to stderr, one JSON object a line. Importing it
reads the settings and loads all that the first message needs; no connection is opened, so a server
may import it before it forks.
"""

import json
import logging
import os
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import msgspec

from .function import Function
from .invocation import Invocation
from .log import REQUEST_ID
from .only_process import OnlyProcess
from .provider.environment_key import role_key
from .settings import STORE, read_settings
from .store.address import MEMORY
from .web.request_id import request_id_of

_SEVERAL_PROCESSES: Final = (
    f"{STORE} is {MEMORY}, which one process alone may use, but this server runs several: set it "
    "to the URL of a Redis, Valkey or Tair, or run one process with many threads."
)


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, request id, then the fields logged."""

    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields = {"time": f"{when}.{int(record.msecs):03d}Z", "level": record.levelname}
        request_id = REQUEST_ID.get()
        if request_id:  # not `requestId`, which is the provider's
            fields["httpRequestId"] = request_id
        # What this package logs is always a JSON object with one field or more: see log.write.
        own = json.dumps(fields, separators=(",", ":"))
        return f"{own[:-1]},{record.getMessage()[1:]}"


def application(environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request. The response has the request's id in ``X-Request-Id``."""
    request_id = request_id_of(environ)

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        start_response(status, [*headers, ("X-Request-Id", request_id)])

    function = _in_several_processes if _is_one_of_several(environ) else _function
    token = REQUEST_ID.set(request_id)
    try:
        invocation = Invocation(request_id, _role)
        answer = function.handle({**environ, "fc.context": invocation}, start)
        return cast(Iterable[bytes], answer)
    finally:
        REQUEST_ID.reset(token)


def _is_one_of_several(environ: Mapping[str, Any]) -> bool:
    """Return whether the server runs several processes, where that matters."""
    if environ.get("wsgi.multiprocess"):
        return True
    address = f"{environ.get('SERVER_NAME')}:{environ.get('SERVER_PORT')}"
    return _settings.store == MEMORY and not _only_process.is_only(address)


def _log_to_stderr() -> None:
    """Write the log as JSON lines, unless the server has set up logging of its own."""
    logger = logging.getLogger("sms_connector")
    if not logger.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        logger.propagate = False  # a server may set up the root logger later
        logger.setLevel(logging.INFO)


_log_to_stderr()
_role = role_key(os.environ)
_only_process = OnlyProcess()
# How many processes the server runs is known with the first request only.
_settings = msgspec.structs.replace(read_settings(os.environ), many_instances=True)
_function = _in_several_processes = Function(_settings)
if _settings.store == MEMORY:
    _problems = (*_settings.problems, _SEVERAL_PROCESSES)
    _in_several_processes = Function(msgspec.structs.replace(_settings, problems=_problems))
_function.prepare(Invocation(role=_role))
