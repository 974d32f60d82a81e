"""What an answer says about the message: whether it was accepted, not sent, or nobody knows."""

import json
from collections.abc import Mapping
from typing import Final

import msgspec

from ...errors import Sent
from ...privacy import Mask
from .one_post import NoReply, Reply

_LOOK_FIRST: Final = "Look at the delivery state before sending again: it may have gone out."

# With these, whoever answered says that the request went no further.
_REFUSED: Final = (400, 401, 403, 404, 405, 413, 415, 429)


class Verdict(msgspec.Struct, frozen=True):
    """``answer`` is what came back, fit to be shown: the function's own in full, others masked."""

    sent: Sent
    summary: str
    answer: str = ""


def judge(outcome: Reply | NoReply, mask: Mask) -> Verdict:
    """Read an outcome. Where it is not clear that nothing was sent, ``sent`` is None."""
    if isinstance(outcome, NoReply):
        return _unanswered(outcome)
    body = _object(outcome.body)
    if "x-fc-error-type" in outcome.headers:
        kind = outcome.headers["x-fc-error-type"]
        return Verdict(
            None,
            mask(f"Unknown: the function broke off ({kind}). Its log says why. {_LOOK_FIRST}"),
            _masked(outcome, mask),
        )
    error = body.get("error") if body else None
    if body and isinstance(error, dict):
        return _refused(outcome.status, body, error)
    if body is not None and body.get("bizId") and 200 <= outcome.status < 300:
        return Verdict(True, "Accepted.", _pretty(body))
    if outcome.status in _REFUSED:
        code = str((body or {}).get("ErrorCode", ""))
        told = f"HTTP {outcome.status}" + (f", {code}" if code else "")
        return Verdict(
            False,
            mask(f"Not sent: refused before the function ran ({told})."),
            _masked(outcome, mask),
        )
    summary = f"Unknown: HTTP {outcome.status}, and the answer is not the function's. {_LOOK_FIRST}"
    return Verdict(None, summary, _masked(outcome, mask))


def _unanswered(outcome: NoReply) -> Verdict:
    if outcome.was_sent:
        return Verdict(
            None, f"Unknown: the function was asked, but {outcome.reason}. {_LOOK_FIRST}"
        )
    return Verdict(False, f"Not sent: the function could not be reached: {outcome.reason}.")


def _refused(status: int, body: Mapping[str, object], error: Mapping[str, object]) -> Verdict:
    """Tell a failure in the function's own form."""
    sent = error.get("sent")
    if sent is False:
        summary = f"Not sent: {error.get('code')}."
    elif sent is True:
        summary = f"Sent, but: {error.get('code')}."
    else:
        sent = None
        summary = f"Unknown: {error.get('code')}. {_LOOK_FIRST}"
    if status == 401:
        summary += (
            " Behind a signed HTTP trigger the function runs with SMS_CONNECTOR_ANONYMOUS=true; "
            "else set SMS_CONNECTOR_AUTHORIZATION here to what it is there."
        )
    return Verdict(sent, summary, _pretty(body))


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
