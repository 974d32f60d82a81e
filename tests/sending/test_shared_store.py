"""Messages of the official client over a real server: how often it is asked, what it holds."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.idempotency.key import IdempotencyKey
from sms_connector.message import Message, Receipt, Sms
from sms_connector.sending.codes import generated_codes
from sms_connector.sending.connector import SmsConnector
from sms_connector.sending.options import SendOptions
from sms_connector.settings import Settings
from sms_connector.store import open_stores, timeouts
from sms_connector.store.address import Address
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Figure, Write
from tests.support.configs import config
from tests.support.instances import SECRETS, Instance, Provider, error, receipt, rule, sms
from tests.support.proxy import Proxy
from tests.support.redis_server import RedisServer
from tests.support.scripted_provider import ScriptedProvider, accept, answer, reset

Providers = Callable[..., ScriptedProvider]

KEY = IdempotencyKey("key-of-a-client", "credential-of-a-client", "send", b"body-of-a-client")
LIMITS = {
    "perAddress": ["30/hour"],
    "perPrefix": ["500/hour"],
    "perCountry": {"*": ["200/day"]},
    "total": ["20000/day"],
}


FIGURES = "{sms}0123456789abcdef0123456789abcdef"


class Counting:
    """Figures as another room adds them."""

    def accepted(self, *_: object) -> tuple[Write, ...]:
        return ()

    def of_receipt(self, country: str, usage_type: str, _: Receipt, now: int) -> tuple[Figure, ...]:
        return self.of(country, usage_type, "accepted", now)

    def of(
        self,
        country: str,  # noqa: ARG002
        usage_type: str,  # noqa: ARG002
        outcome: str,
        now: int,  # noqa: ARG002
    ) -> tuple[Figure, ...]:
        return (Figure(FIGURES, outcome, 60),)


def connector(server: RedisServer, endpoint: str, **changes: Any) -> SmsConnector:
    stores = open_stores(Settings(store=server.url, secrets=SECRETS))
    whole = config(endpoint=endpoint, limits=LIMITS, **changes)
    return SmsConnector(parse_config(json.dumps(whole)), stores=stores, figures=Counting())


def send(
    connector: SmsConnector, phone: str = "+12025550123", code: str = "804271", **terms: Any
) -> Receipt | ConnectorError:
    message = Message(phone, "SignIn", code)
    try:
        return connector.send(connector.compose(message), None, SendOptions(ip="8.8.4.4", **terms))
    except ConnectorError as error:
        return error


@pytest.mark.usefixtures("patience")
class TestRoundTrips:
    @pytest.fixture
    def trips(self, server: RedisServer) -> Callable[[], int]:
        """Return how many scripts the server has run since the last call."""
        last = 0

        def count() -> int:
            nonlocal last
            calls = server.command("INFO", "commandstats").get("cmdstat_evalsha", {"calls": 0})
            before, last = last, int(calls["calls"])
            return last - before

        count()
        return count

    def test_a_message_takes_two_round_trips_and_a_refusal_takes_one(
        self, server: RedisServer, provider: Providers, trips: Callable[[], int]
    ) -> None:
        endpoint = provider(accept).endpoint
        one, other = connector(server, endpoint), connector(server, endpoint)
        send(one, "+12025550100")  # the script is loaded
        trips()
        assert isinstance(send(one), Receipt)
        assert trips() == 2
        assert isinstance(send(one), Receipt)
        assert trips() == 0  # the memory knows it
        assert isinstance(send(other), Receipt)
        assert trips() == 1
        for instance in (one, other):
            assert isinstance(send(instance, code="135790"), ConnectorError)
            assert trips() == 1

    def test_an_idempotency_key_takes_no_more_round_trips(
        self, server: RedisServer, provider: Providers, trips: Callable[[], int]
    ) -> None:
        endpoint = provider(accept).endpoint
        one, other = connector(server, endpoint), connector(server, endpoint)
        send(one, "+12025550100")
        trips()
        assert isinstance(send(one, key=KEY), Receipt)
        assert trips() == 2
        assert isinstance(send(one, code="135790", key=KEY), Receipt)
        assert trips() == 0
        assert isinstance(send(other, code="135790", key=KEY), Receipt)
        assert trips() == 1

    def test_a_message_that_fails_takes_two_round_trips(
        self, server: RedisServer, provider: Providers, trips: Callable[[], int]
    ) -> None:
        said = {"Code": "isp.SYSTEM_ERROR", "Message": "no", "RequestId": "R"}
        one = connector(server, provider(answer(400, said), accept).endpoint)
        send(one, "+12025550100")
        trips()
        assert isinstance(send(one, "+12025550101"), Receipt)
        assert trips() == 2


@pytest.mark.usefixtures("patience")
def test_nothing_in_the_server_can_be_read(server: RedisServer, provider: Providers) -> None:
    codes = generated_codes(open_stores(Settings(secrets=SECRETS)).names, KEY)
    quoting = {
        "Code": "isv.MOBILE_NUMBER_ILLEGAL",
        "Message": f"447400123456 and {codes[0]} by LTAI-test-key-id",
        "RequestId": "R",
    }
    acts = (accept, answer(400, quoting), reset, accept)
    one = connector(server, provider(*acts).endpoint)
    send(one, "+12025550123", key=KEY, generated_codes=("804271",))
    send(one, "+447400123456", code=codes[0], generated_codes=codes)
    send(one, "13812345678", code="qW3rtY")
    send(one, "13912345678", code="987654")
    send(one, "13912345678", code="987655")
    texts = dump(server)
    assert len(texts) > 30
    secrets = [
        *("12025550123", "2025550123", "1202555", "447400123456", "7400123456", "44740012"),
        *("13812345678", "13912345678", "8.8.4.4", "804271", codes[0], "qW3rtY", "987654"),
        *(KEY.key, KEY.credential, KEY.body.decode(), SECRETS[0]),
        *("LTAI-test-key-id", "Zq8-test-key-secret"),
    ]
    for text in texts:
        for secret in secrets:
            # Six digits may stand in a random hash by chance; the hashes have no other meaning.
            assert secret not in text or text.startswith("{sms}"), (secret, text)
    assert all(len(text) == 37 for text in texts if text.startswith("{sms}"))


def dump(server: RedisServer) -> list[str]:
    """Return every key and value of a server as text, packed ones unpacked too."""
    texts = []
    for key in server.command("KEYS", "*"):
        texts.append(key.decode())
        kind = server.command("TYPE", key)
        if kind == b"hash":
            texts += [
                text.decode() for pair in server.command("HGETALL", key).items() for text in pair
            ]
        else:
            assert kind == b"string"
            texts.append(server.command("GET", key).decode("latin-1"))
        texts.append(server.command("DUMP", key).decode("latin-1"))
    return texts


def test_without_a_server_its_client_is_not_imported() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from sms_connector.store import open_stores;"
        "from sms_connector.settings import Settings; open_stores(Settings());"
        "print([name for name in sys.modules if 'valkey' in name or 'redis' in name])"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.usefixtures("patience")
def test_a_message_is_sent_in_time_though_the_server_is_silent(provider: Providers) -> None:
    import time

    from tests.support.redis_server import PROGRAM

    with RedisServer(PROGRAM) as server, pytest.MonkeyPatch.context() as patch:
        one = connector(server, provider(accept).endpoint)
        numbers = random.Random(1)
        send(one, f"138{numbers.randrange(10**8):08}")
        patch.setattr(timeouts, "SECONDS_PER_CALL", 0.2)
        server.stop()
        started = time.monotonic()
        answers = [send(one, f"138{numbers.randrange(10**8):08}") for _ in range(5)]
        assert all(isinstance(each, Receipt) for each in answers)
        assert time.monotonic() - started < 1


@pytest.mark.usefixtures("patience")
class TestOutages:
    """What happens to a message while the server comes and goes."""

    @pytest.fixture(autouse=True)
    def _short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sms_connector.store.timeouts.LEFT_ALONE_SECONDS", 0.0)

    def test_an_outcome_is_written_though_the_server_came_back_after_the_claim(
        self, server: RedisServer
    ) -> None:
        with Proxy(server.port) as proxy:
            shared = RedisStore(Address("127.0.0.1", proxy.port))
            one, other, calls = Instance(shared), Instance(shared), Provider()
            proxy.cut = 1

            assert one.send(sms(), calls) == receipt()
            assert other.send(sms(), calls) == receipt()
            assert len(calls.sent) == 1

    def test_a_claim_that_the_server_never_got_is_written_with_its_outcome(
        self, server: RedisServer
    ) -> None:
        server.stop()
        shared = RedisStore(server.address)
        one, other, calls = Instance(shared), Instance(shared), Provider()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(timeouts, "SECONDS_PER_CALL", 0.1)

            def call(message: Sms) -> Receipt:
                patch.undo()
                server.go_on()
                server.command("FLUSHALL")
                return calls(message)

            assert one.send(sms(), call) == receipt()
        assert other.send(sms(), calls) == receipt()
        assert len(calls.sent) == 1

    @pytest.mark.parametrize("text", ["2/hour", "102/hour"])
    def test_an_outcome_whose_reply_is_lost_gives_back_and_counts_once(
        self, server: RedisServer, text: str
    ) -> None:
        with Proxy(server.port) as proxy:
            shared = RedisStore(Address("127.0.0.1", proxy.port))
            one, other = (Instance(shared, figures=Counting()) for _ in range(2))
            limits, calls = [rule(text)], Provider()
            most = limits[0].rule.count
            for number in range(most - 1):
                other.send(sms(f"{number:06}"), calls, limits)

            def call(_: Sms) -> Receipt:
                proxy.cut = 1
                raise error("unavailable")

            assert isinstance(one.send(sms("9999"), call, limits), ConnectorError)
            (figures,) = shared.figures([FIGURES])
            assert figures == {"accepted": most - 1, "refused:general": 1}
            answers = [other.send(sms(f"98{n:02}"), calls, limits) for n in range(2)]
            assert [isinstance(answer, Receipt) for answer in answers] == [True, False]
