"""Screenshots for the docs. A run takes all of them, and keeps them only if asked to."""

import io
import os
from pathlib import Path
from typing import Final, TypeAlias, cast

from PIL import Image
from playwright.sync_api import Page

KEEP: Final = "KEEP_SCREENSHOTS"
"""Set this environment variable to any value to replace docs/screenshots."""

Colour: TypeAlias = tuple[int, int, int]

_DIRECTORY = Path(__file__).parents[1] / "docs" / "screenshots"

# The most that a PNG with a palette can have.
_COLOURS = 256


def picture(page: Page, name: str) -> None:
    """Take a screenshot of the whole page. Its file is named after `name` and the language."""
    # The pointer would be at a random place.
    page.mouse.move(0, 0)
    # In a window as high as the page, its bar is at the end and not in the middle.
    size = page.viewport_size or {"width": 0, "height": 0}
    height: int = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    taken = page.screenshot(animations="disabled", caret="hide")
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    if os.environ.get(KEEP):
        _DIRECTORY.mkdir(parents=True, exist_ok=True)
        language = page.evaluate("document.documentElement.lang")
        image = Image.open(io.BytesIO(taken)).convert("RGB")
        _fewer_colours(image).save(_DIRECTORY / f"{name}.{language}.png", optimize=True)


def _fewer_colours(image: Image.Image) -> Image.Image:
    """Keep the most frequent colours, of which grey ones are many; an average would change them."""
    counted = image.getcolors(image.width * image.height) or []
    pairs = [(count, cast(Colour, colour)) for count, colour in counted]
    frequent = sorted(pairs, reverse=True, key=lambda pair: pair[0] * (1 + _vividness(pair[1])))
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in frequent[:_COLOURS] for part in colour])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def _vividness(colour: Colour) -> int:
    """Return 0 for a grey, up to 255."""
    return max(colour) - min(colour)
