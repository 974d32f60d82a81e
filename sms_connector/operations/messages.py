"""``getMessage``: the delivery state of one message."""

import re

from ..callers.fields import optional_text
from ..errors import invalid_config, invalid_parameter
from ..instance import Instance
from ..phone import parse_phone
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
    phone, date = _optional(call, "phone"), _optional(call, "date")
    if (phone is None) != (date is None):
        missing = "phone" if phone is None else "date"
        raise invalid_parameter(missing, "must be given too: `phone` and `date` go together")
    deliveries = Deliveries(services.stores, services.figures)
    if phone is None or date is None:
        try:
            delivery = deliveries.get(biz_id)
        except StoreAwayError as away:
            raise away.as_error() from None
    else:
        delivery = _queried(call, instance, deliveries, biz_id, phone, date)
    call.entry.done(delivery.state)
    return Response(200, delivery.shown(biz_id))


def _queried(
    call: Call, instance: Instance, deliveries: Deliveries, biz_id: str, phone: str, date: str
) -> Delivery:
    config = instance.services.connector.config
    number = parse_phone(phone, strict=config.strict_phone_region_number_check)
    match = _DAY.fullmatch(date)
    if match is None:
        raise invalid_parameter("date", "must be the day of sending in Shanghai: 2026-11-24")
    try:
        reported = deliveries.get(biz_id)
    except StoreAwayError:
        reported = Delivery("unknown")
    if reported.state in ("delivered", "failed"):
        return reported
    key = signing_key(config, call.role)
    if key is None:
        raise invalid_config("There is no access key to query the provider with.")
    query = Query(config, key, instance.settings.proxies)
    day = "".join(match.groups())
    queried = query_state(lambda day: send_detail(query, number, day, biz_id), [day])
    is_final = queried.state in ("delivered", "failed")
    return queried if is_final or not reported.at else reported


def _optional(call: Call, name: str) -> str | None:
    if call.request.is_http:
        return call.request.query.get(name) or None
    return optional_text(call.request.fields, name)
