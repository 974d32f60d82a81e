from __future__ import annotations

import itertools
import json
import time
from collections import Counter

import pytest

from sms_connector.reports.deliveries import Recorded
from sms_connector.reports.report import Report, parse_reports
from sms_connector.reports.state import Delivery
from sms_connector.reports.stats import read_stats
from sms_connector.store.memory import Memory
from sms_connector.store.transaction import Result, Transaction
from tests.support.instances import at_once
from tests.support.reporting import BIZ_ID, SECRETS, Recording, failed, mainland, overseas
from tests.support.verifying import CountingStore

AT = 1_767_196_803_000


def reports_of(*items: object) -> tuple[Report, ...]:
    return parse_reports(json.dumps(items).encode())[0]


def record(kept: Recording, *items: object) -> Recorded:
    return kept.deliveries.record(reports_of(*items), time.monotonic() + 10)


def counts(kept: Recording) -> dict[str, int]:
    rows = read_stats(kept.stores.shared, kept.figures, 24).rows
    return {f"{row.country}/{row.usage_type}/{row.outcome}": row.count for row in rows}


@pytest.mark.parametrize(
    ("items", "delivery", "counted"),
    [
        ([], Delivery("accepted"), {}),
        ([mainland()], Delivery("delivered", AT, "DELIVERED"), {"delivered": 1}),
        ([failed()], Delivery("failed", AT, "MK:0001"), {"failed": 1}),
        ([mainland()] * 3, Delivery("delivered", AT, "DELIVERED"), {"delivered": 1}),
        ([failed()] * 2, Delivery("failed", AT, "MK:0001"), {"failed": 1}),
        ([failed(), mainland()], Delivery("delivered", AT, "DELIVERED"), {"delivered": 1}),
        ([mainland(), failed()], Delivery("delivered", AT, "DELIVERED"), {"delivered": 1}),
        ([overseas()], Delivery("delivered", AT), {"delivered": 1}),
        ([overseas(TaskId="-", MessageId=BIZ_ID)], Delivery("delivered", AT), {"delivered": 1}),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["in one list", "one by one"])
def test_reports_change_the_state_and_are_counted_once(
    store: Memory, items: list[object], delivery: Delivery, counted: dict[str, int], together: bool
) -> None:
    kept = Recording(store)
    kept.accept()
    for part in [items] if together else [[item] for item in items]:
        assert record(kept, *part).missed == ()
    found = kept.deliveries.get(BIZ_ID)
    assert (found.state, found.code) == (delivery.state, delivery.code)
    assert found.at == delivery.at or delivery.at is None
    assert counts(kept) == {f"CN/SignIn/{name}": count for name, count in counted.items()}


def test_a_report_before_the_acceptance_is_kept_and_counted_apart(store: Memory) -> None:
    kept = Recording(store)
    record(kept, mainland())
    kept.accept()
    assert kept.deliveries.get(BIZ_ID).state == "delivered"
    assert counts(kept) == {"CN/unknown/delivered": 1}


def test_both_ids_of_an_unknown_message_abroad_find_its_state(store: Memory) -> None:
    kept = Recording(store)
    record(kept, overseas(), overseas())
    assert kept.deliveries.get(BIZ_ID).state == "delivered"
    assert kept.deliveries.get("MESSAGE-1").state == "delivered"
    assert counts(kept) == {"ZZ/unknown/delivered": 1}


def test_a_message_never_seen_is_unknown(store: Memory) -> None:
    assert Recording(store).deliveries.get(BIZ_ID) == Delivery("unknown")


def test_a_report_without_a_time_has_that_of_the_store(store: Memory) -> None:
    kept = Recording(store)
    record(kept, mainland(report_time=""))
    assert (kept.deliveries.get(BIZ_ID).at or 0) / 1000 == pytest.approx(time.time(), abs=5)


def test_a_usage_type_without_a_template_counts_as_generic(store: Memory) -> None:
    kept = Recording(store)
    kept.accept(usage_type="MadeUp")
    record(kept, mainland())
    assert counts(kept) == {"CN/Generic/delivered": 1}


def test_the_same_report_to_many_instances_at_once_counts_once(store: Memory) -> None:
    kept = [Recording(store) for _ in range(8)]
    kept[0].accept()
    ids = [f"{number}^0" for number in range(20)]
    items = [make(biz_id=one) for one in ids for make in (mainland, failed)]
    recorded: list[Recorded] = []
    at_once(*(lambda one=one: recorded.append(record(one, *items)) for one in kept))
    # One report of each outcome is new at most, whichever instance had it.
    new = Counter((report.ids, report.outcome) for one in recorded for report in one.new)
    assert set(new.values()) == {1}
    assert {ids for (ids, outcome) in new if outcome == "delivered"} == {(one,) for one in ids}
    assert sum(counts(kept[0]).values()) == 20
    assert {kept[0].deliveries.get(one).state for one in ids} == {"delivered"}


@pytest.mark.parametrize("rotated", list(itertools.permutations(("new" * 11, SECRETS[0]))))
def test_states_and_figures_are_found_while_secrets_rotate(
    store: Memory, rotated: tuple[str, ...]
) -> None:
    old, new = Recording(store), Recording(store, rotated)
    old.accept()
    record(new, mainland())
    record(old, mainland())
    assert old.deliveries.get(BIZ_ID).state == new.deliveries.get(BIZ_ID).state == "delivered"
    assert counts(new) == {"CN/SignIn/delivered": 1}


@pytest.mark.parametrize(("number", "trips"), [(1, 2), (200, 2), (201, 4)])
def test_a_list_of_reports_takes_two_round_trips_for_two_hundred(number: int, trips: int) -> None:
    store = CountingStore(Memory())
    kept = Recording(store)
    items = [mainland(biz_id=f"{one}^0") for one in range(number)]
    record(kept, *items)
    assert len(store.transactions) == trips
    record(kept, *items)
    assert len(store.transactions) == trips + trips // 2  # nothing is left to write


def test_no_call_begins_after_the_deadline() -> None:
    class Slow(Memory):
        def transact(self, transaction: Transaction) -> Result:
            time.sleep(0.05)
            return super().transact(transaction)

    items = reports_of(*(mainland(biz_id=f"{one}^0") for one in range(450)))
    recorded = Recording(Slow()).deliveries.record(items, time.monotonic() + 0.05)
    assert (recorded.new, recorded.missed) == (items[:200], items[200:])


def test_neither_a_name_nor_a_value_holds_a_number(store: Memory) -> None:
    if not isinstance(store, Memory):
        return
    kept = Recording(store)
    kept.accept()
    record(kept, mainland(), failed(biz_id="2^0"))
    text = str(store._entries._entries)
    assert "MK:0001" in text
    assert "13812345678" not in text
    assert BIZ_ID not in text
