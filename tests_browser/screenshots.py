"""Pictures for the docs. A run makes all of them, and keeps them only where it is asked to."""

import io
import os
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page

KEEP: Final = "KEEP_SCREENSHOTS"
"""Set this environment variable, to anything, to have docs/screenshots written anew."""

_DIRECTORY = Path(__file__).parents[1] / "docs" / "screenshots"

# Enough for letters that are smooth; the method keeps colours that are rare, such as a red sign.
_COLOURS = 128
_METHOD = Image.Quantize.MAXCOVERAGE


def picture(page: Page, name: str) -> None:
    """Take a picture of the whole page as it is now. `name` gets the language put behind it."""
    # Where the focus is would be chance.
    page.mouse.move(0, 0)
    taken = page.screenshot(full_page=True, animations="disabled", caret="hide")
    if os.environ.get(KEEP):
        _DIRECTORY.mkdir(parents=True, exist_ok=True)
        language = page.evaluate("document.documentElement.lang")
        image = Image.open(io.BytesIO(taken)).convert("RGB")
        small = image.quantize(_COLOURS, _METHOD, dither=Image.Dither.NONE)
        small.save(_DIRECTORY / f"{name}.{language}.png", optimize=True)
