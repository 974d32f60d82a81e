"""The limits of a connector JSON in words."""

from collections.abc import Iterator

from ...config import ConnectorConfig
from ...limits.rules import EVERY_OTHER_COUNTRY, Limits, Rule
from ...phone import MAINLAND
from ...templates import CHINA
from .finding import Check


def check_limits(config: ConnectorConfig) -> Iterator[Check]:
    """Show each limit, and warn where nothing bounds the messages abroad. Every check is ok."""
    limits = config.limits
    if limits.countries is not None:
        listed = ", ".join(sorted(limits.countries))
        yield Check("limits.countries", True, f"Countries that are sent to: {listed}.")
    for subject, what, rules in _groups(limits):
        listed = ", ".join(rule.text for rule in rules)
        message = f"At most {listed} {what}." if rules else f"No limit {what}."
        yield Check(f"limits.{subject}", True, message)
    if limits.conversion is not None:
        yield Check(
            "limits.conversion",
            True,
            f"Refuses a prefix abroad where fewer than {limits.conversion.below:.0%} of "
            f"{limits.conversion.at_least} messages or more an hour are approved "
            "(verifications only).",
        )
    if _sends_abroad(config) and not _bounds_abroad(limits):
        yield Check(
            "limits",
            True,
            "Nothing bounds the messages abroad: fraud can send thousands.",
            'Set limits.total or limits.perCountry; {"countries": ["CN"]} allows the mainland '
            "alone.",
        )


def _groups(limits: Limits) -> Iterator[tuple[str, str, tuple[Rule, ...]]]:
    yield "perNumber", "per number", limits.per_number
    yield "perAddress", "per address", limits.per_address
    yield "perPrefix", "per prefix abroad", limits.per_prefix
    for country, rules in limits.per_country.items():
        every_other = country == EVERY_OTHER_COUNTRY
        what = "per other country" if every_other else f"in the country {country}"
        yield f"perCountry.{country}", what, rules
    yield "total", "in total", limits.total


def _sends_abroad(config: ConnectorConfig) -> bool:
    """Return whether a template may send to a number abroad, as far as the config shows."""
    if config.limits.countries == frozenset({MAINLAND}):
        return False
    return any(template.regions != (CHINA,) for template in config.templates)


def _bounds_abroad(limits: Limits) -> bool:
    if limits.total or limits.per_country.get(EVERY_OTHER_COUNTRY):
        return True
    allowed = limits.countries
    return allowed is not None and all(map(limits.per_country.get, allowed - {MAINLAND}))
