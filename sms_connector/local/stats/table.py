"""Figures as a table: one line for each country, usage type and outcome."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from ..terminal import printable

_BAR: Final = 30


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the sums over all hours; bars only on a terminal that can draw them."""
    console = Console(highlight=False, markup=False, emoji=False)
    has_bars = console.is_terminal and console.encoding.lower().startswith("utf")
    sums = Counter[tuple[str, str, str]]()
    for row in rows:
        names = (row["country"], row["usageType"], row["outcome"])
        sums[tuple(printable(str(name), "") for name in names)] += int(row["count"])  # type: ignore[index]
    table = Table(box=box.SIMPLE if has_bars else box.ASCII2, pad_edge=False)
    for name in ("country", "usage type", "outcome"):
        table.add_column(name)
    table.add_column("count", justify="right")
    if has_bars:
        table.add_column("")
    most = max(sums.values())
    for (country, usage_type, outcome), count in sorted(sums.items()):
        bar = ["█" * max(round(count / most * _BAR), 1)] if has_bars else []
        table.add_row(country, usage_type, outcome, str(count), *bar)
    console.print(table)
