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

from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.serve.command import serve
from sms_connector.settings import SECRET, STORE
from tests.local.serve.test_reload import change
from tests.support.redis_server import RedisServer
from tests.support.serving import ServeProcess

EMULATOR = ("--emulator", "--emulator-port=0")
MESSAGE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}
SLOW = number_for(Behaviour.SLOW)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as running:
        yield running


def start(*options: str, **changes: object) -> ServeProcess:
    process = ServeProcess(*EMULATOR, *options, SMS_CONNECTOR_ANONYMOUS="true", **changes)  # type: ignore[arg-type]
    wait_for_start(process, 1)
    return process


def wait_for_start(process: ServeProcess, times: int) -> None:
    deadline = time.monotonic() + 60
    while sum(line == "Ready.\n" for line in process.out) < times:
        assert time.monotonic() < deadline, process.err
        time.sleep(0.02)


def ask(process: ServeProcess, bodies: list[dict[str, str]]) -> list[requests.Response]:
    """Send all at once, each over a connection of its own."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(
            pool.map(lambda body: requests.post(process.url, json=body, timeout=60), bodies)
        )


def instances(process: ServeProcess, count: int) -> list[str]:
    """Return the instance that answered each of so many requests, in the order of the answers."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = [re.search(r"  POST  /  .*  (instance \d+)$", line) for line in tuple(process.out)]
        if len(found := [line[1] for line in lines if line]) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(process.out)


def inbox(process: ServeProcess) -> list[dict[str, str]]:
    messages: list[dict[str, str]] = requests.get(
        process.find(r"GET (\S+/inbox)"), timeout=5
    ).json()
    return messages


class TestOneRequestPerInstance:
    def test_requests_one_after_the_other_share_an_instance_and_its_memory(self) -> None:
        with start() as process:
            answers = [requests.post(process.url, json=MESSAGE, timeout=30) for _ in range(3)]
            assert len({answer.json()["bizId"] for answer in answers}) == 1
            assert instances(process, 3) == ["instance 1"] * 3
            assert len(inbox(process)) == 1

    def test_each_request_that_finds_all_instances_busy_starts_another(self) -> None:
        with start("--instances=4") as process:
            assert process.find("^Up to 4 instances, with one request each, do not know")
            bodies = [{**MESSAGE, "phone": SLOW}] * 4
            assert {answer.status_code for answer in ask(process, bodies)} == {200}
            assert sorted(instances(process, 4)) == [
                f"instance {number}" for number in (1, 2, 3, 4)
            ]
            assert process.find("^Instance 4 starts: the others are busy")
            # The same message: none of them knew of the others.
            assert len(inbox(process)) == 4

    def test_a_request_above_the_limit_gets_the_platform_s_429(self) -> None:
        with start("--instances=2") as process:
            answers = ask(process, [{**MESSAGE, "phone": SLOW}] * 6)
            assert sorted(answer.status_code for answer in answers) == [200] * 2 + [429] * 4
            refused = [answer for answer in answers if answer.status_code == 429]
            assert {answer.json()["errorCode"] for answer in refused} == {"ResourceExhausted"}
            assert "error" not in refused[0].json()
            assert len(inbox(process)) == 2

    def test_an_instance_whose_caller_gives_up_ends_with_what_it_remembers(self) -> None:
        with start() as process:
            requests.post(process.url, json=MESSAGE, timeout=30)
            with pytest.raises(requests.ReadTimeout):
                requests.post(process.url, json={**MESSAGE, "phone": SLOW}, timeout=0.3)
            assert process.find("  POST  /  (gone)  ")
            again = requests.post(process.url, json=MESSAGE, timeout=30)
            assert again.status_code == 200
            assert instances(process, 2) == ["instance 1", "instance 2"]
            sent = [message["phone"] for message in inbox(process)]
            assert sent.count(MESSAGE["phone"]) == 2

    def test_verifications_need_a_store_as_in_the_cloud(self) -> None:
        with start() as process:
            body = {"phone": "13812345678", "usageType": "SignIn"}
            answer = requests.post(f"{process.url}/verifications", json=body, timeout=30)
            assert answer.json()["error"]["code"] == "invalid_config"
            assert not [line for line in process.out if line.startswith("Verify: ")]


class TestWebMode:
    def test_one_instance_takes_the_same_message_ten_times_at_once_and_sends_it_once(self) -> None:
        with start("--web") as process:
            assert process.find(r"^Serving \S+ \((.*)\)$") == "web mode"
            answers = ask(process, [MESSAGE] * 10)
            assert {answer.status_code for answer in answers} == {200}
            assert len(inbox(process)) == 1

    def test_a_client_that_claims_to_be_the_platform_is_not_believed(self) -> None:
        with ServeProcess(*EMULATOR, "--web", SMS_CONNECTOR_AUTHORIZATION="key") as process:
            process.find("^Ready")
            headers = {"x-fc-control-path": "/invoke", "x-fc-request-id": "forged"}
            url = f"{process.url}/invoke"
            assert requests.post(url, json=MESSAGE, headers=headers, timeout=30).status_code == 404
            assert inbox(process) == []
            headers |= {"Authorization": "key"}
            answer = requests.post(process.url, json=MESSAGE, headers=headers, timeout=30)
            assert answer.status_code == 200
            process.find(rf"{answer.headers['X-Fc-Request-Id']} .*\"phone\"", in_err=True)
            assert "forged" not in "".join(process.err)

    @pytest.mark.parametrize("option", ["--instances=3", "--envelope=apigw"])
    def test_web_mode_has_one_instance_and_no_envelope(self, option: str) -> None:
        assert CliRunner().invoke(serve, ["--web", option]).exit_code == 2


@pytest.fixture(scope="module")
def running(server: RedisServer) -> Iterator[ServeProcess]:
    with start(f"--store={server.url}", "--flow-control", "--instances=6") as process:
        yield process


class TestWithAStore:
    def test_a_message_that_all_instances_are_asked_for_at_once_is_sent_once(
        self, running: ServeProcess
    ) -> None:
        before = len(inbox(running))
        answers = ask(running, [MESSAGE] * 6)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["bizId"] for answer in answers}) == 1
        assert len(inbox(running)) == before + 1
        assert len(set(instances(running, 6))) > 1

    def test_a_limit_holds_across_all_instances(self, running: ServeProcess) -> None:
        bodies = [{**MESSAGE, "phone": "13912345678", "code": f"1000{n:02}"} for n in range(6)]
        statuses = [answer.status_code for answer in ask(running, bodies)]
        assert sorted(statuses) == [200] + [429] * 5

    def test_the_store_is_said_to_answer(self, running: ServeProcess) -> None:
        assert "The store answers.\n" in running.out


@pytest.mark.parametrize("option", ["--instances=8", "--web"])
def test_a_changed_file_restarts_all_instances(project: Path, option: str) -> None:
    with start(option, project=project) as process:
        ask(process, [{**MESSAGE, "phone": SLOW}] * 2)
        file = project / "sms_connector" / "callers" / "native.py"
        change(file, "receipt.shown", '{"changed": True}')
        wait_for_start(process, 2)
        assert {answer.text for answer in ask(process, [MESSAGE] * 4)} == {'{"changed":true}'}
        assert process.find(r"^Changed: (\S+)\.") == "sms_connector/callers/native.py"


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
