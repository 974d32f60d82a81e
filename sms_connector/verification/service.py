"""The operations of a verification: start, check, read, cancel.

All of it is compare-and-set over records that are written together, under the id and under the
number. So under any interleaving of any number of instances there is at most one approval, and
never more guesses or messages than allowed: a guess counts before its result is returned, and a
message before it is sent.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from ..config import ConnectorConfig
from ..errors import ConnectorError, bug, invalid_config
from ..message import Receipt, Sms
from ..phone import parse_phone
from ..sending.idempotency import Idempotency
from ..sending.once import NO_TERMS, Figures, Terms
from ..settings import STORE, Settings
from ..store import Stores
from ..store.address import MEMORY
from ..store.outage import StoreAwayError
from ..store.transaction import Counter, Figure, Found, Record, Transaction, Write
from .codes import derived_codes, is_id, is_same_code, read_code
from .conversion import approvals_of
from .kept import Approved, IdempotencyKey, Outcome, Started
from .record import State, Verification, decoded, encoded
from .room import Room
from .starting import Start

_Answer = TypeVar("_Answer", Started, Approved)


class _Step(msgspec.Struct, frozen=True):
    """What an operation makes of a pending verification, and its outcome."""

    after: Verification
    outcome: Approved | ConnectorError | None = None
    take: tuple[Counter, ...] = ()
    add: tuple[Figure, ...] = ()


_Judge = Callable[[Verification, int, int], _Step]
"""Takes a pending verification, the place of its secret, and the store's time."""


class Verifications:
    """The verifications of one deployment. One for all threads.

    Each operation raises ConnectorError: ``invalid_config`` in the cloud without a store for all
    instances; ``unavailable`` while that is away.
    """

    def __init__(
        self,
        settings: Settings,
        config: ConnectorConfig,
        stores: Stores,
        figures: Figures | None = None,
    ) -> None:
        self._is_lonely = settings.many_instances and not settings.store
        self._config = config
        self._opened = Room(stores.shared, stores.names, config, figures)

    def start(self, sms: Sms, call: Callable[[Sms], Receipt], terms: Terms = NO_TERMS) -> Started:
        """Send a code to a number, the same one as before while a verification is pending.

        ``sms`` has no code yet; ``call`` sends one, each time that it is called. Raise
        ConnectorError as ``call`` does; the refusal of a limit; ``rate_limited`` where
        ``verification.sends`` is used up; ``key_reused``. After ``sent: null`` a verification is
        pending, since the message may arrive.
        """
        start = Start(self._room, sms, terms)
        earlier = start.claim()
        if earlier is not None:
            assert not isinstance(earlier, Approved)  # noqa: S101  (the route is in the key)
            return _returned(earlier)
        outcome: Started | ConnectorError = bug(sent=None)
        try:
            outcome = start.started(call(start.sms))
        except ConnectorError as error:
            outcome = error
            raise
        finally:
            _even_while_away(lambda: start.end(outcome))
        return outcome

    def check(
        self, verification_id: str, typed: str, idempotency: Idempotency | None = None
    ) -> Approved:
        """Approve a verification, once, if this is its code; count the guess if not.

        Raise ConnectorError: ``code_mismatch`` with ``attempts_left``, ``attempts_used_up``,
        ``not_pending``, or ``invalid_parameter`` for what is no code, which is not counted.
        """
        guess = read_code(typed)
        return self._check(self._keys_of_id(verification_id), guess, idempotency)

    def check_number(
        self, phone: str, usage_type: str, typed: str, idempotency: Idempotency | None = None
    ) -> Approved:
        """Check the code of the latest verification of a number: see ``check``."""
        guess = read_code(typed)
        number = parse_phone(phone, strict=self._config.strict_phone_region_number_check)
        return self._check(self._room.number_keys(number.e164, usage_type), guess, idempotency)

    def get(self, verification_id: str) -> tuple[State, str]:
        """Return a verification, and the bizId of its latest message, empty if none is known.

        Raise ConnectorError (``not_pending``) if it is unknown or has expired.
        """
        keys = self._keys_of_id(verification_id)
        messages = self._room.message_keys(verification_id)
        records = tuple(Record(key) for key in (*keys, *messages))
        result = self._room.ask(Transaction(records=records))
        copies, latest = _split(result.found, len(keys))
        _, verification = _latest(copies, result.now)
        return verification.state, next((one.value for one in latest if one.value), "")

    def cancel(self, verification_id: str) -> None:
        """Cancel a pending verification. Raise ConnectorError (``not_pending``) of any other."""
        keys = self._keys_of_id(verification_id)
        try:
            self._change(keys, lambda before, _, __: _Step(before.cancelled()), None)
        except ConnectorError as error:
            raise _not_pending() if error.kind == "attempts_used_up" else error from None

    @property
    def _room(self) -> Room:
        if self._is_lonely:
            raise invalid_config(
                f"Verification needs a store for all instances: set {STORE} to the URL of a Redis, "
                f"Valkey or Tair, or to {MEMORY} if there is never more than one instance."
            )
        return self._opened

    def _keys_of_id(self, verification_id: str) -> tuple[str, ...]:
        room = self._room
        if not is_id(verification_id):
            raise _not_pending()
        return room.id_keys(verification_id)

    def _check(self, keys: Sequence[str], guess: str, idempotency: Idempotency | None) -> Approved:
        room = self._room

        def judge(before: Verification, secret: int, now: int) -> _Step:
            code = derived_codes(room.names, before.id, before.digits)[secret]
            if is_same_code(code, guess):
                return _Step(
                    before.approved(),
                    Approved(before.id, before.usage_type),
                    approvals_of(before.approvals),
                    room.figure(before.country, before.usage_type, "approved", now),
                )
            after = before.guessed_wrong()
            return _Step(after, _mismatch(after.attempts_left))

        outcome = self._change(keys, judge, idempotency)
        assert not isinstance(outcome, Started)  # noqa: S101  (the route is in the key)
        return _returned(outcome)

    def _change(
        self, keys: Sequence[str], judge: _Judge, idempotency: Idempotency | None
    ) -> Outcome | None:
        """Change the pending verification under one of some keys, and return the outcome.

        ``keys`` are those of an id or of a number, one for each secret. If another writer changes
        the record first, it is read and judged again.
        """
        key = IdempotencyKey(self._room.names, idempotency)
        records = (*key.records, *(Record(name) for name in keys))
        result = self._room.ask(Transaction(records=records))
        key_found, copies = _split(result.found, len(key.records))
        while True:
            earlier = key.earlier(key_found)
            if earlier is not None:
                return earlier[0]
            place, before = _latest(copies, result.now)
            _check_pending(before)
            step = judge(before, place, result.now)
            seen, after = copies[place].value, encoded(step.after)
            seconds = before.seconds_left(result.now)
            is_by_id = keys[place] != before.number
            id_key = keys[place] if is_by_id else self._room.id_keys(before.id)[place]
            both = (id_key, before.number)
            result = self._room.ask(
                Transaction(
                    records=(*key.unused, *(Record(name, (seen,)) for name in both)),
                    take=step.take,
                    write=(
                        *(Write(name, after, seconds) for name in both),
                        *(key.keep(step.outcome) if step.outcome is not None else ()),
                    ),
                    add=step.add,
                )
            )
            if result.committed:
                return step.outcome
            key_found, changed = _split(result.found, len(key.records))
            found = changed[both.index(keys[place])]
            if found.value == seen and not any(one.value for one in key_found):
                # The other copy is lost: the memory was full, or it is expiring right now.
                raise _not_pending()
            copies = [found if at == place else one for at, one in enumerate(copies)]


