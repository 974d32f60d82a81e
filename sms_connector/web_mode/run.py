"""Web mode from start to end: what server.py does."""

import logging
from collections.abc import Mapping
from typing import Final

from .. import log
from ..function import Function
from ..invocation import Invocation
from ..provider.environment_key import role_key
from ..settings import FUNCTION_NAME, REGION, read_settings
from .application import Application
from .http_server import listen, port_of, serve_until_stopped
from .log_lines import log_to_stdout

_PORT: Final = 9000


def run(environ: Mapping[str, str], host: str = "0.0.0.0") -> None:  # noqa: S104
    """Serve the function until SIGTERM. The port opens when the first message could be sent.

    ``FC_FUNCTION_NAME``, which the platform sets, says whether this is Function Compute, where the
    platform's headers are believed.
    """
    log_to_stdout(environ.get("FC_SERVER_LOG_LEVEL", ""))
    settings = read_settings(environ)
    function = Function(settings)
    started = Invocation(role=role_key(environ), region=environ.get(REGION, ""))
    function.prepare(started)
    in_cloud = bool(environ.get(FUNCTION_NAME))
    application = Application(function, None if in_cloud else started)
    server = listen(application, host, int(environ.get("FC_SERVER_PORT") or _PORT))
    log.write(logging.getLogger(), logging.INFO, "listening", port=port_of(server))
    serve_until_stopped(server)
