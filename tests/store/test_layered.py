from __future__ import annotations

import threading
import time

import pytest
from msgspec.structs import replace

from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.outage import StoreAwayError
from sms_connector.store.transaction import (
    ABSENT,
    Counter,
    Figure,
    Record,
    Result,
    Transaction,
    Write,
)

ONCE = Counter("counter", 1, 60, refused=Figure("hour", "limited", 60))
CLAIM = Transaction((Record("a", (ABSENT,)),), take=(ONCE,), write=(Write("a", "mine", 60),))


class Server(Memory):
    """A store that may be away, and counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = False
        self.calls = 0
        self.takes = 0.0

    def transact(self, transaction: Transaction) -> Result:
        self.calls += 1
        time.sleep(self.takes)
        if self.is_away:
            raise StoreAwayError("silent")
        return super().transact(transaction)


@pytest.fixture
def server() -> Server:
    return Server()


def instances(server: Server) -> tuple[Layered, Layered]:
    return Layered(Memory(), server), Layered(Memory(), server)


def holds(store: Layered | Memory, key: str = "a") -> str:
    return store.transact(Transaction(records=(Record(key),))).found[0].value


def test_what_one_instance_claims_is_claimed_for_the_other(server: Server) -> None:
    one, other = instances(server)
    assert one.transact(CLAIM).committed
    second = other.transact(replace(CLAIM, write=(Write("a", "other", 60),)))
    assert (second.committed, second.found[0].value) == (False, "mine")


def test_what_an_instance_has_claimed_itself_is_not_asked_of_the_server(server: Server) -> None:
    one, _ = instances(server)
    one.transact(CLAIM)
    calls = server.calls
    assert not one.transact(CLAIM).committed
    assert holds(one) == "mine"
    assert server.calls == calls


def test_a_claim_that_the_server_refuses_leaves_nothing_in_memory(server: Server) -> None:
    memory = Memory()
    one, other = Layered(memory, server), Layered(Memory(), server)
    other.transact(replace(CLAIM, take=()))
    assert not one.transact(CLAIM).committed
    assert holds(memory) == ABSENT
    assert memory.transact(Transaction(take=(ONCE,))).committed


def test_a_counter_that_is_full_at_the_server_alone_refuses(server: Server) -> None:
    one, other = instances(server)
    one.transact(CLAIM)
    refused = other.transact(replace(CLAIM, records=()))
    assert (refused.committed, refused.full) == (False, 0)


def test_a_message_that_another_instance_sent_is_found_although_this_memory_is_full(
    server: Server,
) -> None:
    one, other = instances(server)
    assert one.transact(CLAIM).committed
    other.transact(replace(CLAIM, records=(), write=()))  # refused by the server, given back here
    full_here = Transaction(take=(Counter("other", 1, 60),))
    assert other.transact(full_here).committed
    asked = replace(CLAIM, take=full_here.take)
    found = other.transact(asked)
    assert (found.committed, found.full, found.found[0].value) == (False, None, "mine")
    server.is_away = True
    assert other.transact(asked).full == 0


def test_an_outage_forgets_nothing_that_this_instance_has_done(server: Server) -> None:
    one, other = instances(server)
    one.transact(CLAIM)
    server.is_away = True
    assert not one.transact(CLAIM).committed
    assert one.transact(replace(CLAIM, records=())).full == 0
    assert other.transact(CLAIM).committed


def test_an_outcome_of_an_outage_is_written_once_the_server_is_back(server: Server) -> None:
    one, other = instances(server)
    server.is_away = True
    one.transact(CLAIM)
    server.is_away = False
    expected = (Record("a", ("mine", ABSENT)),)
    assert one.transact(Transaction(expected, write=(Write("a", "sent", 60),))).committed
    assert holds(other) == "sent"


@pytest.mark.parametrize("away_at_first", [False, True])
def test_each_store_gets_back_what_it_gave(server: Server, away_at_first: bool) -> None:
    one, other = instances(server)
    server.is_away = away_at_first
    taken = one.transact(CLAIM)
    server.is_away = False
    if away_at_first:
        other.transact(replace(CLAIM, records=()))
    back = Transaction(give_back=(ONCE,), taken_at=taken.taken_at)
    one.transact(back)
    again = one.transact(Transaction(take=(ONCE,)))
    # What the other instance has taken meanwhile is not given back by this one.
    assert again.committed is not away_at_first


def test_a_refusal_by_the_memory_counts_among_the_figures_of_all(server: Server) -> None:
    one, other = instances(server)
    one.transact(CLAIM)
    one.transact(replace(CLAIM, records=()))
    assert other.figures(["hour"]) == ({"limited": 1},)
    one.transact(replace(CLAIM, records=(), max_wait=61))
    assert other.figures(["hour"]) == ({"limited": 1},)
    server.is_away = True
    assert one.transact(replace(CLAIM, records=())).full == 0


def test_threads_of_one_instance_do_not_see_a_claim_that_the_server_refuses(
    server: Server,
) -> None:
    one, other = instances(server)
    other.transact(replace(CLAIM, take=(), write=(Write("a", "other", 60),)))
    server.takes = 0.02
    found: list[str] = []

    def ask() -> None:
        found.append(one.transact(replace(CLAIM, take=())).found[0].value)
        found.append(holds(one))

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["other"] * 20


def test_those_who_wait_for_their_own_instance_do_not_poll(server: Server) -> None:
    one, _ = instances(server)
    one.transact(CLAIM)
    ended = Transaction((Record("a", ("mine",)),), write=(Write("a", "sent", 60),))
    timer = threading.Timer(0.1, one.transact, (ended,))
    timer.start()
    started = time.monotonic()
    one.wait("a", "mine", 0.001, 20)
    assert 0.05 < time.monotonic() - started < 5
    timer.join()


def test_a_spare_record_is_kept_on_the_server_alone(server: Server) -> None:
    memory = Memory()
    unneeded = Write("unneeded", "state", 60, if_absent=True, is_unneeded=True)
    Layered(memory, server).transact(replace(CLAIM, write=(*CLAIM.write, unneeded)))
    assert (holds(memory), holds(memory, "unneeded"), holds(server, "unneeded")) == (
        "mine",
        "",
        "state",
    )


def test_a_spare_record_does_not_keep_the_memory_from_undoing_what_the_server_refused(
    server: Server,
) -> None:
    memory = Memory()
    server.transact(replace(CLAIM, write=(Write("a", "other", 60),)))
    unneeded = Write("unneeded", "state", 60, is_unneeded=True)
    Layered(memory, server).transact(replace(CLAIM, write=(*CLAIM.write, unneeded)))
    assert holds(memory) == ""
