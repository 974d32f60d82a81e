"""The `limits` of a connector JSON."""

from __future__ import annotations

import json

import phonenumbers
import pytest

from sms_connector.config import parse_config, read_config
from sms_connector.limits.countries import COUNTRIES
from sms_connector.limits.rules import Conversion, Limits, Rule
from tests.support.configs import config

_RULE = "must be <count>/<second|minute|hour|day> or <count>/<n>s"
_COUNTRY = "must be the ISO 3166 code of a country"


@pytest.mark.parametrize(
    ("limits", "path", "text"),
    [
        (None, "limits", "must be an object"),
        ([], "limits", "must be an object"),
        ({"perNubmer": ["5/hour"]}, "limits.perNubmer", "is unknown: the keys here are countries"),
        ({"per number 138": []}, "limits", "has an unknown key"),
        ({"a" * 1_000: []}, "limits", "has an unknown key"),
        ({"perNumber": "5/hour"}, "limits.perNumber", "must be a list of rules"),
        ({"perNumber": None}, "limits.perNumber", "must be a list of rules"),
        ({"perNumber": ["0/minute"]}, "limits.perNumber[0]", _RULE),
        ({"perNumber": ["1/day", "5/fortnight"]}, "limits.perNumber[1]", _RULE),
        ({"perAddress": ["five/hour"]}, "limits.perAddress[0]", _RULE),
        ({"perPrefix": [5]}, "limits.perPrefix[0]", _RULE),
        ({"total": [True]}, "limits.total[0]", _RULE),
        ({"total": [["5/hour"]]}, "limits.total[0]", _RULE),
        ({"total": ["9" * 400 + "/day"]}, "limits.total[0]", _RULE),
        ({"perCountry": ["5/hour"]}, "limits.perCountry", "must be an object"),
        ({"perCountry": {"hk": []}}, "limits.perCountry.hk", "is unknown"),
        ({"perCountry": {"UK": []}}, "limits.perCountry.UK", "is unknown"),
        ({"perCountry": {"+852": []}}, "limits.perCountry", "has an unknown key"),
        ({"perCountry": {"HK": ["1.5/day"]}}, "limits.perCountry.HK[0]", _RULE),
        ({"perCountry": {"*": "1/day"}}, "limits.perCountry.*", "must be a list of rules"),
        ({"countries": []}, "limits.countries", "must be a list of at least one country"),
        ({"countries": "CN"}, "limits.countries", "must be a list of at least one country"),
        ({"countries": ["CN", "cn"]}, "limits.countries[1]", _COUNTRY),
        ({"countries": ["EU"]}, "limits.countries[0]", _COUNTRY),
        ({"countries": ["*"]}, "limits.countries[0]", _COUNTRY),
        ({"countries": [86]}, "limits.countries[0]", _COUNTRY),
        ({"countries": [["CN"]]}, "limits.countries[0]", _COUNTRY),
        ({"conversion": None}, "limits.conversion", "must be an object"),
        ({"conversion": {"below": 0.1}}, "limits.conversion.atLeast", "is required"),
        ({"conversion": {"atLeast": 20}}, "limits.conversion.below", "is required"),
        *(
            ({"conversion": {"atLeast": value, "below": 0.1}}, "limits.conversion.atLeast", "must")
            for value in (0, -1, 1.5, 20.0, True, "20", None, 10**30)
        ),
        *(
            ({"conversion": {"atLeast": 20, "below": value}}, "limits.conversion.below", "must")
            for value in (-0.1, 1.1, 2, 10**400, True, "0.1", None)
        ),
        (
            {"conversion": {"atLeast": 20, "below": 0.1, "belwo": 0.2}},
            "limits.conversion.belwo",
            "is unknown: the keys here are atLeast, below",
        ),
    ],
)
def test_each_problem_of_the_limits_is_named_by_its_path(
    limits: object, path: str, text: str
) -> None:
    config_read, problems = read_config(json.dumps(config(limits=limits)))
    assert config_read is None
    [found] = problems
    assert found.path == path
    assert found.text.startswith(f"`{path}` {text}")


def test_limits_are_read() -> None:
    whole = config(
        limits={
            "countries": ["CN", "HK"],
            "perNumber": [],
            "perAddress": ["30/hour"],
            "perPrefix": ["100/hour", "50/3600s"],
            "perCountry": {"HK": ["500/day"], "*": [], "CN": ["1/10s"]},
            "total": ["20000/day"],
            "conversion": {"atLeast": 20, "below": 1},
        },
    )
    assert parse_config(json.dumps(whole)).limits == Limits(
        countries=frozenset({"CN", "HK"}),
        per_number=(),
        per_address=(Rule("perAddress", "30/hour", 30, 3_600),),
        per_prefix=(Rule("perPrefix", "50/3600s", 50, 3_600),),
        per_country={
            "HK": (Rule("perCountry", "500/day", 500, 86_400),),
            "*": (),
            "CN": (Rule("perCountry", "1/10s", 1, 10),),
        },
        total=(Rule("total", "20000/day", 20_000, 86_400),),
        conversion=Conversion(20, 1.0),
    )


def test_every_country_with_numbers_may_be_named() -> None:
    assert phonenumbers.SUPPORTED_REGIONS <= COUNTRIES
    assert all(len(code) == 2 and code.isalpha() and code.isupper() for code in COUNTRIES)
    # ISO 3166 has 249 codes; AC, TA and XK come on top.
    assert len(COUNTRIES) == 252
