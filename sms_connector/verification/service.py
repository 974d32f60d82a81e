"""The operations of a verification: start, check, read, cancel.

Each is a compare-and-set over records that are written together, under the id and under the
number. So under any interleaving of any number of instances there is at most one approval, and
never more guesses or messages than allowed: a guess counts before its result is returned, and a
message before it is sent. CONTRIBUTING.md has the picture of a verification's states.
"""

from collections.abc import Callable

from ..config import ConnectorConfig
from ..errors import ConnectorError, bug, invalid_config
from ..idempotency.key import IdempotencyKey
from ..message import Receipt, Sms
from ..phone import parse_phone
from ..sending.at_most_once import Figures
from ..sending.options import DEFAULT_OPTIONS, SendOptions
from ..settings import STORE, Settings
from ..store import Stores
from ..store.address import MEMORY
from ..store.transaction import Record, Transaction
from .codes import is_id, read_code
from .guess import Change, latest_of, not_pending
from .outcomes import Approved, Started
from .progress import Progress
from .record import State
from .records import VerificationRecords
from .start import Start


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
        self._needs_store = settings.many_instances and not settings.store
        self._config = config
        self._all_records = VerificationRecords(stores.shared, stores.names, config, figures)
        self._progress = Progress()

    def start(
        self, sms: Sms, call: Callable[[Sms], Receipt], options: SendOptions = DEFAULT_OPTIONS
    ) -> Started:
        """Send a code to a number, the same one as before while a verification is pending.

        ``sms`` has no code yet; ``call`` sends one, each time that it is called. Raises
        ConnectorError as ``call`` does; the refusal of a limit; ``rate_limited`` where
        ``verification.sends`` is used up; ``key_reused``. After ``sent: null`` a verification is
        pending, since the message may arrive.
        """
        self._records.unfinished.finish()
        claimed = Start(self._records, sms, options, self._progress).claim()
        if isinstance(claimed, Started):
            return claimed
        outcome: Started | ConnectorError = bug(sent=None)
        try:
            outcome = claimed.started(call(claimed.sms))
        except ConnectorError as error:
            outcome = error
            raise
        finally:
            claimed.end_or_later(outcome)
        return outcome

    def check(
        self, verification_id: str, typed: str, key: IdempotencyKey | None = None
    ) -> Approved:
        """Approve a verification, once, if this is its code; count the guess if not.

        Waits while a message of the verification is under way. Raises ConnectorError:
        ``code_mismatch`` with ``attempts_left``, ``attempts_used_up``, ``not_pending``, or
        ``invalid_parameter`` for what is no code, which is not counted.
        """
        guess = read_code(typed)
        keys = self._keys_of_id(verification_id)
        self._records.unfinished.finish()
        return Change(self._records, self._progress, keys).guess(guess, key)

    def check_number(
        self, phone: str, usage_type: str, typed: str, key: IdempotencyKey | None = None
    ) -> Approved:
        """Check the code of the latest verification of a number: see ``check``.

        Guesses by number may not use the last two attempts: those are for the holder of the id.
        """
        guess = read_code(typed)
        number = parse_phone(phone, strict=self._config.strict_phone_region_number_check)
        if not self._config.verification.check_by_number:
            raise not_pending()
        keys = self._records.number_keys(number.identity, usage_type)
        self._records.unfinished.finish()
        change = Change(self._records, self._progress, keys, by_number=True)
        return change.guess(guess, key)

    def get(self, verification_id: str) -> tuple[State, str]:
        """Return a verification, and the bizId of its latest message, empty if none is known.

        Raises ConnectorError (``not_pending``) if it is unknown or has expired.
        """
        keys = self._keys_of_id(verification_id)
        messages = self._records.message_keys(verification_id)
        records = tuple(Record(key) for key in (*keys, *messages))
        result = self._records.transact(Transaction(records=records))
        copies, latest = result.found[: len(keys)], result.found[len(keys) :]
        _, verification = latest_of(copies, result.now, self._progress)
        return verification.state, next((one.value for one in latest if one.value), "")

    def cancel(self, verification_id: str) -> None:
        """Cancel a pending verification. Raises ConnectorError (``not_pending``) of any other."""
        keys = self._keys_of_id(verification_id)
        Change(self._records, self._progress, keys).cancel()

    @property
    def _records(self) -> VerificationRecords:
        if self._needs_store:
            raise invalid_config(
                f"Verification needs a store for all instances: set {STORE} to the URL of a Redis, "
                f"Valkey or Tair, or to {MEMORY} if there is never more than one instance."
            )
        return self._all_records

    def _keys_of_id(self, verification_id: str) -> tuple[str, ...]:
        records = self._records
        if not is_id(verification_id):
            raise not_pending()
        return records.id_keys(verification_id)
