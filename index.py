"""The entry points that Function Compute names in a function's settings."""

import gc
from typing import Any

# What is imported stays, so the garbage collector would search it for nothing, many times over.
gc.disable()
from sms_connector.function import Function  # noqa: E402

gc.freeze()
gc.enable()

_function = Function()


def handler(event: object, context: Any) -> object:
    """Send the verification SMS that an event asks for, and return the outcome."""
    return _function.handle(event, context)


def application(environ: object, start_response: Any) -> object:
    """Serve an HTTP function of FC 2.0, which is called as a WSGI application."""
    return _function.handle(environ, start_response)


def initializer(context: Any) -> None:
    """Prepare the instance before its first event."""
    _function.prepare(context)
