"""The example connector JSON, which fits the emulator's account."""

import json
from pathlib import Path
from typing import Any, Final

EXAMPLE: Final = Path(__file__).parents[2] / "connector.example.json"


def example_config(endpoint: str) -> dict[str, Any]:
    """Return the example with this endpoint, such as the address of a running emulator."""
    whole: dict[str, Any] = json.loads(EXAMPLE.read_text("utf-8"))
    return whole | {"endpoint": endpoint}
