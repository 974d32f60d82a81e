"""The entry points that Function Compute names: ``index.handler`` and ``index.initializer``."""

from typing import Any

from sms_connector.function import Function

_function = Function()


def handler(event: object, context: Any) -> object:
    """Send the verification SMS that an event asks for, and say what came of it."""
    return _function.handle(event, context)


def initializer(context: Any) -> None:
    """Get ready before the first event comes in."""
    _function.prepare(context)
