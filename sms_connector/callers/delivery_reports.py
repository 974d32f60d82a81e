"""The provider's delivery reports: logged, kept, and answered as it wants them answered.

It waits 700 ms for ``{"code": 0, "msg": "…"}``, and comes again after anything else.
"""

import logging
import time
from typing import Final

from .. import log
from ..reports.deliveries import Deliveries
from ..reports.report import Report, parse_reports
from ..reports.state import meaning_of, shown_time
from ..store.outage import StoreAwayError
from ..web.http import Request, Response

RECEIVED: Final = Response(200, {"code": 0, "msg": "received"})

_SECONDS: Final = 0.2
"""No call of the store begins later: two of them may follow, 0.2 seconds each."""


class Receiver:
    """Takes reports. Without ``deliveries``, because of the settings, it only logs them."""

    def __init__(self, deliveries: Deliveries | None) -> None:
        self._deliveries = deliveries

    def answer(self, request: Request, logger: logging.Logger) -> Response:
        """Answer a report, and anything else too: it would come again for ever."""
        reports, others = parse_reports(request.body or b"")
        for report in reports:
            _log(report, logger)
        if others:
            log.write(logger, logging.WARNING, "report", outcome="not_a_report", count=others)
        recorded = self._record(reports, time.monotonic() + _SECONDS)
        if recorded < len(reports):
            count = len(reports) - recorded
            log.write(logger, logging.WARNING, "report", outcome="not_recorded", count=count)
        return RECEIVED

    def _record(self, reports: tuple[Report, ...], deadline: float) -> int:
        if self._deliveries is None:
            return 0
        try:
            return self._deliveries.record(reports, deadline)
        except StoreAwayError:
            return 0


def _log(report: Report, logger: logging.Logger) -> None:
    log.write(
        logger,
        logging.INFO if report.outcome == "delivered" else logging.WARNING,
        "report",
        outcome=report.outcome,
        bizId=report.shown_id,
        carrierCode=report.code or None,
        meaning=meaning_of(report.outcome, report.code) or None,
        phone=report.phone,
        at=None if report.at is None else shown_time(report.at // 1000),
    )