def _split(found: Sequence[Found], first: int) -> tuple[Sequence[Found], Sequence[Found]]:
    return found[:first], found[first:]


def _latest(copies: Sequence[Found], now: int) -> tuple[int, Verification]:
    """Return the verification among some copies, and the place of its secret.

    While secrets rotate, there may be one under each: the pending one, or the latest, counts.
    Raise ConnectorError (``not_pending``).
    """
    living = [
        (place, verification)
        for place, found in enumerate(copies)
        if (verification := decoded(found.value, now)) is not None
    ]
    if not living:
        raise _not_pending()
    return max(living, key=lambda one: (one[1].is_pending, one[1].expires_at))


def _check_pending(verification: Verification) -> None:
    if verification.status == "exhausted":
        raise ConnectorError(
            "attempts_used_up",
            "This verification has no attempts left: start another one.",
        )
    if not verification.is_pending:
        raise _not_pending()


def _mismatch(attempts_left: int) -> ConnectorError:
    return ConnectorError(
        "code_mismatch", "The code is not the one that was sent.", attempts_left=attempts_left
    )


def _not_pending() -> ConnectorError:
    return ConnectorError("not_pending", "There is no pending verification: start one.")


def _returned(outcome: _Answer | ConnectorError | None) -> _Answer:
    if isinstance(outcome, ConnectorError):
        raise outcome
    assert outcome is not None  # noqa: S101
    return outcome


def _even_while_away(end: Callable[[], None]) -> None:
    """Write the end of a message. What the caller gets does not depend on whether that succeeds."""
    try:
        end()
    except StoreAwayError:
        return
