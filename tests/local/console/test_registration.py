"""What the carriers say of a sign, in the console."""

from __future__ import annotations

import json

import pytest

from sms_connector.local.emulate.account import SIGNS, AccountSign
from sms_connector.local.emulate.server import Emulator

from .calling import FORM, Page


@pytest.mark.parametrize(
    "sign", [sign for sign in SIGNS if sign.review.number == 1], ids=lambda sign: sign.name
)
def test_the_console_shows_what_each_carrier_says_of_a_sign(
    page: Page, emulator: Emulator, sign: AccountSign
) -> None:
    form = {**FORM, "endpoint": emulator.url, "signName": sign.name}
    lines = page.post("/api/check", form).content.decode().splitlines()
    found = [check for check in map(json.loads, lines) if check["registration"]]
    is_of_a_test = sign.tag.value == "4"
    assert [check["registration"] for check in found] == [
        {"sign": sign.name, "carrier": carrier, "status": state.value}
        for carrier, state in sign.registration._asdict().items()
        if not is_of_a_test
    ]
    for check in found:
        status = check["registration"]["status"]
        assert check["subject"] == "signName"
        assert check["ok"] is (status in (3, 1, -1))
        assert bool(check["remedy"]) is (status != 3)
