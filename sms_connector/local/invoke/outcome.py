"""Whether a response says that the message was accepted or not sent; else it is unknown."""

import json
from collections.abc import Mapping
from typing import Final

import msgspec

from ...errors import Sent
from ...privacy import Mask
from .one_post import NoReply, Reply

_CHECK_FIRST: Final = "Check the delivery state before sending again: it may have gone out."

# Statuses by which a server or gateway says that it did not pass the request on.
_REFUSED: Final = (400, 401, 403, 404, 405, 413, 415, 429)


class Outcome(msgspec.Struct, frozen=True):
    """``response`` is what came back: the function's own in full, any other masked."""

    sent: Sent
    summary: str
    response: str = ""


def read_outcome(reply: Reply | NoReply, mask: Mask) -> Outcome:
    """Return what a reply says. ``sent`` is False only if it is certain that nothing was sent."""
    if isinstance(reply, NoReply):
        return _no_reply(reply)
    body = _object(reply.body)
    if "x-fc-error-type" in reply.headers:
        kind = reply.headers["x-fc-error-type"]
        return Outcome(
            None,
            mask(f"Unknown: the function failed ({kind}). Its log says why. {_CHECK_FIRST}"),
            _masked(reply, mask),
        )
    error = body.get("error") if body else None
    if body and isinstance(error, dict):
        return _refused(reply.status, body, error)
    if body is not None and body.get("bizId") and 200 <= reply.status < 300:
        return Outcome(True, "Accepted.", _pretty(body))
    if reply.status in _REFUSED:
        code = str((body or {}).get("ErrorCode", ""))
        status = f"HTTP {reply.status}" + (f", {code}" if code else "")
        return Outcome(
            False,
            mask(f"Not sent: refused before the function ran ({status})."),
            _masked(reply, mask),
        )
    summary = (
        f"Unknown: HTTP {reply.status}, and the response is not the function's. {_CHECK_FIRST}"
    )
    return Outcome(None, summary, _masked(reply, mask))


def _no_reply(reply: NoReply) -> Outcome:
    if reply.was_sent:
        return Outcome(
            None, f"Unknown: the request reached the function, but {reply.reason}. {_CHECK_FIRST}"
        )
    return Outcome(False, f"Not sent: the function could not be reached: {reply.reason}.")


def _refused(status: int, body: Mapping[str, object], error: Mapping[str, object]) -> Outcome:
    """Read an error in the function's own form."""
    sent = error.get("sent")
    if sent is False:
        summary = f"Not sent: {error.get('code')}."
    elif sent is True:
        summary = f"Sent, but: {error.get('code')}."
    else:
        sent = None
        summary = f"Unknown: {error.get('code')}. {_CHECK_FIRST}"
    if status == 401:
        summary += (
            " Behind a signed HTTP trigger the function runs with SMS_CONNECTOR_ANONYMOUS=true; "
            "else set SMS_CONNECTOR_AUTHORIZATION here to what it is there."
        )
    return Outcome(sent, summary, _pretty(body))


def _object(body: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _pretty(body: Mapping[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)


def _masked(reply: Reply, mask: Mask) -> str:
    return mask(reply.body.decode(errors="replace").strip())
