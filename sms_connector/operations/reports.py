"""``report``: the provider's delivery reports, logged and recorded.

It waits 700 ms for ``{"code": 0, "msg": "…"}``, and comes again after anything else: 1, 5 and 10
minutes later (https://help.aliyun.com/document_detail/101508.html).
"""

import logging
import time
from typing import Final

from .. import log
from ..errors import ConnectorError
from ..instance import Instance
from ..reports.deliveries import Deliveries, Recorded
from ..reports.report import Report, parse_reports
from ..reports.state import meaning_of, shown_time
from ..store.address import MEMORY
from ..web.http import Response
from .call import Call

RECEIVED: Final = Response(200, {"code": 0, "msg": "received"})

NOT_RECORDED: Final = Response(503, {"code": 1, "msg": "not recorded: send it again"})

_RECORD_SECONDS: Final = 0.2
"""No call of the store begins later: two of them may follow, 0.2 seconds each."""


def receive(call: Call, instance: Instance) -> Response:
    """Record reports; answer anything else as if it were one, or it would come again.

    Logs one ``report`` line for each, however often it comes. While the settings let nothing be
    sent, or the store is away, they are logged and not recorded; if there is a store on a server,
    that is answered with 503, so that the provider sends them again.
    """
    reports, others = parse_reports(call.request.body or b"")
    recorded = _record(reports, instance, time.monotonic() + _RECORD_SECONDS)
    for report in (*recorded.new, *recorded.missed):
        if instance.logged_reports.add(report.ids, report.outcome):
            _log(report, call.logger)
    if others:
        log.write(call.logger, logging.WARNING, "report", outcome="not_a_report", count=others)
    if not recorded.missed:
        return RECEIVED
    count = len(recorded.missed)
    log.write(call.logger, logging.WARNING, "report", outcome="not_recorded", count=count)
    return RECEIVED if instance.settings.store in ("", MEMORY) else NOT_RECORDED


def _record(reports: tuple[Report, ...], instance: Instance, deadline: float) -> Recorded:
    try:
        services = instance.services
    except ConnectorError:
        return Recorded(missed=reports)
    return Deliveries(services.stores, services.figures).record(reports, deadline)


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
