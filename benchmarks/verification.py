"""What a verification costs in processor time, at a real Redis server: run as a module."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from valkey import Valkey

from sms_connector.phone import parse_phone
from sms_connector.sending.once import Once
from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored
from sms_connector.store.names import Names
from sms_connector.store.redis import RedisStore
from tests.support.redis_server import RedisServer
from tests.support.verifying import SECRET, Phones, kind_of, sms_to, verifications, wrong

_ROUNDS = 2_000
_SERIES = 5


def cost(step: Callable[[int], object]) -> float:
    """Return microseconds of this process's CPU for one step: the median of some series."""
    series = []
    for number in range(_SERIES):
        began = time.process_time()
        for index in range(_ROUNDS):
            step(number * _ROUNDS + index)
        series.append((time.process_time() - began) / _ROUNDS * 1e6)
    return statistics.median(series)


def phone(index: int, block: int = 138) -> str:
    return f"{block}{index:08}"


def main() -> None:
    with RedisServer() as server:
        client = Valkey("127.0.0.1", server.port)
        sha = str(client.script_load("return 1"))
        bare = cost(lambda _: (client.get("key"), client.evalsha(sha, 1, "key")))
        memory, remote = Memory(), RedisStore(server.address)
        service = verifications(
            Mirrored(memory, remote), limits={}, verification={"attempts": 20, "sends": 20}
        )
        phones = Phones()
        once = Once(Layered(memory, remote), Names((SECRET,)), 4.4)
        limits = service._config.limits
        plain = cost(
            lambda index: once.send(
                sms_to(phone(index), "Register"),
                phones,
                limits.counted(parse_phone(phone(index)), None),
            )
        )
        started = cost(lambda index: service.start(sms_to(phone(index, 139)), phones))
        free = verifications(remote, verification={"attempts": 20})
        ids = []
        for index in range(_ROUNDS):
            one = free.start(sms_to(phone(index), "Check"), phones).verification.id
            ids.append((one, wrong(phones.code)))
        mismatch = cost(lambda index: kind_of(free.check, *ids[index % _ROUNDS]))
        got = cost(lambda index: free.get(ids[index % _ROUNDS][0]))
    print(f"two bare client calls (GET, EVALSHA)   {bare:6.0f} µs")
    print(f"check                                  {mismatch:6.0f} µs  {mismatch / bare:.2f}")
    print(f"get                                    {got:6.0f} µs  {got / bare:.2f}")
    print(f"plain message, without the provider    {plain:6.0f} µs")
    print(f"start, without the provider            {started:6.0f} µs  {started / plain:.2f}")


if __name__ == "__main__":
    main()
