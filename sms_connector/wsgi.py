"""The function as a WSGI application (PEP 3333): gunicorn or waitress runs it anywhere.

``application`` takes the place of Function Compute's runtime: it gives each request an id and the
access key of the environment, and writes the log to stderr, one JSON object a line. Importing it
reads the settings and loads all that the first message needs; no connection is opened, so a server
may import it before it forks.
"""

import json
import logging
import os
import re
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any, Final, cast
from uuid import uuid4

import msgspec

from .function import Function
from .provider.environment_key import role_key
from .settings import STORE, read_settings
from .store.address import MEMORY

# Short ones and those with 11 digits in a row may hold a phone number, which no log line may.
_REQUEST_ID: Final = re.compile(r"(?!.*[0-9]{11})[A-Za-z0-9._-]{16,128}")

_SEVERAL_PROCESSES: Final = (
    f"{STORE} is {MEMORY}, which one process alone may use, but this server runs several: set it "
    "to the URL of a Redis, Valkey or Tair, or run one process with many threads."
)

_request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, request id, then the fields logged."""

    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields = {"time": f"{when}.{int(record.msecs):03d}Z", "level": record.levelname}
        request_id = _request_id.get()
        if request_id:  # not `requestId`, which is the provider's
            fields["httpRequestId"] = request_id
        # What this package logs is always a JSON object with one field or more: see log.write.
        own = json.dumps(fields, separators=(",", ":"))
        return f"{own[:-1]},{record.getMessage()[1:]}"


class Role(msgspec.Struct, frozen=True):
    """The access key of the environment, with the names of the runtime's; empty without one."""

    access_key_id: str = ""
    access_key_secret: str = ""
    security_token: str = ""

    def __repr__(self) -> str:
        return "Role()"


class Context(msgspec.Struct, frozen=True):
    """What the function reads of the runtime's context."""

    request_id: str
    credentials: Role


def application(environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request. The response has the request's id in ``X-Request-Id``."""
    request_id = _id_of(environ)

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        start_response(status, [*headers, ("X-Request-Id", request_id)])

    function = _in_several_processes if environ.get("wsgi.multiprocess") else _function
    token = _request_id.set(request_id)
    try:
        context = Context(request_id, _role)
        answer = function.handle({**environ, "fc.context": context}, start)
        return cast(Iterable[bytes], answer)
    finally:
        _request_id.reset(token)


def _id_of(environ: Mapping[str, Any]) -> str:
    """Return the caller's request id, or a new one where it has none that may be logged."""
    given = str(environ.get("HTTP_X_REQUEST_ID", ""))
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _log_to_stderr() -> None:
    """Write the log as JSON lines, unless the server has set up logging of its own."""
    logger = logging.getLogger("sms_connector")
    if not logger.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        logger.propagate = False  # a server may set up the root logger later
        logger.setLevel(logging.INFO)


def _read_role() -> Role:
    key = role_key(os.environ)
    return Role(key.id, key.secret, key.security_token or "") if key else Role()


_log_to_stderr()
_role = _read_role()
# How many processes the server runs is known with the first request only.
_settings = msgspec.structs.replace(read_settings(os.environ), many_instances=True)
_function = _in_several_processes = Function(_settings)
if _settings.store == MEMORY:
    _problems = (*_settings.problems, _SEVERAL_PROCESSES)
    _in_several_processes = Function(msgspec.structs.replace(_settings, problems=_problems))
_function.prepare(Context("", _role))
