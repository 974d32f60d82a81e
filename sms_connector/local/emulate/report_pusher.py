"""Pushes delivery reports, like the provider, to one address."""

import heapq
import itertools
import json
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from types import TracebackType
from typing import NamedTuple

import requests
from typing_extensions import Self

from .inbox import PushedReport, ReceivedMessage
from .report_forms import Pushed, reports_of

PATIENCE = 0.7
"""Seconds that the provider waits for an answer."""

RETRIES = (60.0, 300.0, 600.0)
"""Seconds after which it tries again."""


class _Planned(NamedTuple):
    """A report to push, how often it was tried, and what to call with each attempt."""

    report: Pushed
    note: Callable[[PushedReport], None]
    tries: int = 0


class ReportPusher:
    """Pushes reports within its ``with`` block, each until it is answered with code 0.

    ``delay`` is in seconds, from accepting a message to its report. ``say`` is called with a
    sentence the first time that a report is not accepted.
    """

    def __init__(
        self,
        url: str,
        delay: float,
        say: Callable[[str], None] = lambda _: None,
        retries: tuple[float, ...] = RETRIES,
    ) -> None:
        self._url = url
        self._delay = delay
        self._say = say
        self._retries = retries
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, _Planned]] = []
        self._order = itertools.count()
        self._stopped = False
        self._has_said = False
        self.pushed = 0

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="sms-reports", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def add(
        self, message: ReceivedMessage, note: Callable[[PushedReport], None] = lambda _: None
    ) -> None:
        """Schedule the reports of a message. `note` is called with each attempt to push one."""
        for report in reports_of(message, self._delay):
            self._plan(report.after, _Planned(report, note))

    def _plan(self, after: float, planned: _Planned) -> None:
        with self._changed:
            due = time.monotonic() + after
            heapq.heappush(self._due, (due, next(self._order), planned))
            self._changed.notify()

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (planned := self._next()) is not None:
                problem = self._push(session, planned.report.body)
                error = planned.report.error
                at = datetime.now(timezone.utc)
                planned.note(PushedReport(at, not error, error or "DELIVERED", problem))
                if not problem:
                    self.pushed += 1
                elif planned.tries < len(self._retries):
                    again = planned._replace(tries=planned.tries + 1)
                    self._plan(self._retries[planned.tries], again)

    def _next(self) -> _Planned | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None

    def _push(self, session: requests.Session, body: list[dict[str, object]]) -> str:
        """Return why the report was not accepted, or an empty text."""
        try:
            answer = session.post(
                self._url,
                json.dumps(body, ensure_ascii=False).encode(),
                headers={"content-type": "application/json"},
                timeout=PATIENCE,
                allow_redirects=False,
            )
            taken = answer.status_code == 200 and answer.json()["code"] == 0
            problem = f"HTTP {answer.status_code}"
        except (requests.RequestException, ValueError, KeyError, TypeError):
            taken, problem = False, "no valid answer in 0.7 s"
        if taken:
            return ""
        if not self._has_said:
            self._has_said = True
            self._say(f"A delivery report was not accepted: {problem}.")
        return problem
