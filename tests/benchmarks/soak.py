"""A long run by hand: many messages, and whether memory and file descriptors stay flat.

``python -m tests.benchmarks.soak [MESSAGES] [THREADS]`` sends to a provider in a process of its own, which
closes one connection in fifty. Prints a line for each tenth. Fails if a message arrived twice, if
an outcome was not true, or if the last tenth holds more than the third. The memory of resends (see
sending/at_most_once.py) is kept small meanwhile: with its 10,000 messages it has a bound too, but it takes
far more than 100,000 messages until the allocator has no more gaps to fill.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.local.example import example_config
from sms_connector.message import Message
from sms_connector.sending.connector import SmsConnector

MIB_MORE = 1.0
DESCRIPTORS_MORE = 4

NOT_SENT, SENT, UNKNOWN = range(3)

# Prints its port, and at the end of its input all codes that it received.
PROVIDER = r"""
import re, socket, sys, threading
body = b'{"Code":"OK","Message":"OK","RequestId":"1","BizId":"2"}'
answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
codes = []
def serve(connection):
    with connection:
        while True:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                piece = connection.recv(65_536)
                if not piece:
                    return
                head += piece
            codes.append(re.search(rb"code%22%3A\+?%22(\w+)", head)[1].decode())
            connection.sendall(answer)
            if len(codes) % 50 == 0:
                return
def accept():
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
listener = socket.create_server(("127.0.0.1", 0), backlog=500)
threading.Thread(target=accept, daemon=True).start()
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
print("\n".join(codes))
"""


@contextmanager
def provider() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", PROVIDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def code_of(number: int) -> str:
    return f"{number:08}"


def send(connector: SmsConnector, number: int) -> int:
    """Return NOT_SENT, SENT or UNKNOWN: a byte each, so that a list of them is no leak."""
    try:
        connector.send(connector.compose(Message("13812345678", "SignIn", code_of(number))))
    except ConnectorError as error:
        return UNKNOWN if error.sent is None else NOT_SENT
    return SENT


def held() -> tuple[float, int]:
    """Return the resident memory in MiB, and how many file descriptors are open."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, len(os.listdir("/proc/self/fd"))


def main(messages: int = 100_000, threads: int = 8) -> None:
    with provider() as process, ThreadPoolExecutor(threads) as pool:
        assert process.stdin is not None
        assert process.stdout is not None
        endpoint = f"http://127.0.0.1:{int(process.stdout.readline())}"
        connector = SmsConnector(parse_config(json.dumps(example_config(endpoint))))
        outcomes = bytearray()
        tenths = []
        for tenth in range(10):
            started, cpu = time.perf_counter(), time.process_time()
            numbers = range(tenth * messages // 10, (tenth + 1) * messages // 10)
            for start in numbers[::500]:  # a pool holds a future for each waiting message
                part = numbers[start - numbers.start :][:500]
                outcomes += bytes(pool.map(lambda number: send(connector, number), part))
            seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
            tenths.append(held())
            print(
                f"{len(outcomes):>9,} messages  {tenths[-1][0]:6.1f} MiB  "
                f"{tenths[-1][1]:3} descriptors  {len(numbers) / seconds:6.0f}/s  "
                f"{cpu / len(numbers) * 1000:.3f} ms of CPU each",
                flush=True,
            )
        received = Counter(process.communicate()[0].split())
    names = ("not sent", "sent", "unknown")
    print(*(f"{name}: {outcomes.count(value):,}" for value, name in enumerate(names)), sep=", ")
    for number, sent in enumerate(outcomes):
        count = received[code_of(number)]
        assert count <= 1, number
        assert sent in (UNKNOWN, count), (number, sent, count)
    (early_memory, early_open), (memory, is_open) = tenths[2], tenths[-1]
    assert memory - early_memory <= MIB_MORE, "memory grows"
    assert is_open - early_open <= DESCRIPTORS_MORE, "descriptors leak"


if __name__ == "__main__":
    with patch("sms_connector.store.memory.MOST_RECORDS", 100):
        main(*map(int, sys.argv[1:]))
