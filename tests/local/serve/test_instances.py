"""Several instances behind one port, with a store and without."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from sms_connector.local.serve.command import serve
from sms_connector.settings import SECRET, STORE
from tests.support.redis_server import RedisServer
from tests.support.serving import ServeProcess

INSTANCES = 3
OPTIONS = ("--emulator", "--emulator-port=0", f"--instances={INSTANCES}")
MESSAGE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as running:
        yield running


def start(*options: str, **changes: object) -> ServeProcess:
    process = ServeProcess(*OPTIONS, *options, SMS_CONNECTOR_ANONYMOUS="true", **changes)  # type: ignore[arg-type]
    wait_for_all(process, 1)
    return process


def wait_for_all(process: ServeProcess, times: int) -> None:
    deadline = time.monotonic() + 60
    while sum(line.endswith("Ready.\n") for line in process.out) < times * INSTANCES:
        assert time.monotonic() < deadline, process.err
        time.sleep(0.02)


def ask(process: ServeProcess, bodies: list[dict[str, str]]) -> list[requests.Response]:
    """Send all at once, each over a connection of its own."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(
            pool.map(lambda body: requests.post(process.url, json=body, timeout=30), bodies)
        )


def asked_instances(process: ServeProcess) -> set[str]:
    lines = [re.match(r"(instance \d)  .*  POST ", line) for line in tuple(process.out)]
    return {line[1] for line in lines if line}


def inbox(process: ServeProcess) -> list[dict[str, str]]:
    messages: list[dict[str, str]] = requests.get(
        process.find(r"GET (\S+/inbox)"), timeout=5
    ).json()
    return messages


@pytest.fixture(scope="module")
def running(server: RedisServer) -> Iterator[ServeProcess]:
    with start(f"--store={server.url}", "--flow-control") as process:
        yield process


class TestWithAStore:
    def test_a_message_that_all_instances_are_asked_for_at_once_is_sent_once(
        self, running: ServeProcess
    ) -> None:
        before = len(inbox(running))
        answers = ask(running, [MESSAGE] * 30)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["bizId"] for answer in answers}) == 1
        assert len(inbox(running)) == before + 1
        assert len(asked_instances(running)) == INSTANCES

    def test_a_limit_holds_across_all_instances(self, running: ServeProcess) -> None:
        bodies = [{**MESSAGE, "phone": "13912345678", "code": f"1000{n:02}"} for n in range(30)]
        statuses = [answer.status_code for answer in ask(running, bodies)]
        assert sorted(statuses) == [200] + [429] * 29

    def test_the_store_is_said_to_answer(self, running: ServeProcess) -> None:
        assert "The store answers.\n" in running.out


def test_without_a_store_each_instance_sends_for_itself() -> None:
    with start() as process:
        assert process.find(r"^3 instances do not know of each other")
        ask(process, [MESSAGE] * 30)
        assert 1 < len(inbox(process)) == len(asked_instances(process))


def test_a_changed_file_restarts_all_instances(project: Path, server: RedisServer) -> None:
    with start(f"--store={server.url}", project=project) as process:
        file = project / "index.py"
        code = 'handler = lambda *_: {"statusCode": 200, "body": "changed"}'
        file.write_text(f"{file.read_text('utf-8')}\n{code}\n", "utf-8")
        wait_for_all(process, 2)
        assert {answer.text for answer in ask(process, [MESSAGE] * 30)} == {"changed"}
        assert len(asked_instances(process)) == INSTANCES
        assert process.find(r"^Changed: (\S+)\.") == "index.py"


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_all_instances_stop_without_an_error(by: signal.Signals) -> None:
    with start() as process:
        url = process.url
        assert process.stop(by) == 0
    assert process.err == []
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_ctrl_c_reaches_all_processes_and_stops_them_without_an_error() -> None:
    with start(own_group=True) as process:
        assert process.stop(signal.SIGINT) == 0
    assert process.err == []


def test_a_store_that_is_away_is_named_when_serving_begins() -> None:
    with ServeProcess("--store=redis://:a-password@127.0.0.1:1") as process:
        assert process.find("^Nothing accepts connections at the address of the store")
    assert "a-password" not in "".join(process.out + process.err)


@pytest.mark.parametrize("url", ["http://:a-password@store", "redis://", "redis://:a-password@x/y"])
def test_an_invalid_store_is_refused_without_showing_its_password(url: str) -> None:
    result = CliRunner().invoke(serve, ["--store", url])
    assert result.exit_code == 2
    assert f"Error: {STORE} " in result.output
    assert "a-password" not in result.output


def test_a_secret_that_is_set_is_kept(monkeypatch: pytest.MonkeyPatch, server: RedisServer) -> None:
    def environment(*options: str) -> tuple[str | None, str | None]:
        seen: list[tuple[str | None, str | None]] = []
        monkeypatch.setattr(
            "sms_connector.local.serve.command.serve_and_reload",
            lambda *_: seen.append((os.environ.get(STORE), os.environ.get(SECRET))),
        )
        assert CliRunner().invoke(serve, ["--port=0", *options]).exit_code == 0
        return seen[0]

    for name in (STORE, SECRET):
        monkeypatch.setenv(name, "")
    assert environment() == ("", "")
    store, made = environment(f"--store={server.url}")
    assert store == server.url
    assert made is not None
    assert len(made) >= 32
    monkeypatch.setenv(SECRET, "s" * 40)
    assert environment(f"--store={server.url}") == (server.url, "s" * 40)
