from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from sms_connector.limits.addresses import read_address, subject_of


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("::FFFF:808:808", "8.8.8.8"),
        ("2400:3200:1:2:3:4:5:6", "2400:3200:1:2::/64"),
        ("2400:3200:1:2::", "2400:3200:1:2::/64"),
        ("2400:3200:1:3::1", "2400:3200:1:3::/64"),
        ("8.8.8.8:443", "8.8.8.8"),
        (" 8.8.8.8 ", "8.8.8.8"),
        ("[2400:3200:1:3::1]", "2400:3200:1:3::/64"),
        ("[2400:3200:1:3::1]:443", "2400:3200:1:3::/64"),
    ],
)
def test_an_address_is_counted_whole_or_by_its_64_bit_network(ip: str, network: str) -> None:
    assert subject_of(ip) == network


@pytest.mark.parametrize(
    "ip",
    [
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "0.0.0.0",  # noqa: S104
        "255.255.255.255",
        "203.0.113.7",  # for documentation
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
    ],
)
def test_an_address_that_is_not_global_is_not_counted(ip: str) -> None:
    assert read_address(ip) is not None
    assert subject_of(ip) is None


@pytest.mark.parametrize(
    "text",
    [
        "unknown",
        "8.8.8",
        "08.8.8.8",
        "9.9.9.9, 10.0.0.1",
        "8.8.8.8/24",
        "2400:3200:1:2::/64",
        "for=8.8.8.8;proto=https",
        "８.8.8.8",
        "1" * 100_000,
    ],
)
def test_what_is_no_address_is_counted_by_its_text(text: str) -> None:
    assert read_address(text) is None
    assert subject_of(text) == text


def test_a_text_that_is_not_valid_unicode_is_counted_too() -> None:
    assert subject_of("\ud800") == "?"


def test_addresses_are_imported_only_where_they_are_counted() -> None:
    program = (
        "import sys; from sms_connector.limits.rules import Limits, read_rule;"
        "from sms_connector.phone import parse_phone;"
        "limits = Limits(per_address={rules});"
        "limits.counted(parse_phone('13812345678'), '8.8.8.8');"
        "print({{'ipaddress', 'phonenumbers'}} & sys.modules.keys() or 'none')"
    )

    def run(rules: Any) -> str:
        command = [sys.executable, "-c", program.format(rules=rules)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603

    assert run("()") == "none"
    assert run("(read_rule('perAddress', '1/day'),)") == "{'ipaddress'}"
