"""What became of one message, and the figures of all."""

import re
from collections.abc import Mapping
from typing import Final

from ..config import ConnectorConfig
from ..errors import invalid_config, invalid_parameter
from ..log import CheckEntry
from ..phone import parse_phone
from ..provider.client import AccessKey, signing_key
from ..reports.deliveries import Deliveries
from ..reports.figures import MOST_HOURS, Figures
from ..reports.state import Delivery
from ..reports.stats import read_stats
from ..settings import Proxies
from ..store import Stores
from ..store.outage import StoreAwayError
from ..web.http import Request, Response
from ..web.routes import Operation
from .fields import optional_text, required_text

DEFAULT_HOURS: Final = 24

_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_HOURS = re.compile("[0-9]{1,3}")


class Traffic:
    """Answers ``getMessage`` and ``getStats``."""

    def __init__(
        self, config: ConnectorConfig, proxies: Proxies, stores: Stores, figures: Figures
    ) -> None:
        self._config = config
        self._proxies = proxies
        self._store = stores.shared
        self._figures = figures
        self.deliveries = Deliveries(stores, figures)

    def answer(
        self,
        operation: Operation,
        request: Request,
        parameters: Mapping[str, str],
        role: AccessKey | None,
        entry: CheckEntry,
    ) -> Response:
        """Answer one of the two operations, and write its log line."""
        if operation == "getStats":
            return self._get_stats(request, entry)
        return self._get_message(request, parameters, role, entry)

    def _get_message(
        self,
        request: Request,
        parameters: Mapping[str, str],
        role: AccessKey | None,
        entry: CheckEntry,
    ) -> Response:
        """Answer with the state of a message: the reported one, or the one the provider gives."""
        biz_id = parameters["bizId"] if request.is_http else required_text(request.fields, "bizId")
        phone, date = (_optional(request, name) for name in ("phone", "date"))
        if (phone is None) != (date is None):
            missing = "phone" if phone is None else "date"
            raise invalid_parameter(missing, "must be given too: `phone` and `date` go together")
        if phone is None or date is None:
            delivery = self._reported(biz_id)
        else:
            delivery = self._asked(biz_id, phone, date, role)
        entry.done(delivery.state)
        return Response(200, delivery.shown(biz_id))

    def _get_stats(self, request: Request, entry: CheckEntry) -> Response:
        """Answer with the figures of the latest hours."""
        hours = _hours(request)
        try:
            stats = read_stats(self._store, self._figures, hours)
        except StoreAwayError as away:
            raise away.as_error() from None
        entry.done("ok")
        return Response(200, stats.shown)

    def _reported(self, biz_id: str) -> Delivery:
        try:
            return self.deliveries.get(biz_id)
        except StoreAwayError as away:
            raise away.as_error() from None

    def _asked(self, biz_id: str, phone: str, date: str, role: AccessKey | None) -> Delivery:
        number = parse_phone(phone, strict=self._config.strict_phone_region_number_check)
        match = _DAY.fullmatch(date)
        if match is None:
            raise invalid_parameter("date", "must be the day of sending in Shanghai: 2026-11-24")
        try:
            known = self.deliveries.get(biz_id)
        except StoreAwayError:
            known = Delivery("unknown")
        if known.state in ("delivered", "failed"):
            return known
        key = signing_key(self._config, role)
        if key is None:
            raise invalid_config("There is no access key to ask the provider with.")
        # Imported only where it is used.
        from ..provider.query import Query
        from ..provider.send_details import send_detail
        from ..reports.asking import ask

        query = Query(self._config, key, self._proxies)
        asked = ask(lambda day: send_detail(query, number, day, biz_id), ["".join(match.groups())])
        return known if asked.state in ("accepted", "unknown") and known.at else asked


def _optional(request: Request, name: str) -> str | None:
    if request.is_http:
        return request.query.get(name) or None
    return optional_text(request.fields, name)


def _hours(request: Request) -> int:
    given = request.query.get("hours") if request.is_http else request.fields.get("hours")
    text = str(DEFAULT_HOURS if given is None else given)
    if not _HOURS.fullmatch(text) or not 1 <= int(text) <= MOST_HOURS:
        raise invalid_parameter("hours", f"must be a number from 1 to {MOST_HOURS}")
    return int(text)
