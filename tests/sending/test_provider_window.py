"""The provider counts a number by itself, from when it gets a message: we must not come earlier."""

from __future__ import annotations

import time

from sms_connector.errors import ConnectorError
from sms_connector.message import Receipt, Sms
from sms_connector.store.transaction import Store
from tests.support.instances import Instance, error, receipt, rule, sms

WINDOW = 2.0


class Provider:
    """Takes one message in every window. The first reaches it late: by a handshake, or a queue."""

    def __init__(self) -> None:
        self._latest = float("-inf")
        self._delay = 0.6

    def __call__(self, _: Sms) -> Receipt:
        time.sleep(self._delay)
        self._delay = 0.0
        now = time.monotonic()
        if now - self._latest < WINDOW:
            raise error("rate_limited", code="isv.BUSINESS_LIMIT_CONTROL")
        self._latest = now
        return receipt()


def test_a_second_click_a_moment_too_early_is_sent_when_the_provider_takes_it(store: Store) -> None:
    provider, limits = Provider(), [rule("1/2s")]
    assert Instance(store).send(sms("0001"), provider, limits) == receipt()
    time.sleep(WINDOW - 0.8)  # as Logto offers it: after 59 seconds of the 60
    assert Instance(store).send(sms("0002"), provider, limits) == receipt()


def test_a_refusal_by_the_provider_s_own_limit_adds_no_wait_to_the_number(store: Store) -> None:
    limits = [rule("1/hour"), rule("2/hour", "total", "")]

    def refuse(_: Sms) -> Receipt:
        raise error("rate_limited", code="isv.BUSINESS_LIMIT_CONTROL")

    refused = Instance(store).send(sms("0001"), refuse, limits)
    assert isinstance(refused, ConnectorError)
    assert refused.limit is None  # not a rule of ours
    assert Instance(store).send(sms("0002"), Provider(), limits) == receipt()
    # In all, both were counted.
    third = Instance(store).send(sms("0003", "13912345678"), Provider(), limits[1:])
    assert isinstance(third, ConnectorError)
    assert third.limit is not None
    assert third.limit.rule == "total"
