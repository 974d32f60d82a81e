"""One POST that is never made twice once anything of it may have reached the other side."""

import os
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from ...provider import wire
from ...provider.call import Stage, TrackedCall, WireError
from ...settings import read_settings

CONNECT_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.2


class Reply(msgspec.Struct, frozen=True):
    """An HTTP response, of the function or a server in front. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class NoReply(msgspec.Struct, frozen=True):
    """No answer, or one that could not be read to its end: how far the request got, and why."""

    reached: Stage
    reason: str

    @property
    def was_sent(self) -> bool:
        return self.reached is not Stage.CONNECTING


def post_once(
    url: str, headers: Mapping[str, object], body: bytes, timeout: float
) -> Reply | NoReply:
    """POST, and retry once only if no connection could be made.

    No redirect is followed, and no password of a ``.netrc`` is used. ``timeout`` is in seconds,
    for the whole of it.
    """
    deadline = time.monotonic() + timeout
    outcome = _post(url, headers, body, deadline)
    if isinstance(outcome, NoReply) and not outcome.was_sent:
        time.sleep(_PAUSE_SECONDS)
        if time.monotonic() < deadline:
            return _post(url, headers, body, deadline)
    return outcome


def _post(url: str, headers: Mapping[str, object], body: bytes, deadline: float) -> Reply | NoReply:
    call = TrackedCall(
        connect_deadline=deadline,
        connect_seconds=CONNECT_SECONDS,
        deadline=deadline,
        read_seconds=float("inf"),
        proxies=read_settings(os.environ).proxies,
    )
    url = quote(url, safe="%/:?#[]@!$&'()*+,;=~")
    try:
        answer = wire.send("POST", url, headers, body, call)
    except WireError as error:
        return NoReply(error.stage, error.reason)
    return Reply(answer.head.status, answer.head.headers, answer.body)
