"""``lookupNumber``: what is known of one number, for support: "I got no code".

Nothing is written, and no code, text or id is shown. The number is in the body, never in an
address, which logs keep.
"""

import math
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from ..callers.fields import required_text
from ..clock import shanghai_date
from ..config import ConnectorConfig
from ..errors import ConnectorError, invalid_config, invalid_parameter
from ..instance import Instance
from ..phone import PhoneNumber, parse_phone
from ..provider.client import signing_key
from ..provider.query import Query
from ..provider.send_details import LARGEST_PAGE, SendDetail, send_details
from ..reports.provider_state import delivery_of, failed_query
from ..reports.report import milliseconds
from ..reports.state import shown_time
from ..sending.limiter import Limiter
from ..store import Stores
from ..store.outage import StoreAwayError
from ..store.transaction import Found, Record, Takes, Transaction
from ..verification.conversion import WINDOW_SECONDS, Breaker
from ..verification.guess import latest_of
from ..verification.progress import Progress
from ..verification.records import VerificationRecords
from ..web.http import Response
from .call import Call

MOST_DAYS: Final = 30
DEFAULT_DAYS: Final = 3

_DAY_SECONDS: Final = 86_400
_LATEST_QUERY_SECONDS: Final = 8.0
"""No query of the provider begins later: the function has 15 seconds, and a query 4.4."""

_TEMPLATE_CODE: Final = re.compile("SMS_[0-9]{1,15}")

_MICROSECONDS: Final = 1_000_000


def read(call: Call, instance: Instance) -> Response:
    """Answer with country, templates, limits, verifications and messages of ``phone``.

    Messages are those of the latest ``days``, as the provider gives them; where it gives none,
    ``problem`` says why. Logs one ``query`` line. Raises ConnectorError while the store is away.
    """
    fields, services = call.request.fields, instance.services
    config = services.config
    text, days = required_text(fields, "phone"), _days(fields.get("days"))
    phone = parse_phone(text, strict=config.strict_phone_region_number_check)
    call.entry.add(phone=phone.masked)
    key = signing_key(config, call.role)
    query = None if key is None else Query(config, key, instance.settings.proxies)
    body = what_is_known(config, services.stores, query, phone, days)
    call.entry.done("ok")
    return Response(200, body)


def what_is_known(
    config: ConnectorConfig,
    stores: Stores,
    query: Query | None,
    phone: PhoneNumber,
    days: int = DEFAULT_DAYS,
) -> dict[str, object]:
    """Return the answer of ``lookupNumber``; no ``query``: there is no key for one.

    Raises ConnectorError while the store is away.
    """
    body: dict[str, object] = {
        "country": phone.country,
        "templates": {
            one.usage_type: _template(config, one.usage_type, phone) for one in config.templates
        },
        **_state(config, stores, phone),
    }
    try:
        if query is None:
            raise invalid_config("There is no access key to query the provider with.")
        name = query.mask(phone.digits).name
        found, all_days = _messages(partial(_answered, query, phone), days)
        body["messages"] = [_message(detail, name) for detail in found]
        if not all_days:
            body["problem"] = "The provider was too slow for all days: ask for fewer."
    except ConnectorError as error:
        body["problem"] = error.message
    return body


def _days(days: object) -> int:
    if days is None:
        return DEFAULT_DAYS
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise invalid_parameter("days", f"must be a number from 1 to {MOST_DAYS}")
    return days


def _template(config: ConnectorConfig, usage_type: str, phone: PhoneNumber) -> str:
    """Return the code of the template that serves a number, or why none does."""
    test_number = config.test_number(phone, shanghai_date(time.time()))
    if test_number is not None:
        return f"A test number until {test_number.until}: no message goes to it."
    try:
        config.limits.check_country(phone)
        return config.template_for(usage_type).code_for(phone)
    except ConnectorError as error:
        return error.message


