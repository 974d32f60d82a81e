"""The inbox against a model: arrivals, emptying, undoing and reading, in any order."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sms_connector.local.emulate.inbox import Entry, Inbox

from .entries import message, refused

CAPACITY = 4
REFUSED_CAPACITY = 2


class InboxMachine(RuleBasedStateMachine):
    """The model is two lists of names, the oldest first, and the names that were read."""

    @initialize()
    def start(self) -> None:
        self.inbox = Inbox(CAPACITY, refused_capacity=REFUSED_CAPACITY)
        self.arrived = 0
        self.kept: list[str] = []
        self.emptied: list[str] = []
        self.read: set[str] = set()

    @rule(is_refused=st.booleans())
    def arrive(self, is_refused: bool) -> None:
        self.arrived += 1
        name = f"{'R' if is_refused else 'M'}{self.arrived}"
        if is_refused:
            self.inbox.add_refused(refused(name))
        else:
            self.inbox.add(message(request_id=name))
        self.kept = bounded([*self.kept, name])

    @rule()
    def clear(self) -> None:
        self.inbox.clear()
        if self.kept:
            self.kept, self.emptied = [], self.kept

    @rule()
    def undo(self) -> None:
        self.inbox.undo()
        self.kept, self.emptied = bounded([*self.emptied, *self.kept]), []

    @rule(data=st.data())
    def read_one(self, data: st.DataObject) -> None:
        entries = self.inbox.entries()
        if entries:
            entry = data.draw(st.sampled_from(entries))
            self.inbox.mark_read(entry.id)
            self.read.add(entry.item.request_id)

    @rule()
    def read_all(self) -> None:
        self.inbox.mark_read()
        self.read.update(self.kept)

    @invariant()
    def the_inbox_has_what_the_model_has(self) -> None:
        entries = self.inbox.entries()
        assert [entry.item.request_id for entry in entries] == self.kept[::-1]
        assert [entry.id for entry in entries] == sorted({e.id for e in entries}, reverse=True)
        assert {name_of(entry) for entry in entries if entry.read} == self.read & set(self.kept)
        assert self.inbox.emptied == len(self.emptied)
        assert all(self.inbox.entry(entry.id) == entry for entry in entries)
        messages = [item.request_id for item in self.inbox.messages()]
        assert messages == [name for name in self.kept[::-1] if name[0] == "M"]


def bounded(names: list[str]) -> list[str]:
    """Drop the oldest beyond the capacity of each kind."""
    messages = [name for name in names if name[0] == "M"][-CAPACITY:]
    refusals = [name for name in names if name[0] == "R"][-REFUSED_CAPACITY:]
    return [name for name in names if name in {*messages, *refusals}]


def name_of(entry: Entry) -> str:
    return entry.item.request_id


InboxMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestInbox = InboxMachine.TestCase
