"""The connector JSON of a run with an emulator."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...settings import Settings, read_settings
from ..example import example_config
from ..number_limit import without_default_limit


def emulated_config(environ: Mapping[str, str], emulator_url: str, flow_control: bool) -> str:
    """Return the user's connector JSON with the account and the endpoint of the emulator.

    Access key, sign, templates and endpoint always are the emulator's, so that no message is sent
    for real. Without `flow_control` the default limit per number is off. Where the user has no
    connector JSON, or one that is not a JSON object, the example alone is returned.
    """
    own = _own_config(read_settings(environ))
    config = own | example_config(emulator_url)
    if not flow_control:
        config = without_default_limit(config)
    return json.dumps(config, ensure_ascii=False)


def _own_config(settings: Settings) -> dict[str, Any]:
    try:
        text = settings.config_text or Path(settings.config_path).read_text("utf-8-sig")
        whole = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return {}
    return whole if isinstance(whole, dict) else {}
