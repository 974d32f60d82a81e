"""What is known of a number, as tables."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from ..terminal import printable

MOST_COLUMNS: Final = 100

_LIMITS: Final = {"rule": "limit", "value": "allows", "used": "used", "freeAt": "full until"}
_VERIFICATIONS: Final = {
    "usageType": "verification",
    "status": "status",
    "attemptsLeft": "attempts left",
    "sendsLeft": "sends left",
    "expiresAt": "expires",
}
_MESSAGES: Final = {
    "at": "message",
    "templateCode": "template",
    "state": "state",
    "carrierCode": "code",
    "meaning": "meaning",
}


def print_answer(answer: Mapping[str, Any]) -> None:
    """Print the answer of ``lookupNumber``, in MOST_COLUMNS columns at most."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, MOST_COLUMNS) if console.is_terminal else MOST_COLUMNS
    console.print(f"Country: {_text(answer['country'])}")
    templates = [{"usage": name, "code": code} for name, code in answer["templates"].items()]
    _print(console, {"usage": "usage type", "code": "template"}, templates, "templates")
    _print(console, _LIMITS, answer["limits"], "limits")
    _print(console, _VERIFICATIONS, answer["verifications"], "verifications")
    if "messages" in answer:
        _print(console, _MESSAGES, answer["messages"], "messages")
    if problem := answer.get("problem"):
        console.print(_text(problem))


def _print(
    console: Console, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]], name: str
) -> None:
    cells = [[_text(row.get(key)) for key in columns] for row in rows]
    if not cells:
        console.print(f"No {name}.")
        return
    has_lines = console.is_terminal and console.encoding.lower().startswith("utf")
    table = Table(box=box.SIMPLE if has_lines else box.ASCII2, pad_edge=False)
    for column in columns.values():
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*row)
    console.print(table)


def _text(value: object) -> str:
    return "" if value is None else printable(str(value), "")
