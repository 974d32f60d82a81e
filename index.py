"""The entry points that Function Compute names in a function's settings."""

from typing import Any

from sms_connector.function import Function

_function = Function()


def handler(event: object, context: Any) -> object:
    """Send the verification SMS that an event asks for, and say what came of it."""
    return _function.handle(event, context)


def application(environ: object, start_response: Any) -> object:
    """Do the same as an HTTP function of FC 2.0, which is called as a WSGI application."""
    return _function.handle(environ, start_response)


def initializer(context: Any) -> None:
    """Get ready before the first event comes in."""
    _function.prepare(context)
