"""Every sentence that the program can show on the page, made by the code that shows it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sms_connector.clock import shanghai_date
from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError, ProviderError
from sms_connector.local.check import config as config_checks
from sms_connector.local.check import lookup_failures, number_verification, registration
from sms_connector.local.check.config import check_config
from sms_connector.local.check.fixed_codes import check_test_numbers
from sms_connector.local.check.limits import check_limits
from sms_connector.local.check.provider import check_provider
from sms_connector.local.console.form import Form
from sms_connector.local.console.mistakes import mistakes
from sms_connector.local.console.template_rows import CountryRow, TemplateRow
from sms_connector.local.console.verifying import CodeRequest, TriedVerifications
from sms_connector.local.emulate.account import (
    DISABLED_KEY,
    ORDINARY_KEY,
    SIGNS,
    STS_KEY,
    TEMPLATES,
)
from sms_connector.local.emulate.magic import MAGIC_NUMBERS
from sms_connector.local.emulate.provider_errors import Refusal
from sms_connector.local.emulate.registration import State
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.given_templates import GIVEN_TEMPLATES
from sms_connector.local.lookup import CarrierRegistration, ReviewedSign
from sms_connector.local.send import delivery
from sms_connector.message import Message, Sms
from sms_connector.phone import parse_phone
from sms_connector.provider import error_codes
from sms_connector.provider.call import Stage
from sms_connector.provider.query import Refused
from sms_connector.provider.sdk_call import NoAnswer
from sms_connector.reports import carrier_codes
from sms_connector.reports.provider_state import failed_query
from sms_connector.sending import backup, limiter
from sms_connector.sending import connector as connector_module
from sms_connector.sending.connector import SmsConnector
from sms_connector.settings import Settings, read_settings
from sms_connector.store import open_stores
from sms_connector.store.outage import StoreAwayError
from sms_connector.verification import conversion
from tests.support.configs import config
from tests.support.sending import connector_at
from tests.support.verifying import wrong

NAMES = ("Register", "SignIn", "ForgotPassword", "Generic")


def rows_with(code: object) -> list[dict[str, object]]:
    return [{"usageType": name, "templateCode": code} for name in NAMES]


GOOD = {
    "accessKeyId": ORDINARY_KEY.id,
    "accessKeySecret": ORDINARY_KEY.secret,
    "signName": "码上登录",
    "templates": rows_with("SMS_200000004"),
}
LIMITS = {
    "countries": ["CN", "HK"],
    "perAddress": ["30/hour"],
    "perPrefix": ["100/hour"],
    "perCountry": {"HK": ["500/day"], "*": ["200/day"]},
    "total": ["20000/day"],
    "conversion": {"atLeast": 20, "below": 0.1},
}
NO_LIMITS: dict[str, object] = {"perNumber": [], "perCountry": {"HK": [], "*": []}}
ONE_OF_EACH = {"attempts": 1, "sends": 1}
BAD_LIMITS = {
    "countries": ["UK"],
    "perNumber": 5,
    "perAddress": ["5"],
    "perCountry": {"UK": []},
    "conversion": {"atLeast": 0, "below": 2},
    "not a key": 1,
}


def numbered(days: int) -> dict[str, str]:
    until = shanghai_date(time.time() + days * 86_400)
    return {"phone": "+8613800000000", "code": "424242", "until": until}


def sentences(emulator: Emulator) -> Iterator[str]:
    # Of the validator.
    rows = [{"usageType": "", "templateCode": {"china": "x"}}, {}, "no object"]
    for text in (
        "{",
        "[]",
        "{}",
        json.dumps(config(accessKeyId=..., templates=rows, endpoint="!", connectTimeout=0)),
        json.dumps(config(accessKeyId="a b", signName=1, strictPhoneRegionNumberCheck=1)),
        json.dumps(config(accessKeySecret=..., templates=1, regionId="!", readTimeout="x")),
        json.dumps(config(endpoint="http://dysmsapi.aliyuncs.com")),
        json.dumps(config(limits=BAD_LIMITS, verification={"validSeconds": 0, "sends": 0})),
        json.dumps(config(templates=rows_with({"china": "100001", "overseas": "100001"}))),
        json.dumps(config(templates=rows_with("123"))),
        json.dumps(config(verification={"codeLength": 7})),
        json.dumps(config(signName={"china": "", "CN": "甲"}, templates=rows_with({"hk": "x"}))),
        json.dumps(config(templates=rows_with({"china": "100001", "HK": "SMS_1"}))),
        json.dumps(config(signName={"china": "甲"})),
        json.dumps(config(backup={"templateCode": "SMS_1", "signName": ""}, testNumbers={})),
        json.dumps(config(testNumbers=[{"phone": "1", "code": "1", "until": "1"}])),
        json.dumps(config(testNumbers=[numbered(400), numbered(3)])),
    ):
        for check in check_config(text):
            yield from (check.message, check.remedy)
    for limits in (LIMITS, NO_LIMITS):
        for check in check_limits(parse_config(json.dumps(config(limits=limits)))):
            yield from filter(None, (check.message, check.remedy))
    for days in (-1, 3):
        whole = parse_config(json.dumps(config(testNumbers=[numbered(days)])))
        for check in check_test_numbers(whole):
            yield from (check.message, check.remedy)
    yield from config_checks._REMEDIES.values()
    twice = (CountryRow("HK", "SMS_1"), CountryRow("HK", "SMS_2"))
    bad_rows = (TemplateRow("New", "no code"), TemplateRow("New", "SMS_1", countries=twice))
    for mistake in mistakes(Form("", "", "【sign】", bad_rows, False, "")):
        yield from (mistake.message, mistake.remedy)
    # Of the provider's checks.
    for changes in provider_settings():
        whole = connector_at(emulator.url, **changes).config
        for check in check_provider(whole, {}):
            yield from filter(None, (check.message, check.remedy))
    yield from lookup_failures._REMEDIES.values()
    yield from lookup_failures._NO_PERMISSION
    for message, remedy in lookup_failures._NOT_FOUND.values():
        yield from (message, remedy)
    for table in (error_codes.OF_THE_SERVICE, error_codes.OF_THE_GATEWAY, error_codes.FAMILIES):
        yield from (meaning.remedy for meaning in table.values())
    yield from number_verification._NO_PERMISSION
    yield from registrations()
    yield delivery.NO_QUERY
    yield connector_module._NO_KEY
    # Of sending.
    connector = connector_at(emulator.url, **GOOD)
    for phone, outcome in MAGIC_NUMBERS.items():
        if isinstance(outcome, Refusal):
            yield failure(connector, Message(phone, "Generic", "246810")).message
    for typed, usage_type, strict in (
        ("13812345678", "SignIn", True),
        ("+442", "SignIn", False),
        ("+44 909 879 0000", "SignIn", False),
        ("+1 312 345 6789", "SignIn", False),
        ("+1 202 555 0123", "SignIn", False),
        ("+852 5123 4567", "Register", False),
        ("13812345678", "Abroad", False),
    ):
        picky = connector_at(
            emulator.url,
            strictPhoneRegionNumberCheck=strict,
            limits={"countries": ["CN", "HK", "US"] if "312" in typed else ["CN", "HK"]},
            templates=[
                *(rows_with("100001") if usage_type == "Register" else rows_with("SMS_1")),
                {"usageType": "Abroad", "templateCode": {"overseas": "SMS_2"}},
            ],
        )
        yield failure(picky, Message(typed, usage_type, "246810")).message
    nowhere = connector_at("http://127.0.0.1:9")
    yield failure(nowhere, Message("13812345678", "Generic", "246810")).message
    yield backup._with_template(ConnectorError("bug", "Why."), sms_by_backup()).message
    # Of verifications.
    yield from refused_verifications(emulator)
    for rule in ("perNumber", "perPrefix", "perCountry", "total"):
        yield f"{limiter._REFUSALS[rule][1]}: `limits.{rule}` allows 5/hour."
    yield conversion._refused(1, "0.1").message
    with pytest.raises(ConnectorError) as too_long:
        connector.compose(Message("13812345678", "Generic", "1234567"))
    yield too_long.value.message
    # Of the traffic.
    yield StoreAwayError("refused").as_error().message
    for settings in (Settings(store="redis://127.0.0.1"), Settings(store="nothing")):
        with pytest.raises(ConnectorError) as raised:
            open_stores(settings)
        yield raised.value.message
    yield read_settings({"SMS_CONNECTOR_SECRET": "short"}).problems[0]
    # Of a lookup.
    yield "A test number until 2027-03-31: no message goes to it."
    yield "The provider was too slow for all days: ask for fewer."
    yield failed_query(NoAnswer(Stage.CONNECTING, "the connection was refused")).message
    forbidden = ProviderError("Forbidden.RAM", "no", "REQUEST")
    yield failed_query(Refused(403, forbidden)).message
    yield from carrier_codes._MEANINGS.values()
    yield carrier_codes.explain("unheard of")


def registrations() -> Iterator[str]:
    yield from registration._REASONS.values()
    for status in (*State, None):
        value = status.value if status else None
        for found in (
            CarrierRegistration("mobile", value),
            CarrierRegistration("x", value, ("X",)),
        ):
            sign = ReviewedSign(1, "", "", registrations=(found,))
            for check in registration.check_registration("signName", "", sign):
                yield from filter(None, (check.message, check.remedy))
    for check in registration.check_registration("signName", "", ReviewedSign(1, "", "")):
        yield from (check.message, check.remedy)


def refused_verifications(emulator: Emulator) -> Iterator[str]:
    tried = TriedVerifications()
    connector = connector_at(emulator.url, **GOOD, limits=NO_LIMITS, verification=ONE_OF_EACH)
    sms = connector.compose(Message("13812345678", "SignIn"))
    tried.start(connector.config, sms)
    with pytest.raises(ConnectorError) as raised:
        tried.start(connector.config, sms)
    yield raised.value.message
    code = emulator.inbox.messages()[0].template_param["code"]
    for typed in ("letters", wrong(code), code):
        yield tried.check(CodeRequest(typed, "", "13812345678", "SignIn"))["error"]["message"]
    yield tried.cancel(CodeRequest(id="unknown"))["error"]["message"]


def sms_by_backup() -> Sms:
    return Sms(parse_phone("13812345678"), "SignIn", "100001", "246810")


def failure(connector: SmsConnector, message: Message) -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        connector.send(connector.compose(message))
    return raised.value


def provider_settings() -> Iterator[dict[str, Any]]:
    yield {"accessKeyId": ..., "accessKeySecret": ...}
    yield {}
    for key in (DISABLED_KEY, STS_KEY):
        yield {"accessKeyId": key.id, "accessKeySecret": key.secret}
    yield {**GOOD, "accessKeySecret": "wrong"}
    for seconds in (1, 60, 300):
        yield {**GOOD, "verification": {"validSeconds": seconds}}
    for given in (*GIVEN_TEMPLATES, "100099"):
        yield {**GOOD, "templates": rows_with(given)}
    # The same sign for both services.
    yield {**GOOD, "templates": [*rows_with("100001")[:3], *rows_with("SMS_200000004")[3:]]}
    for sign in SIGNS:
        yield {**GOOD, "signName": sign.name}
    for template in TEMPLATES:
        code = {"china": template.code, "overseas": template.code}
        yield {**GOOD, "templates": rows_with(code)}
        yield {**GOOD, "templates": rows_with(template.code)}
