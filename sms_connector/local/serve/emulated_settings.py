"""Settings for a run with an emulator, where there are none: so that the first call works."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from ...settings import ANONYMOUS, AUTHORIZATION, CONFIG, CONFIG_FILE, WEBHOOK_SECRETS
from ..demo import EXAMPLE

CONNECTOR_FILE = Path(__file__).parents[3] / "connector.json"


def missing_settings(environ: Mapping[str, str], emulator_url: str) -> dict[str, str]:
    """Give what to add: the example config, pointed at the emulator, and an Authorization value.

    Each only if nothing of its kind is set.
    """
    missing = {}
    if not (environ.get(CONFIG) or environ.get(CONFIG_FILE) or CONNECTOR_FILE.exists()):
        example = json.loads(EXAMPLE.read_text("utf-8"))
        missing[CONFIG] = json.dumps({**example, "endpoint": emulator_url})
    if not any(environ.get(name) for name in (AUTHORIZATION, WEBHOOK_SECRETS, ANONYMOUS)):
        missing[AUTHORIZATION] = secrets.token_urlsafe(24)
    return missing
