"""A bar chart as SVG: the figures of a run, each bar relative to the largest of its group."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import cycle
from typing import NamedTuple

WIDTH = 720
_LEFT = 150
_BAR = 16
_GAP = 5
_GROUP = 46
_COLOURS = ("#2f6f4f", "#7fb096", "#9a9a9a", "#5b7fa6", "#c9a24b")


class Group(NamedTuple):
    """One figure of each contender, with its unit and number of digits."""

    title: str
    unit: str
    digits: int
    values: Mapping[str, float]


def draw(title: str, groups: Sequence[Group]) -> str:
    """Return a chart with one group of bars below the other."""
    parts = [f'<text x="12" y="24" class="title">{escape(title)}</text>']
    top = 44
    for group in groups:
        parts.append(f'<text x="12" y="{top + 12}" class="group">{escape(group.title)}</text>')
        top += 20
        largest = max(group.values.values())
        for colour, (name, value) in zip(cycle(_COLOURS), group.values.items()):
            width = (WIDTH - _LEFT - 110) * value / largest
            parts.append(f'<text x="{_LEFT - 8}" y="{top + 12}" class="name">{escape(name)}</text>')
            parts.append(
                f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>'
            )
            text = f"{value:.{group.digits}f} {group.unit}"
            parts.append(f'<text x="{_LEFT + width + 8:.1f}" y="{top + 12}">{escape(text)}</text>')
            top += _BAR + _GAP
        top += _GROUP - _BAR - _GAP * 2
    body = "\n".join(parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img">
<title>{escape(title)}</title>
<style>
text {{ font: 13px sans-serif; fill: #333; }}
.title {{ font-size: 16px; font-weight: bold; }}
.group {{ font-weight: bold; }}
.name {{ text-anchor: end; }}
</style>
<rect width="{WIDTH}" height="{top}" fill="#fff"/>
{body}
</svg>
"""
