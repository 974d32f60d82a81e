"""Pictures for the docs. A run makes all of them, and keeps them only where it is asked to."""

import io
import os
from pathlib import Path
from typing import Final, TypeAlias, cast

from PIL import Image
from playwright.sync_api import Page

KEEP: Final = "KEEP_SCREENSHOTS"
"""Set this environment variable, to anything, to have docs/screenshots written anew."""

Colour: TypeAlias = tuple[int, int, int]

_DIRECTORY = Path(__file__).parents[1] / "docs" / "screenshots"

# As many as a small PNG can have.
_COLOURS = 256


def picture(page: Page, name: str) -> None:
    """Take a picture of the whole page as it is now. `name` gets the language put behind it."""
    # Where the focus is would be chance.
    page.mouse.move(0, 0)
    taken = page.screenshot(full_page=True, animations="disabled", caret="hide")
    if os.environ.get(KEEP):
        _DIRECTORY.mkdir(parents=True, exist_ok=True)
        language = page.evaluate("document.documentElement.lang")
        image = Image.open(io.BytesIO(taken)).convert("RGB")
        _fewer_colours(image).save(_DIRECTORY / f"{name}.{language}.png", optimize=True)


def _fewer_colours(image: Image.Image) -> Image.Image:
    """Keep the most frequent colours as they are; a palette made of averages would tint them."""
    counted = image.getcolors(image.width * image.height) or []
    frequent = sorted(counted, reverse=True, key=lambda pair: pair[0])[:_COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in frequent for part in cast(Colour, colour)])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)
