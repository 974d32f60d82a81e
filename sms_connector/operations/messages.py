"""``getMessage``: the delivery state of one message."""

import re

from ..callers.fields import optional_text
from ..config import ConnectorConfig
from ..errors import invalid_config, invalid_parameter
from ..instance import Instance
from ..phone import PhoneNumber, parse_phone
from ..provider.client import signing_key
from ..provider.query import Query
from ..provider.send_details import send_detail
from ..reports.deliveries import Deliveries
from ..reports.provider_state import query_state
from ..reports.state import Delivery
from ..store.outage import StoreAwayError
from ..web.http import Response
from .call import Call

_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")


def read(call: Call, instance: Instance) -> Response:
    """Answer with the reported state of ``bizId``, or with the one that the provider gives.

    The provider is queried if there are ``phone`` and ``date``, the day of sending in Shanghai,
    and no report came. Logs one ``query`` line with the state.
    """
    services = instance.services
    biz_id = call.required_parameter("bizId")
    sending = _sending(call, services.config)
    try:
        delivery = Deliveries(services.stores, services.figures).get(biz_id)
    except StoreAwayError:
        if sending is None:
            raise
        delivery = Delivery("unknown")
    if sending is not None and not delivery.is_final:
        number, day = sending
        key = signing_key(services.config, call.role)
        if key is None:
            raise invalid_config("There is no access key to query the provider with.")
        query = Query(services.config, key, instance.settings.proxies)
        queried = query_state(lambda day: send_detail(query, number, day, biz_id), [day])
        if queried.is_final or not delivery.at:
            delivery = queried
    call.entry.done(delivery.state)
    return Response(200, delivery.shown(biz_id))


def _sending(call: Call, config: ConnectorConfig) -> tuple[PhoneNumber, str] | None:
    """Return number and day (yyyyMMdd) of a message, if the request has them."""
    phone, date = _optional(call, "phone"), _optional(call, "date")
    if phone is None and date is None:
        return None
    if phone is None or date is None:
        missing = "phone" if phone is None else "date"
        raise invalid_parameter(missing, "must be given too: `phone` and `date` go together")
    number = parse_phone(phone, strict=config.strict_phone_region_number_check)
    match = _DAY.fullmatch(date)
    if match is None:
        raise invalid_parameter("date", "must be the day of sending in Shanghai: 2026-11-24")
    return number, "".join(match.groups())


def _optional(call: Call, name: str) -> str | None:
    if call.request.is_http:
        return call.request.query.get(name) or None
    return optional_text(call.request.fields, name)
