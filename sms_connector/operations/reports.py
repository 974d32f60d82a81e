"""``report``: the provider's delivery reports, logged and recorded.

It waits 700 ms for ``{"code": 0, "msg": "…"}``, and comes again after anything else.
"""

import logging
import time
from typing import Final

from .. import log
from ..errors import ConnectorError
from ..instance import Instance
from ..reports.deliveries import Deliveries
from ..reports.report import Report, parse_reports
from ..reports.state import meaning_of, shown_time
from ..store.outage import StoreAwayError
from ..web.http import Response
from .call import Call

RECEIVED: Final = Response(200, {"code": 0, "msg": "received"})

_SECONDS: Final = 0.2
"""No call of the store begins later: two of them may follow, 0.2 seconds each."""


def receive(call: Call, instance: Instance) -> Response:
    """Answer reports, and anything else too: it would come again for ever.

    Logs one ``report`` line for each. They are answered and logged even while the settings let
    nothing be sent, or the store is away: then they are not recorded.
    """
    reports, others = parse_reports(call.request.body or b"")
    for report in reports:
        _log(report, call.logger)
    if others:
        log.write(call.logger, logging.WARNING, "report", outcome="not_a_report", count=others)
    recorded = _record(reports, instance, time.monotonic() + _SECONDS)
    if recorded < len(reports):
        count = len(reports) - recorded
        log.write(call.logger, logging.WARNING, "report", outcome="not_recorded", count=count)
    return RECEIVED


def _record(reports: tuple[Report, ...], instance: Instance, deadline: float) -> int:
    try:
        services = instance.services
        return Deliveries(services.stores, services.figures).record(reports, deadline)
    except (ConnectorError, StoreAwayError):
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
