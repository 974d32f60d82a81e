"""The ``limits`` of a connector JSON, read and checked."""

from functools import partial
from typing import Final

from ..config_fields import Problems, Read, read_struct
from .countries import COUNTRIES
from .rules import EVERY_OTHER_COUNTRY, Conversion, Limits, Rule, read_rule, strictest

_RULE_TEXT: Final = (
    "must be <count>/<second|minute|hour|day> or <count>/<n>s, such as 5/hour, with a window of "
    "31 days at most"
)
_COUNTRY_TEXT: Final = "must be the ISO 3166 code of a country, such as HK; CN is the mainland"


def read_limits(raw: object, path: str, problems: Problems) -> Limits | None:
    """Return the limits; None if they are invalid, with every reason in ``problems``."""
    parts: dict[str, Read] = {
        "countries": _read_countries,
        "perNumber": partial(_read_rules, "perNumber"),
        "perAddress": partial(_read_rules, "perAddress"),
        "perPrefix": partial(_read_rules, "perPrefix"),
        "perCountry": _read_rules_by_country,
        "total": partial(_read_rules, "total"),
        "conversion": _read_conversion,
    }
    return read_struct(raw, path, problems, Limits, parts, closed=True)


def _read_countries(raw: object, path: str, problems: Problems) -> frozenset[str]:
    # An empty list would let nothing out, or everything: neither is what anyone means by it.
    if not isinstance(raw, list) or not raw:
        problems.add(path, "must be a list of at least one country")
        return frozenset()
    for index, country in enumerate(raw):
        if not isinstance(country, str) or country not in COUNTRIES:
            problems.add(f"{path}[{index}]", _COUNTRY_TEXT)
    return frozenset(country for country in raw if isinstance(country, str))


def _read_rules(name: str, raw: object, path: str, problems: Problems) -> tuple[Rule, ...]:
    if not isinstance(raw, list):
        problems.add(path, "must be a list of rules such as 5/hour")
        return ()
    rules = [read_rule(name, text) for text in raw]
    for index, rule in enumerate(rules):
        if rule is None:
            problems.add(f"{path}[{index}]", _RULE_TEXT)
    return strictest(rule for rule in rules if rule)


def _read_rules_by_country(
    raw: object, path: str, problems: Problems
) -> dict[str, tuple[Rule, ...]]:
    if not isinstance(raw, dict):
        problems.add(path, "must be an object")
        return {}
    rules = {}
    for country, texts in raw.items():
        if country == EVERY_OTHER_COUNTRY or country in COUNTRIES:
            rules[country] = _read_rules("perCountry", texts, f"{path}.{country}", problems)
        else:
            problems.add_unknown_key(path, country, ("ISO 3166 codes of countries", "*"))
    return rules


def _read_conversion(raw: object, path: str, problems: Problems) -> Conversion | None:
    return read_struct(raw, path, problems, Conversion, closed=True)
