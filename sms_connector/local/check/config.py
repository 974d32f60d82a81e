"""Checks of a connector JSON that need no network."""

import re
from collections.abc import Iterator
from typing import Final

from ...config import ConnectorConfig, read_config
from ...config_fields import Problem
from ...message import FALLBACK_USAGE_TYPE
from ...phone import MAINLAND
from ...templates import ANYWHERE, CHINA, OVERSEAS, REQUIRED_USAGE_TYPES, Backup, Template
from ..endpoint import is_emulator
from . import links
from .finding import Check
from .fixed_codes import check_test_numbers
from .limits import check_limits

OTHER_USAGE_TYPES: Final = (
    "OrganizationInvitation",
    "UserPermissionValidation",
    "BindNewIdentifier",
    "MfaVerification",
    "BindMfa",
)
"""Logto's, beyond the required ones. They fall back to Generic."""

_COPY_KEY: Final = f"Copy both keys from {links.KEYS}, or leave both out to use the role."
_OWN_DEFAULT: Final = "Correct it, or leave it out: the default fits most."

# By the last of these names in a problem's path.
_REMEDIES: Final = {
    "": "Compare it with docs/examples/connector.example.json.",
    "accessKeyId": _COPY_KEY,
    "accessKeySecret": _COPY_KEY,
    "signName": f"Put the name of an approved sign here: {links.SIGNS}.",
    "templates": 'Add {"usageType": "…", "templateCode": "SMS_…"} to the list for each of '
    f"{', '.join(REQUIRED_USAGE_TYPES)}.",
    "usageType": f"Put one of {', '.join(REQUIRED_USAGE_TYPES + OTHER_USAGE_TYPES)} here.",
    "templateCode": f"Copy the code of an approved template: {links.TEMPLATES}.",
    "testNumbers": "Give each a number with +, a code of its own and a last day, or remove it.",
}


def check_config(text: str | bytes) -> list[Check]:
    """Check a connector JSON. Raises nothing and repeats no secret.

    Return each problem; without any, which template each usage type has, Logto's other ones
    included.
    """
    config, problems = read_config(text)
    if config is None:
        return [_failed(problem) for problem in problems]
    return [
        Check("config", True, "The connector JSON is valid."),
        *_endpoint(config),
        *_usage_types(config),
        *_never_used(config),
        *_bare_digits(config),
        *check_limits(config),
        *check_test_numbers(config),
    ]


def _failed(problem: Problem) -> Check:
    message = problem.text.removesuffix(".") + "."
    names = [re.sub(r"\[\d+\]$", "", name) for name in problem.path.split(".")]
    return Check(
        problem.path or "config",
        False,
        message[0].upper() + message[1:],
        next((_REMEDIES[name] for name in reversed(names) if name in _REMEDIES), _OWN_DEFAULT),
    )


def _endpoint(config: ConnectorConfig) -> Iterator[Check]:
    if is_emulator(config):
        yield Check("endpoint", True, "An emulator: no message leaves this machine.")
    elif config.protocol == "HTTP":
        yield Check(
            "endpoint",
            True,
            "The codes of all messages cross the network unencrypted.",
            "Use https:// unless the endpoint is an emulator on this machine.",
        )


def _usage_types(config: ConnectorConfig) -> Iterator[Check]:
    # Each once, the required ones first.
    own = dict.fromkeys((*REQUIRED_USAGE_TYPES, *(item.usage_type for item in config.templates)))
    for name in own:
        yield Check(name, True, f"Sends {_codes(config.template_for(name), config.backup)}.")
    fallback = config.template_for(FALLBACK_USAGE_TYPE)
    for name in OTHER_USAGE_TYPES:
        if name not in own:
            yield Check(
                name,
                True,
                f"Falls back to {FALLBACK_USAGE_TYPE}: {_codes(fallback, config.backup)}.",
            )


def _codes(template: Template, backup: Backup | None) -> str:
    """Return the codes of a template, and the code of its backup: its own, or the one for all."""
    codes = dict(template.template_code.values)
    first = [codes.pop(name) for name in (ANYWHERE, CHINA) if name in codes]
    abroad = [f"abroad {codes.pop(OVERSEAS)}"] if OVERSEAS in codes else []
    others = [f"{name} {code}" for name, code in codes.items()]
    used = template.backup or backup
    last = [f"backup {used.template_code}"] if used and CHINA in template.regions else []
    return ", ".join([*first, *abroad, *others, *last])


def _bare_digits(config: ConnectorConfig) -> Iterator[Check]:
    """Warn where a number abroad that comes without ``+`` may be taken for a mainland number."""
    countries = config.limits.countries
    if config.strict_phone_region_number_check or countries == frozenset({MAINLAND}):
        return
    regions = {name for one in config.templates for name in one.template_code.values}
    if regions - {ANYWHERE, CHINA} or countries:
        yield Check(
            "strictPhoneRegionNumberCheck",
            True,
            "11 digits without + that begin with 13 to 19 are sent to the mainland, also those of "
            "a number in the US or Canada (1 862 …).",
            "Set it to true if every caller gives the country code; in any case let them give +.",
        )


def _never_used(config: ConnectorConfig) -> Iterator[Check]:
    for index, template in enumerate(config.templates):
        if config.template_for(template.usage_type) is not template:
            yield Check(
                f"templates[{index}]",
                True,
                f"Never used: an earlier template is for {template.usage_type} too.",
                "Remove one of the two.",
            )
