"""The wire in the place of the one function by which the official SDK sends.

The SDK composes and signs a request, calls ``DaraCore.do_action`` with it, and reads status,
headers and body of what that returns.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

from darabonba.core import DaraCore
from darabonba.request import DaraRequest
from darabonba.response import DaraResponse

from . import wire
from .call import TrackedCall, current_call

_DEFAULT_CONNECT_MILLISECONDS: Final = 5_000
_DEFAULT_READ_MILLISECONDS: Final = 10_000


def install() -> None:
    """Have every client of the SDK in this process send by the wire."""
    DaraCore.do_action = staticmethod(_do_action)


def _do_action(
    request: DaraRequest, runtime_option: Mapping[str, Any] | None = None
) -> DaraResponse:
    """Send a finished request. Raises WireError.

    Of ``runtime_option`` only the time-outs count, and only for a call that is not tracked: which
    certificates are trusted and which proxy is used is the same for all.
    """
    body = request.body or b""
    answer = wire.send(
        request.method.upper(),
        DaraCore.compose_url(request),
        request.headers,
        body.encode() if isinstance(body, str) else body,
        current_call() or _untracked(runtime_option or {}),
    )
    response = DaraResponse()
    response.status_code = answer.head.status
    response.status_message = answer.head.phrase
    response.headers = answer.head.headers
    response.body = answer.body
    return response


def _untracked(runtime_option: Mapping[str, Any]) -> TrackedCall:
    connect = (runtime_option.get("connectTimeout") or _DEFAULT_CONNECT_MILLISECONDS) / 1000
    read = (runtime_option.get("readTimeout") or _DEFAULT_READ_MILLISECONDS) / 1000
    connect_deadline = time.monotonic() + 2 * connect
    return TrackedCall(
        connect_deadline=connect_deadline,
        connect_seconds=connect,
        deadline=connect_deadline + read,
        read_seconds=read,
    )
