"""Checks by the provider, as the tests ask for them."""

from __future__ import annotations

import json
from typing import Any

from sms_connector.config import parse_config
from sms_connector.local.check.finding import Check
from sms_connector.local.check.provider import check_provider


def asked(whole: dict[str, Any], **environ: str) -> list[Check]:
    return list(check_provider(parse_config(json.dumps(whole)), environ))


def failed(checks: list[Check]) -> list[Check]:
    return [check for check in checks if not check.ok]


def with_code(example: dict[str, Any], code: object) -> dict[str, Any]:
    """Return the example with another template code for SignIn."""
    templates = [dict(template) for template in example["templates"]]
    templates[1]["templateCode"] = code
    return example | {"templates": templates}
