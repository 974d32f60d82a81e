from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_connector.reports.report import Report, parse_reports
from tests.support.reporting import BIZ_ID, PHONE, failed, mainland, overseas

AT = 1_767_196_803_000  # 2026-01-01 00:00:03 in Shanghai


def parsed(body: object) -> tuple[tuple[Report, ...], int]:
    return parse_reports(json.dumps(body).encode())


@pytest.mark.parametrize("is_list", [True, False], ids=["a list", "a single object"])
@pytest.mark.parametrize(
    ("item", "ids", "outcome", "code", "phone", "country"),
    [
        (mainland(), (BIZ_ID,), "delivered", "DELIVERED", "138****5678", "CN"),
        (mainland(success="true"), (BIZ_ID,), "delivered", "DELIVERED", "138****5678", "CN"),
        (failed(), (BIZ_ID,), "failed", "MK:0001", "138****5678", "CN"),
        (failed(phone_number=int(PHONE)), (BIZ_ID,), "failed", "MK:0001", "138****5678", "CN"),
        (overseas(), ("MESSAGE-1", BIZ_ID), "delivered", "", "852****4567", "ZZ"),
        (
            overseas(Status=2, ErrorCode="E:1"),
            ("MESSAGE-1", BIZ_ID),
            "failed",
            "E:1",
            "852****4567",
            "ZZ",
        ),
        (overseas(Status="6"), ("MESSAGE-1", BIZ_ID), "failed", "EXPIRED", "852****4567", "ZZ"),
        (overseas(MessageId=None), (BIZ_ID,), "delivered", "", "852****4567", "ZZ"),
        (overseas(MessageId=BIZ_ID), (BIZ_ID,), "delivered", "", "852****4567", "ZZ"),
    ],
)
def test_each_form_is_read(
    item: Any, ids: tuple[str, ...], outcome: str, code: str, phone: str, country: str,
    is_list: bool,
) -> None:  # fmt: skip
    reports, others = parsed([item] if is_list else item)
    (report,) = reports
    assert others == 0
    assert (report.ids, report.outcome, report.at) == (ids, outcome, AT)
    assert (report.code, report.phone, report.country) == (code, phone, country)


@pytest.mark.parametrize(
    "moment", ["", "now", "2026-13-01 00:00:00", None, 5, [], "Wed, 99 Dec 2025 16:00:03 GMT"]
)
def test_a_report_without_a_valid_time_has_none(moment: object) -> None:
    for item in (mainland(report_time=moment), overseas(ReceiveDate=moment)):
        reports, others = parsed(item)
        assert [report.at for report in reports] == ([] if moment == [] else [None])
        assert others == (1 if moment == [] else 0)


@pytest.mark.parametrize(
    "item",
    [
        5,
        "text",
        None,
        [],
        {},
        {"content": "a reply of a phone", "phone_number": PHONE},
        mainland(biz_id=""),
        mainland(biz_id="x" * 101),
        mainland(success=None),
        overseas(Status="0"),
        overseas(MessageId="", TaskId=""),
    ],
)
def test_what_is_no_report_is_counted_and_the_others_are_read(item: object) -> None:
    reports, others = parsed([mainland(), item, failed()])
    assert ([report.outcome for report in reports], others) == (["delivered", "failed"], 1)


@pytest.mark.parametrize("body", [b"", b"[", b"\xff", b"[[[[" * 100_000, b"{}", b" 7 "])
def test_a_body_of_another_kind_has_no_reports(body: bytes) -> None:
    assert parse_reports(body) == ((), 1)


@given(st.binary() | st.recursive(st.none() | st.text(), lambda of: st.lists(of)).map(
    lambda value: json.dumps(value).encode()))  # fmt: skip
def test_no_body_raises(body: bytes) -> None:
    assert parse_reports(body)[0] == ()


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"phone_number": "1" * 16}, ("****", "DELIVERED")),
        ({"phone_number": int("1" * 16)}, ("****", "DELIVERED")),
        ({"phone_number": PHONE + "-" * 300}, ("****", "DELIVERED")),
        ({"err_code": "E" * 257}, ("138****5678", "")),
        ({"report_time": "2026-01-01 00:00:03" + " " * 300}, ("138****5678", "DELIVERED")),
    ],
)
def test_a_field_that_is_too_long_to_be_valid_is_dropped(
    changes: dict[str, object], shown: tuple[str, str]
) -> None:
    ((report,), others) = parsed(mainland(**changes))
    assert (report.phone, report.code, others) == (*shown, 0)
    assert report.at == (None if "report_time" in changes else AT)


@pytest.mark.parametrize("form", [mainland(phone_number="1" * 1_000_000), overseas(To="1" * 10**6)])
def test_a_number_of_a_million_digits_costs_neither_time_nor_memory(form: Any) -> None:
    body = json.dumps([form]).encode()
    parse_reports(json.dumps([mainland(), overseas()]).encode())  # imports what it needs
    tracemalloc.start()
    began = time.perf_counter()
    parse_reports(body)
    seconds = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 0.2  # a regular expression of it took 2.7 seconds
    assert peak < 10_000_000  # and 209 MB


def test_nothing_of_a_report_holds_the_whole_number() -> None:
    for item in (
        mainland(biz_id=PHONE, err_code=f"E:{PHONE}"),
        overseas(MessageId="85251234567", ErrorCode="85251234567"),
    ):
        ((report,), _) = parsed(item)
        shown = (report.shown_id, report.code, report.phone, repr(report))
        assert PHONE not in str(shown)
        assert "85251234567" not in str(shown)
