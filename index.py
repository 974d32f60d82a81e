"""The entry points that Function Compute names in a function's settings."""

import gc
import os
from typing import Any

# Imported modules are never freed, so garbage collection during the imports is wasted time.
gc.disable()
from sms_connector.function import Function  # noqa: E402
from sms_connector.settings import read_settings  # noqa: E402

_function = Function(read_settings(os.environ))  # imports the client of a store, if it has one

gc.freeze()
gc.enable()


def handler(event: object, context: Any) -> object:
    """Answer one event."""
    return _function.handle(event, context)


def application(environ: object, start_response: Any) -> object:
    """Answer one call of an HTTP function of FC 2.0, which is a WSGI application."""
    return _function.handle(environ, start_response)


def initializer(context: Any) -> None:
    """Get ready before the first event comes in."""
    _function.prepare(context)
