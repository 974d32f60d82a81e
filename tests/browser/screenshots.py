"""Screenshots for the docs. Each run takes them, and writes them only if asked to."""

import io
import os
from pathlib import Path
from typing import Final, TypeAlias, cast

from PIL import Image
from playwright.sync_api import Page

KEEP: Final = "KEEP_SCREENSHOTS"
"""Set this environment variable to any value to replace docs/screenshots."""

Colour: TypeAlias = tuple[int, int, int]

_PROJECT = Path(__file__).parents[2]
_DIRECTORY = _PROJECT / "docs" / "screenshots"

# The most that a PNG with a palette can have.
_COLOURS = 256


def picture(page: Page, name: str) -> None:
    """Take a screenshot of the whole page; the file name is `name` and the page's language.

    With KEEP it is written if a page of the docs links to it: add the link first.
    """
    # Elsewhere, what is under the pointer would look different.
    page.mouse.move(0, 0)
    # A bar at the bottom of a lower window would be in the middle of the picture.
    size = page.viewport_size or {"width": 0, "height": 0}
    height: int = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    taken = page.screenshot(animations="disabled", caret="hide")
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    file = _DIRECTORY / f"{name}.{page.evaluate('document.documentElement.lang')}.png"
    if os.environ.get(KEEP) and _is_linked(file):
        image = Image.open(io.BytesIO(taken)).convert("RGB")
        _fewer_colours(image).save(file, optimize=True)


def _is_linked(file: Path) -> bool:
    """Return whether a page shows the picture: not every page exists in both languages."""
    pages = (*_PROJECT.glob("*.md"), *(_PROJECT / "docs").glob("*.md"))
    return any(file.name in page.read_text("utf-8") for page in pages)


def _fewer_colours(image: Image.Image) -> Image.Image:
    """Keep frequent and vivid colours as they are: an average would change them."""
    counted = image.getcolors(image.width * image.height) or []
    pairs = [(count, cast(Colour, colour)) for count, colour in counted]
    frequent = sorted(pairs, reverse=True, key=lambda pair: pair[0] * (1 + _vividness(pair[1])))
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in frequent[:_COLOURS] for part in colour])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def _vividness(colour: Colour) -> int:
    """Return 0 for a grey, up to 255."""
    return max(colour) - min(colour)
