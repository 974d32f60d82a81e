"""The backup: which failures it follows, that it goes out once, and within one deadline."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.local.emulate.inbox import RefusedRequest
from sms_connector.local.emulate.pnvs_account import GIVEN_SIGNS
from sms_connector.local.emulate.server import Emulator
from sms_connector.message import FirstRefusal, Message, Receipt
from sms_connector.sending.connector import SmsConnector
from sms_connector.settings import Settings
from sms_connector.store import open_stores
from tests.provider.test_refusals import CONFIG, TROUBLE, USAGE, Row, rows
from tests.provider.test_verify_code import ACCEPTED
from tests.support.configs import TEMPLATES
from tests.support.instances import SECRETS, at_once
from tests.support.redis_server import RedisServer
from tests.support.scripted_provider import (
    Act,
    ScriptedProvider,
    accept,
    answer,
    close,
    hang,
    reset,
    stall,
)
from tests.support.sending import MESSAGE, connector_at, failure, send

Providers = Callable[..., ScriptedProvider]

BACKUP = {"templateCode": "100001", "signName": "速通互联验证码"}
OWN = {"templateCode": "100003", "signName": "速通互联"}
BY_BACKUP = answer(200, ACCEPTED)
REFUSED = answer(200, {"Code": "isv.SMS_SIGNATURE_ILLEGAL", "Message": "no", "RequestId": "R"})

TIMES = {"connectTimeout": 300, "readTimeout": 5_000}

LETS_GO = (CONFIG, USAGE, TROUBLE)
"""What the backup follows. A rate, of the API too, a number and anything unknown it does not."""


Late = Callable[[Act, float], Act]


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Late:
    """Make an act that comes so many seconds later by the clock, though nobody waits for it."""
    now, passed = time.monotonic, [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now() + passed[0])

    def make(act: Act, seconds: float) -> Act:
        def later(connection: socket.socket) -> None:
            passed[0] += seconds
            act(connection)

        return later

    return make


@pytest.mark.parametrize("row", rows(), ids=[f"{row[1]} with HTTP {row[0]}" for row in rows()])
def test_the_backup_goes_out_after_the_refusals_that_are_neither_the_caller_s_nor_the_number_s(
    provider: Providers, row: Row
) -> None:
    status, code, meaning = row[:3]
    refused = answer(status, {"Code": code, "Message": "why", "RequestId": "R"})
    refusing = provider(refused, BY_BACKUP)
    connector = connector_at(refusing.endpoint, backup=BACKUP)
    if meaning not in LETS_GO:
        assert failure(connector).sent is meaning[2]
        assert len(refusing.requests) == 1
        return
    receipt = send(connector, MESSAGE)
    without = failure(connector_at(provider(refused).endpoint))
    assert receipt == Receipt(
        "BIZ-1",
        "REQUEST-1",
        "SignIn",
        "100001",
        backup_for=FirstRefusal(without.message, code),
    )
    own, backup = refusing.requests
    assert (own["TemplateCode"], own["SignName"]) == ("SMS_SIGN_IN", "阿里云短信测试")
    assert (backup["TemplateCode"], backup["SignName"]) == tuple(BACKUP.values())
    assert backup["PhoneNumber"] == MESSAGE.phone
    assert json.loads(backup["TemplateParam"]) == {"code": "246810", "min": "10"}


@pytest.mark.parametrize("act", [hang, stall, close, reset, answer(502, "<html>")])
def test_nothing_follows_what_may_have_gone_out(provider: Providers, act: Act) -> None:
    silent = provider(act, BY_BACKUP)
    connector = connector_at(silent.endpoint, backup=BACKUP, connectTimeout=300, readTimeout=300)
    assert failure(connector).sent is None
    assert len(silent.requests) == 1


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (Message("13812345678", "SignIn", "24681a"), "letters"),
        (Message("13812345678", "Given", "246810246"), "nine digits"),
        (Message("+85251234567", "SignIn", "246810"), "abroad"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_message_that_the_other_service_cannot_carry_has_no_backup(
    provider: Providers, message: Message, why: str
) -> None:
    refusing = provider(REFUSED, BY_BACKUP)
    given = {"usageType": "Given", "templateCode": "100002"}
    connector = connector_at(refusing.endpoint, templates=[*TEMPLATES, given], backup=BACKUP)
    with pytest.raises(ConnectorError, match="signName"):
        send(connector, message)
    assert len(refusing.requests) == 1, why


@pytest.mark.parametrize(
    ("template", "top", "sent"),
    [
        ({"backup": OWN}, BACKUP, ("100003", "速通互联")),
        ({"backup": OWN}, ..., ("100003", "速通互联")),
        ({}, BACKUP, ("100001", "速通互联验证码")),
        # A given template may have another given one behind it, but not itself.
        ({"templateCode": "100002", "signName": "速通互联"}, BACKUP, tuple(BACKUP.values())),
        (BACKUP, BACKUP, None),
        ({}, ..., None),
    ],
)
def test_a_template_s_own_backup_goes_before_the_one_for_all(
    provider: Providers, template: Any, top: Any, sent: tuple[str, str] | None
) -> None:
    refusing = provider(REFUSED, BY_BACKUP)
    own = {"usageType": "Own", "templateCode": "SMS_1", **template}
    connector = connector_at(refusing.endpoint, templates=[*TEMPLATES, own], backup=top)
    with suppress(ConnectorError):
        send(connector, Message("13812345678", "Own", "246810"))
    second = [(each["TemplateCode"], each["SignName"]) for each in refusing.requests[1:]]
    assert second == ([sent] if sent else [])


@pytest.mark.parametrize(
    "second",
    [
        REFUSED,
        answer(200, {"Code": "biz.FREQUENCY", "Message": "no"}),
        answer(200, {"Code": "MOBILE_NUMBER_ILLEGAL", "Message": "no"}),
        answer(200, {"Code": "isv.UNHEARD_OF", "Message": "no"}),
    ],
)
def test_with_both_refused_the_first_error_is_the_answer(provider: Providers, second: Act) -> None:
    first = answer(200, {"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "first", "RequestId": "1"})
    refusing = provider(first, second)
    error = failure(connector_at(refusing.endpoint, backup=BACKUP))
    alone = failure(connector_at(provider(first).endpoint))
    assert vars(error) | {"backup_refused": None} == vars(alone)
    assert error.backup_refused not in (None, "isv.AMOUNT_NOT_ENOUGH")
    assert len(refusing.requests) == 2


@pytest.mark.parametrize("act", [hang, close, answer(200, {"Code": "InternalError"})])
def test_a_backup_that_may_have_gone_out_makes_the_outcome_unknown(
    provider: Providers, act: Act
) -> None:
    silent = provider(REFUSED, act, BY_BACKUP)
    error = failure(connector_at(silent.endpoint, backup=BACKUP, readTimeout=300))
    assert (error.kind, error.sent) == ("unknown_outcome", None)
    assert "with the backup, template 100001" in error.message
    assert len(silent.requests) == 2


class TestNoConnection:
    """Each service at an address of its own, as in the cloud."""

    @pytest.fixture
    def accepting(self, provider: Providers, monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
        accepting = provider(BY_BACKUP)
        host = urlsplit(accepting.endpoint).netloc
        monkeypatch.setattr("sms_connector.provider.verify_code.endpoint_of", lambda _: host)
        return accepting

    @pytest.fixture
    def black_hole(self) -> Iterator[str]:
        """An address at which nobody ever answers: its queue of connections is full."""
        with ExitStack() as stack:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
            for _ in range(3):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(listener.getsockname())
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"

    def test_the_backup_goes_out_where_the_connection_is_refused(
        self, accepting: ScriptedProvider
    ) -> None:
        receipt = send(connector_at("http://127.0.0.1:9", backup=BACKUP), MESSAGE)
        assert receipt.template_code == "100001"
        assert receipt.backup_for is not None
        assert receipt.backup_for.provider_code is None
        assert "could not be reached" in receipt.backup_for.problem
        assert len(accepting.requests) == 1

    def test_the_backup_has_time_to_connect_where_connecting_takes_for_ever(
        self, accepting: ScriptedProvider, black_hole: str
    ) -> None:
        connector = connector_at(black_hole, backup=BACKUP, connectTimeout=300, readTimeout=600)
        began = time.monotonic()
        assert send(connector, MESSAGE).template_code == "100001"
        assert time.monotonic() - began < 0.6
        assert len(accepting.requests) == 1

    def test_with_neither_reached_the_first_error_is_the_answer(self) -> None:
        error = failure(connector_at("http://127.0.0.1:9", backup=BACKUP))
        assert (error.kind, error.sent, error.backup_refused) == ("unavailable", False, "general")


class TestDeadline:
    """The longest call is 2 × 300 + 5000 ms here; a backup needs a second of it for its answer."""

    @pytest.mark.parametrize(("after", "requests"), [(3.8, 2), (4.8, 1)])
    def test_a_backup_goes_out_only_if_there_is_time_for_its_answer(
        self, provider: Providers, late: Late, after: float, requests: int
    ) -> None:
        slow = provider(late(REFUSED, after), BY_BACKUP)
        connector = connector_at(slow.endpoint, backup=BACKUP, **TIMES)
        if requests == 2:
            assert send(connector, MESSAGE).template_code == "100001"
        else:
            assert failure(connector).backup_refused is None
        assert len(slow.requests) == requests

    def test_both_calls_end_by_the_deadline_of_one(self, provider: Providers, late: Late) -> None:
        slow = provider(late(REFUSED, 4.2), hang)
        connector = connector_at(slow.endpoint, backup=BACKUP, **TIMES)
        began = time.monotonic()
        assert failure(connector).sent is None
        longest = connector.config.longest_call
        # By a time-out of its own the second one would take to 9.2.
        assert longest - 0.2 < time.monotonic() - began < longest + 1


def test_twelve_at_once_over_two_instances_are_one_message_by_the_backup(
    emulator: Emulator, example: dict[str, Any], server: RedisServer
) -> None:
    backup = {**BACKUP, "signName": GIVEN_SIGNS[0]}
    whole = json.dumps({**example, "signName": "失效的签名", "backup": backup})
    settings = Settings(store=server.url, secrets=SECRETS)
    instances = [SmsConnector(parse_config(whole), stores=open_stores(settings)) for _ in "12"]
    receipts = at_once(*[lambda each=each: send(each, MESSAGE) for each in instances * 6])
    [message] = emulator.inbox.messages()
    items = [entry.item for entry in emulator.inbox.entries()]
    [refused] = [item for item in items if isinstance(item, RefusedRequest)]
    assert set(receipts) == {receipts[0]}
    assert (receipts[0].biz_id, receipts[0].template_code) == (message.biz_id, "100001")
    assert receipts[0].backup_for.provider_code == refused.code == "isv.SMS_SIGNATURE_ILLEGAL"


def test_the_calls_of_a_message_that_its_template_sends_are_one(provider: Providers) -> None:
    accepting = provider(accept)
    receipt = send(connector_at(accepting.endpoint, backup=BACKUP), MESSAGE)
    assert (receipt.template_code, receipt.backup_for) == ("SMS_SIGN_IN", None)
    assert len(accepting.requests) == 1


def test_the_client_of_a_backup_is_not_built_before_it_is_needed(provider: Providers) -> None:
    connector = connector_at(provider(REFUSED, BY_BACKUP).endpoint, backup=BACKUP)
    connector.prepare()
    assert list(connector._client._built) == [False]
    send(connector, MESSAGE)
    assert list(connector._client._built) == [False, True]
