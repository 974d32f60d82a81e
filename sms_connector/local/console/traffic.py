"""The figures of the traffic tab: of the store of this machine's settings, or of this console."""

import os
import re
import time
from functools import cached_property
from typing import Any, Final

from ...config import ConnectorConfig
from ...errors import ConnectorError, invalid_config, invalid_parameter
from ...message import Receipt, Sms
from ...reports.deliveries import Deliveries
from ...reports.delivery_record import Outcome
from ...reports.figures import MOST_HOURS, Figures
from ...reports.report import Report
from ...reports.stats import read_stats
from ...sending.at_most_once import outcome_name
from ...settings import read_settings
from ...store import Stores, open_stores
from ...store.address import MEMORY
from ...store.outage import StoreAwayError
from ...store.transaction import Transaction
from ...templates import ByRegion
from ...web.error_responses import error_body
from .sent_messages import SentMessage

_REPORT_SECONDS: Final = 1.0
_HOURS = re.compile("[0-9]{1,3}")


class Traffic:
    """Counts what this console sends, and reads figures. One for all threads.

    ``tried`` holds the verifications of this console, which count themselves, and gets the
    figures of its other messages.
    """

    def __init__(self, tried: Stores) -> None:
        self._tried = tried

    def count(self, config: ConnectorConfig, sms: Sms, outcome: Receipt | ConnectorError) -> None:
        """Count a message as the function does with its outcome."""
        figures, store = Figures(self._tried.names, config), self._tried.shared
        now = store.transact(Transaction()).now
        what = (sms.phone.country, sms.usage_type)
        if isinstance(outcome, Receipt):
            write = figures.accepted(*what, outcome.biz_id, now)
            add = figures.of_receipt(*what, outcome, now)
        else:
            write, add = (), figures.of(*what, outcome_name(outcome), now)
        store.transact(Transaction(write=write, add=add))

    def count_delivery(self, sent: SentMessage, outcome: Outcome) -> None:
        """Count a message as delivered or failed, once however often the page asks."""
        biz_id, phone = sent.receipt.biz_id, sent.phone
        report = Report((biz_id,), outcome, None, "", phone.masked, phone.country, biz_id)
        deliveries = Deliveries(self._tried, Figures(self._tried.names, sent.config))
        deliveries.record((report,), time.monotonic() + _REPORT_SECONDS)

    def read(self, hours: str) -> dict[str, Any]:
        """Return the figures of the latest hours, and their ``source``: ``store`` or ``console``.

        In place of them, return an error as the function answers it.
        """
        try:
            if not _HOURS.fullmatch(hours) or not 1 <= int(hours) <= MOST_HOURS:
                raise invalid_parameter("hours", f"must be a number from 1 to {MOST_HOURS}")
            stores = self.stores
            # Figures name their usage types themselves: no config is needed to read them.
            figures = Figures(stores.names, ConnectorConfig(ByRegion({}), ()))
            stats = read_stats(stores.prompt, figures, int(hours))
        except StoreAwayError as away:
            return error_body(away.as_error(), sends=False)
        except ConnectorError as error:
            return error_body(error, sends=False)
        return {"source": "store" if self._server else "console", **stats.shown}

    @property
    def stores(self) -> Stores:
        """The store of this machine's settings, or of this console. Raises ConnectorError."""
        return self._server or self._tried

    @cached_property
    def _server(self) -> Stores | None:
        settings = read_settings(os.environ)
        if settings.store in ("", MEMORY):
            return None
        if settings.problems:
            raise invalid_config(" ".join(settings.problems))
        return open_stores(settings)
