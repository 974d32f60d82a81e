"""Where figures come from: the function of this machine's settings, or a deployed one."""

import json
from typing import Any

import msgspec
import requests

from ...function import Function
from ...settings import Settings
from ..fc_context import FcContext

_SECONDS = 15.0


def figures_here(settings: Settings, hours: int) -> dict[str, Any]:
    """Ask the function of these settings, in this process."""
    event = json.dumps({"operation": "getStats", "hours": hours}).encode()
    return _decoded(Function(settings).handle(event, FcContext("stats")))


def figures_from_url(url: str, authorization: str, hours: int) -> dict[str, Any]:
    """Ask a function behind a URL. ``authorization`` is the whole value of the header."""
    try:
        answer = requests.get(
            f"{url.rstrip('/')}/stats",
            {"hours": str(hours)},
            headers={"Authorization": authorization} if authorization else {},
            timeout=_SECONDS,
            allow_redirects=False,
        )
    except (requests.RequestException, ValueError):
        return _failure("The function cannot be reached: check the URL.")
    return _decoded(answer.content)


def _decoded(body: Any) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, TypeError):
        answer = {}
    if "error" in answer or isinstance(answer.get("rows"), list):
        return answer
    return _failure("This is no answer of the function's: check the URL.")


def _failure(message: str) -> dict[str, Any]:
    return {"error": {"code": "general", "message": message}}
