"""The default limit per number, which a run with an emulator does without."""

from collections.abc import Mapping
from typing import Any


def without_default_limit(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a connector JSON whose default limit per number is off.

    A limit that it sets itself stays, and so does whatever is invalid in it.
    """
    limits = config.get("limits", {})
    if not isinstance(limits, dict):
        return dict(config)
    return {**config, "limits": {"perNumber": []} | limits}