def _state(config: ConnectorConfig, stores: Stores, phone: PhoneNumber) -> dict[str, object]:
    """Return limits and verifications, from one transaction that only reads."""
    names = stores.names
    limiter = Limiter(names, config.limits.counted(phone, None))
    breaker = Breaker(names, config.limits.conversion, phone)
    records = VerificationRecords(stores.prompt, names, config)
    usage_types = dict.fromkeys(template.usage_type for template in config.templates)
    keys = {one: records.number_keys(phone.identity, one) for one in usage_types}
    try:
        result = stores.prompt.transact(
            Transaction(
                records=tuple(
                    Record(key)
                    for key in (
                        *(key for of_type in keys.values() for key in of_type),
                        *breaker.blocks,
                    )
                ),
                count=(*limiter.counters, *breaker.read),
            )
        )
    except StoreAwayError as away:
        raise away.as_error() from None
    found, now = iter(result.found), result.now
    copies = {one: [next(found) for _ in of_type] for one, of_type in keys.items()}
    taken = len(limiter.counters)
    limits = list(_limits(limiter, result.counted[:taken], now))
    limits += _conversion(breaker, list(found), result.counted[taken:], now)
    verifications = [state for of_type in copies.values() for state in _verifications(of_type, now)]
    return {"limits": limits, "verifications": verifications}


def _limits(limiter: Limiter, counted: tuple[Takes, ...], now: int) -> Iterator[dict[str, object]]:
    """Yield each rule once: during secret rotation, using the fuller counter."""
    used: dict[tuple[str, str], tuple[int, int]] = {}
    for rule, takes in zip(limiter.rules, counted, strict=True):
        number = sum(count for _, count in takes)
        free_at, surplus = 0, number - rule.count
        for at, count in takes:
            if surplus < 0:
                break
            surplus -= count
            free_at = at + rule.seconds * _MICROSECONDS
        key = rule.name, rule.text
        used[key] = max(used.get(key, (0, 0)), (number, free_at))
    for (name, value), (number, free_at) in used.items():
        shown: dict[str, object] = {"rule": name, "value": value, "used": number}
        if free_at > now:
            shown["freeAt"] = shown_time(math.ceil(free_at / _MICROSECONDS))
        yield shown


def _conversion(
    breaker: Breaker, blocks: list[Found], counted: tuple[Takes, ...], now: int
) -> Iterator[dict[str, object]]:
    """Yield the rule that refuses a prefix, if it does so now."""
    error, _ = breaker.refusal(blocks, counted, now)
    if error is None or error.limit is None or error.retry_after is None:
        return
    window = WINDOW_SECONDS * _MICROSECONDS
    yield {
        "rule": error.limit.rule,
        "value": error.limit.value,
        "used": sum(count for at, count in counted[0] if at > now - window),
        "freeAt": shown_time(math.ceil(now / _MICROSECONDS) + error.retry_after),
    }


def _verifications(copies: list[Found], now: int) -> Iterator[dict[str, object]]:
    """Yield the verification that a check by number would take, if there is one."""
    try:
        # A lookup only reads: it neither learns from the copies nor corrects them.
        _, verification = latest_of(copies, now, Progress())
    except ConnectorError:
        return
    state = verification.state
    yield {
        "usageType": state.usage_type,
        "status": state.status,
        "attemptsLeft": state.attempts_left,
        "sendsLeft": state.sends_left,
        "expiresAt": shown_time(state.expires_at // 1000),
    }


def _answered(query: Query, phone: PhoneNumber, day: str) -> tuple[SendDetail, ...]:
    details = send_details(query, phone, day)
    if not isinstance(details, tuple):
        raise failed_query(details)
    return details


def _messages(
    of_day: Callable[[str], tuple[SendDetail, ...]], days: int
) -> tuple[list[SendDetail], bool]:
    """Return the latest messages, the newest first, and whether every day was asked for."""
    found: list[SendDetail] = []
    today, deadline = time.time(), time.monotonic() + _LATEST_QUERY_SECONDS
    for back in range(days):
        if time.monotonic() > deadline:
            return found, False
        day = shanghai_date(today - back * _DAY_SECONDS).replace("-", "")
        found += sorted(of_day(day), key=lambda detail: detail.sent, reverse=True)
        if len(found) >= LARGEST_PAGE:
            break
    return found[:LARGEST_PAGE], True


def _message(detail: SendDetail, name: Callable[[str], str]) -> dict[str, object]:
    delivery, sent = delivery_of(detail), milliseconds(detail.sent)
    shown = delivery.shown("")
    del shown["bizId"]
    shown["at"] = None if sent is None else shown_time(sent // 1000)
    if "carrierCode" in shown:
        shown["carrierCode"] = name(delivery.code)
    template = detail.template_code
    # Its digits are no number of a person's, though a mask would take them for one.
    template = template if _TEMPLATE_CODE.fullmatch(template) else name(template)
    return {"at": shown.pop("at"), "templateCode": template, **shown}
