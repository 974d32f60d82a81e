"""Answers of operations, of the function with this machine's settings or of a deployed one."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click
import msgspec
import requests

from ..function import Function
from ..settings import AUTHORIZATION, Settings
from .fc_context import FcContext

_SECONDS = 15.0

Answer = dict[str, Any]
"""The body of an answer; of a failure, ``{"error": {"code", "message"}}``."""


def answer_here(settings: Settings, operation: str, needed: str, **fields: object) -> Answer:
    """Ask the function of these settings, in this process. ``needed`` is a list in its answer."""
    event = json.dumps({"operation": operation, **fields}).encode()
    return _decoded(Function(settings).handle(event, FcContext(operation)), needed)


def answer_of_url(url: str, method: str, path: str, needed: str, **options: Any) -> Answer:
    """Ask a function behind a URL; ``options`` are those of ``requests``."""
    authorization = os.environ.get(AUTHORIZATION, "").split(",")[0].strip()
    try:
        answer = requests.request(
            method,
            f"{url.rstrip('/')}{path}",
            headers={"Authorization": authorization} if authorization else {},
            timeout=_SECONDS,
            allow_redirects=False,
            **options,
        )
    except (requests.RequestException, ValueError):
        return _failure("The function cannot be reached: check the URL.")
    return _decoded(answer.content, needed)


def show(answer: Answer, print_table: Callable[[Answer], None], *, as_json: bool) -> None:
    """Print an answer, as JSON or by ``print_table``. A failure ends the process with 1."""
    if "error" in answer or as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2), err="error" in answer)
    if "error" in answer:
        sys.exit(1)
    if not as_json:
        print_table(answer)


def _decoded(body: Any, needed: str) -> Answer:
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, TypeError):
        answer = {}
    if "error" in answer or isinstance(answer.get(needed), list):
        return answer
    return _failure("This is no answer of the function's: check the URL.")


def _failure(message: str) -> Answer:
    return {"error": {"code": "general", "message": message}}
