"""Resends: a service that got its answer too late asks again, and must not send again.

Supabase asks up to three times, and so do gateways. What came of a message is kept for a while,
and told again to whoever asks for the same message.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from .. import clock
from ..clock import Moment
from ..errors import ConnectorError, bug
from ..message import Receipt, Sms

REMEMBERED_SECONDS: Final = 30.0

MOST_REMEMBERED: Final = 10_000
"""Up to 11 MB, at three hundred messages a second. Beyond it the oldest is forgotten first."""


class RecentMessages:
    """The memory of one instance; two instances do not know of each other.

    A store that they share would take this class's place: it has to claim a message before it
    is sent, and to tell its outcome once that is known.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: OrderedDict[Sms, _Sending] = OrderedDict()

    def once(self, sms: Sms, send: Callable[[Sms], Receipt]) -> Receipt:
        """Send a message, or tell what came of the same one in the last 30 seconds.

        One that is under way is waited for; one that was surely not sent is tried anew.
        Raises ConnectorError as ``send`` does, or did.
        """
        sending, is_mine = self._claim(sms)
        if not is_mine:
            return sending.told()
        try:
            sending.outcome = receipt = send(sms)
        except ConnectorError as error:
            # Not the error itself: its traceback would keep the request for as long.
            sending.outcome = error.copy()
            raise
        finally:
            self._end(sms, sending)
        return receipt

    def _claim(self, sms: Sms) -> tuple["_Sending", bool]:
        with self._changed:
            earlier = self._messages.get(sms)
            if earlier is not None and not earlier.is_old:
                self._changed.wait_for(lambda: earlier.ended)
                return earlier, False
            self._forget()
            self._messages[sms] = sending = _Sending()
            self._messages.move_to_end(sms)
            return sending, True

    def _end(self, sms: Sms, sending: "_Sending") -> None:
        with self._changed:
            if sending.surely_not_sent and self._messages.get(sms) is sending:
                del self._messages[sms]
            sending.ended = clock.now()
            self._changed.notify_all()

    def _forget(self) -> None:
        while self._messages:
            oldest = next(iter(self._messages.values()))
            if not oldest.is_old and len(self._messages) < MOST_REMEMBERED:
                return
            self._messages.popitem(last=False)


class _Sending:
    """One message on its way, and what came of it."""

    __slots__ = ("ended", "outcome")

    def __init__(self) -> None:
        self.ended: Moment | None = None
        self.outcome: Receipt | ConnectorError = bug(sent=None)

    @property
    def is_old(self) -> bool:
        return self.ended is not None and self.ended.age > REMEMBERED_SECONDS

    @property
    def surely_not_sent(self) -> bool:
        return isinstance(self.outcome, ConnectorError) and self.outcome.sent is False

    def told(self) -> Receipt:
        """Tell the outcome again. Raises ConnectorError if it was one."""
        if isinstance(self.outcome, Receipt):
            return self.outcome
        raise self.outcome.copy()
