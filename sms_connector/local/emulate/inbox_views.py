"""The data of the inbox page, as JSON."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, get_args

import msgspec

from ...reports.carrier_codes import explain
from .delivery import State, delivery_of
from .explanations import explanation_of
from .inbox import Entry, Inbox, PushedReport, ReceivedMessage, RefusedRequest
from .magic import MAGIC_NUMBERS, Behaviour, FailedDelivery, Reporting
from .pnvs_account import PNVS_MAGIC_NUMBERS
from .provider_errors import Refusal

Filter = Literal["all", "delivered", "failed", "refused"]
FILTERS: tuple[Filter, ...] = get_args(Filter)

_BETWEEN_DIGITS = str.maketrans("", "", " +-().")


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """One entry in the list.

    `text` is the message, or a sentence on why the request was refused. `code` is the
    verification code to copy, `error` the provider's or the carrier's code; both may be empty.
    """

    id: int
    at: datetime
    state: State | Literal["refused"]
    phone: str
    text: str
    code: str
    error: str
    read: bool


class Listing(msgspec.Struct, frozen=True, rename="camel"):
    """`counts` are the matches of the search by filter; `emptied` is what `undo` restores."""

    rows: tuple[Row, ...]
    counts: dict[Filter, int]
    unread: int
    emptied: int


class Details(msgspec.Struct, frozen=True, rename="camel"):
    """One entry in full: `message` or `refused`, never both.

    `explanation` says why a request was refused, `meaning` what the carrier's error means;
    `pushes_reports` is whether the emulator has an address for delivery reports.
    """

    row: Row
    message: ReceivedMessage | None
    refused: RefusedRequest | None
    delivered_at: datetime | None
    explanation: str
    meaning: str
    fault: str
    request: str
    reports: tuple[PushedReport, ...]
    pushes_reports: bool


class MagicNumber(msgspec.Struct, frozen=True):
    """`group` is one of the tables in docs/emulator.md."""

    number: str
    group: Literal["refused", "lost", "undelivered", "reports"]
    code: str
    meaning: str


class InboxViews:
    """`delivery_delay` is in seconds."""

    def __init__(self, inbox: Inbox, delivery_delay: float, *, pushes_reports: bool) -> None:
        self._inbox = inbox
        self._delay = delivery_delay
        self._pushes_reports = pushes_reports

    def listing(self, search: str, shown: Filter, limit: int, now: datetime) -> Listing:
        """Return the newest entries that match a search and a filter, at most `limit`."""
        entries = self._inbox.entries()
        wanted = search.strip().casefold()
        found = [entry for entry in entries if not wanted or _matches(entry, wanted)]
        states = [self._state(entry, now) for entry in found]
        counts: dict[Filter, int] = {"all": len(found), "delivered": 0, "failed": 0, "refused": 0}
        for state in states:
            if state in counts:
                counts[state] += 1
        rows = [
            entry for entry, state in zip(found, states, strict=True) if shown in ("all", state)
        ]
        return Listing(
            tuple(self._row(entry, now) for entry in rows[:limit]),
            counts,
            sum(not entry.read for entry in entries),
            self._inbox.emptied,
        )

    def details(self, entry: Entry, now: datetime) -> Details:
        item = entry.item
        message = item if isinstance(item, ReceivedMessage) else None
        delivery = delivery_of(message, now, self._delay) if message else None
        return Details(
            row=self._row(entry, now),
            message=message,
            refused=item if isinstance(item, RefusedRequest) else None,
            delivered_at=delivery.at if delivery else None,
            explanation=explanation_of(item) if isinstance(item, RefusedRequest) else "",
            meaning=explain(delivery.code) if delivery and delivery.code else "",
            fault=entry.fault,
            request=entry.request,
            reports=entry.reports,
            pushes_reports=self._pushes_reports,
        )

    def next_delivery(self, now: datetime) -> float | None:
        """Return the seconds until the next delivery; None if no message is pending."""
        due = None
        for entry in self._inbox.entries():
            if isinstance(entry.item, ReceivedMessage):
                delivery = delivery_of(entry.item, now, self._delay)
                if delivery.state != "pending":
                    break
                due = (delivery.at - now).total_seconds()
        return due

    def _state(self, entry: Entry, now: datetime) -> State | Literal["refused"]:
        if isinstance(entry.item, RefusedRequest):
            return "refused"
        return delivery_of(entry.item, now, self._delay).state

    def _row(self, entry: Entry, now: datetime) -> Row:
        item = entry.item
        if isinstance(item, RefusedRequest):
            return Row(
                entry.id,
                item.received_at,
                "refused",
                item.phone,
                explanation_of(item) if item.code else item.reason,
                "",
                item.code,
                entry.read,
            )
        delivery = delivery_of(item, now, self._delay)
        return Row(
            entry.id,
            item.received_at,
            delivery.state,
            item.phone,
            item.content,
            _code_of(item),
            delivery.code,
            entry.read,
        )


def magic_numbers() -> Iterator[MagicNumber]:
    """Yield all magic numbers with what they do."""
    for number, outcome in {**MAGIC_NUMBERS, **PNVS_MAGIC_NUMBERS}.items():
        match outcome:
            case Refusal(code=code):
                yield MagicNumber(number, "refused", code, "")
            case Behaviour(value=what):
                yield MagicNumber(number, "lost", "", what)
            case FailedDelivery(err_code=code):
                yield MagicNumber(number, "undelivered", code, explain(code))
            case Reporting(value=what):
                yield MagicNumber(number, "reports", "", what)


def _code_of(message: ReceivedMessage) -> str:
    """Return the value of the variable `code`, or of the only variable."""
    values = message.template_param
    return values.get("code") or (next(iter(values.values())) if len(values) == 1 else "")


def _matches(entry: Entry, wanted: str) -> bool:
    item = entry.item
    digits = wanted.translate(_BETWEEN_DIGITS)
    if digits.isdecimal() and digits in item.phone:
        return True
    texts = [item.phone, item.sign_name, item.template_code, item.request_id]
    if isinstance(item, ReceivedMessage):
        texts += [item.content, item.biz_id, item.out_id or "", item.delivery_error or ""]
    else:
        texts += [item.action, item.code, item.reason, item.template_param]
    return any(wanted in text.casefold() for text in texts)
