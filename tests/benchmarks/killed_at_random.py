"""Kill instances at random while messages are asked for, and look at what the provider got.

::

    python -m tests.benchmarks.killed_at_random --instances 16 --messages 50000

Each instance is a process with its own memory, connections and official client. Each message is
asked for by two or three instances at about the same time, in threads. Instances are killed by
SIGKILL all the while, and replaced. The provider is a process too: it takes most messages, refuses
some, and hangs up on some after it took them. All of them write what happened to files, line by
line, so that nothing is lost with a process that is killed. At the end the files are compared:

- no message was taken twice;
- no number got more messages than its limit, and all together no more than the limit in total;
- ``sent: true`` only for what was taken, ``sent: false`` only for what had not been taken before it
  was asked for, and ``sent: null`` only where an instance died or the provider hung up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.message import Message
from sms_connector.sending.connector import SmsConnector
from sms_connector.settings import Settings
from sms_connector.store import open_stores, timeouts
from tests.support.redis_server import RedisServer, free_port

PER_NUMBER: Final = 5
MESSAGES_OF_A_NUMBER: Final = 7
SHARE_IN_ALL: Final = 0.6
"""Of the messages that are asked for, the limit in total lets this share through."""

THREADS: Final = 12
SECRET: Final = "0123456789abcdef0123456789abcdef"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instances", type=int, default=16)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--rate", type=float, default=250, help="messages a second")
    parser.add_argument("--server", default="", help="path of a redis-server")
    options = parser.parse_args()
    with TemporaryDirectory() as directory, RedisServer(options.server) as server:
        findings = run(Path(directory), server, options.instances, options.messages, options.rate)
    print(json.dumps(findings, indent=2))
    sys.exit(1 if findings["wrong"] else 0)


def run(
    directory: Path, server: RedisServer, instances: int, messages: int, rate: float
) -> dict[str, Any]:
    """Let it happen, and return what was found."""
    # A machine that is busy with all these processes is no fault of the server.
    timeouts.SECONDS_PER_CALL = 10.0  # type: ignore[misc]
    port = free_port()
    provider = fork(lambda: asyncio.run(provide(port, directory / "provider")))
    config = connector_json(port, messages)
    warm_up(config)
    begin = time.monotonic() + 0.5
    children: dict[int, int] = {}
    born = 0

    def start(number: int) -> None:
        nonlocal born
        born += 1
        file = directory / f"instance-{born}"
        pid = fork(lambda: ask_all(number, instances, messages, rate, begin, config, server, file))
        children[pid] = number

    for number in range(instances):
        start(number)
    kills, chance = 0, random.Random(7)
    while time.monotonic() < begin + messages / rate:
        time.sleep(chance.uniform(0.05, 0.4))
        victim = chance.choice([*children])
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        kills += 1
        start(children.pop(victim))
    for pid in children:
        os.waitpid(pid, 0)
    os.kill(provider, signal.SIGKILL)
    os.waitpid(provider, 0)
    return {"instances": instances, "killed": kills, **compare(directory, messages)}


def fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException as error:  # noqa: BLE001
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        os._exit(1)
    os._exit(0)


def connector_json(port: int, messages: int) -> str:
    return json.dumps(
        {
            "accessKeyId": "id",
            "accessKeySecret": "secret",
            "signName": "sign",
            "endpoint": f"http://127.0.0.1:{port}",
            "connectTimeout": 1_000,
            "readTimeout": 3_000,
            "templates": [
                {"usageType": usage_type, "templateCode": "SMS_1"}
                for usage_type in ("SignIn", "Register", "ForgotPassword", "Generic")
            ],
            "limits": {
                "perNumber": [f"{PER_NUMBER}/hour"],
                "total": [f"{int(messages * SHARE_IN_ALL)}/day"],
            },
        }
    )


def warm_up(config: str) -> None:
    """Import in the parent what each instance would otherwise import anew."""
    SmsConnector(parse_config(config)).prepare()


def phone_of(message: int) -> str:
    return f"138{message // MESSAGES_OF_A_NUMBER:08}"


def code_of(message: int) -> str:
    return f"{message:06}"


def asks(message: int, instances: int) -> set[int]:
    """Return the instances that ask for a message."""
    chance = random.Random(message)
    return set(chance.sample(range(instances), min(instances, chance.choice((2, 2, 3)))))


def ask_all(
    number: int,
    instances: int,
    messages: int,
    rate: float,
    begin: float,
    config: str,
    server: RedisServer,
    file: Path,
) -> None:
    """Be one instance: ask for each of its messages when it is due."""
    stores = open_stores(Settings(store=server.url, secrets=(SECRET,)))
    connector = SmsConnector(parse_config(config), stores=stores)
    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def ask(message: int) -> None:
        asked = time.monotonic()
        os.write(log, f"ask {message}\n".encode())
        try:
            sms = connector.compose(Message(phone_of(message), "SignIn", code_of(message)))
            connector.send(sms)
            sent = "true"
        except ConnectorError as error:
            sent = {False: "false", None: "null"}[error.sent]
            if error.kind == "bug":
                sent = "bug"
        os.write(log, f"got {message} {sent} {asked}\n".encode())

    due_now = int(max(0, time.monotonic() - begin) * rate)
    with ThreadPoolExecutor(THREADS) as threads:
        for message in range(due_now, messages):
            if number in asks(message, instances):
                time.sleep(max(0, begin + message / rate - time.monotonic()))
                threads.submit(ask, message)


async def provide(port: int, file: Path) -> None:
    """Be the provider: what it does with a message depends on chance."""
    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    chance = random.Random(1)

    def note(what: str, message: int) -> None:
        os.write(log, f"{what} {message} {time.monotonic()}\n".encode())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await read_head(reader):
            query = parse_qs(urlsplit(head.split(" ", 2)[1]).query)
            message = int(json.loads(query["TemplateParam"][0])["code"])
            await asyncio.sleep(chance.uniform(0, 0.06))
            lot = chance.random()
            if lot < 0.03:
                note("refused", message)
                answer = {"Code": "isp.SYSTEM_ERROR", "Message": "", "RequestId": "R"}
            elif lot < 0.04:
                note("hung_up", message)
                break
            else:
                note("taken", message)
                answer = {"Code": "OK", "Message": "OK", "RequestId": "R", "BizId": f"B{message}"}
            await asyncio.sleep(chance.uniform(0, 0.06))
            body = json.dumps(answer).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=500)
    await server.serve_forever()


async def read_head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


def lines(path: Path) -> Iterator[list[str]]:
    yield from (line.split() for line in path.read_text("ascii").splitlines())


def compare(directory: Path, messages: int) -> dict[str, Any]:
    """Compare what the provider got with what the instances answered."""
    taken: dict[int, list[float]] = defaultdict(list)
    did: Counter[str] = Counter()
    hung_up: set[int] = set()
    for what, message, at in lines(directory / "provider"):
        did[what] += 1
        if what != "refused":  # a provider that hangs up has taken the message
            taken[int(message)].append(float(at))
        if what == "hung_up":
            hung_up.add(int(message))
    wrong: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    open_asks: Counter[int] = Counter()
    got: list[tuple[int, str, float]] = []
    for file in directory.glob("instance-*"):
        for what, message, *rest in lines(file):
            open_asks[int(message)] += 1 if what == "ask" else -1
            if what == "got":
                got.append((int(message), rest[0], float(rest[1])))
    for number, sent, asked in got:
        answers[sent] += 1
        times = taken.get(number, [])
        if sent == "true" and not times:
            wrong["sent: true, but not taken"] += 1
        elif sent == "false" and any(at < asked for at in times):
            wrong["sent: false, but taken before"] += 1
        elif sent == "null" and number not in hung_up and not open_asks[number]:
            wrong["sent: null without a reason"] += 1
        elif sent == "bug":
            wrong["an unexpected error"] += 1
    wrong["taken twice"] = sum(len(times) > 1 for times in taken.values())
    of_number: Counter[str] = Counter(phone_of(message) for message in taken)
    wrong["numbers over their limit"] = sum(n > PER_NUMBER for n in of_number.values())
    wrong["over the limit in total"] = int(len(taken) > int(messages * SHARE_IN_ALL))
    return {
        "messages": messages,
        "asked": len(got) + sum(open_asks.values()),
        "died while asking": sum(open_asks.values()),
        "provider": dict(did),
        "answers": dict(answers),
        "numbers at their limit": sum(n == PER_NUMBER for n in of_number.values()),
        "wrong": dict(+wrong),
    }


if __name__ == "__main__":
    main()
