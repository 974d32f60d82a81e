"""`serve` while somebody works on the function."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.support.serving import ServeProcess

KEY = "a-key-for-tests"
MESSAGE = {"phone": "19900002001", "usageType": "SignIn", "code": "246810"}


@pytest.fixture
def running(project: Path) -> Iterator[ServeProcess]:
    with ServeProcess(
        "--emulator", "--emulator-port=0", project=project, SMS_CONNECTOR_AUTHORIZATION=KEY
    ) as process:
        yield process


def post(process: ServeProcess, code: str = "246810") -> requests.Response:
    return requests.post(
        process.url, json={**MESSAGE, "code": code}, headers={"Authorization": KEY}, timeout=20
    )


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def starts(process: ServeProcess) -> int:
    return sum(line in ("Ready.\n", "The function does not start.\n") for line in process.out)


def wait_for_start(process: ServeProcess, number: int) -> None:
    deadline = time.monotonic() + 20
    while starts(process) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_changed_code_answers_the_next_request_while_the_old_code_finishes(
    project: Path, running: ServeProcess
) -> None:
    assert post(running).json()["templateCode"] == "SMS_200000002"
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(post, running, "135790")
        time.sleep(0.3)  # it takes a second
        native = project / "sms_connector" / "callers" / "native.py"
        change(native, "receipt.shown", '{"changed": True}')
        wait_for_start(running, 2)
        assert post(running, "975310").json() == {"changed": True}
        assert under_way.result().json()["templateCode"] == "SMS_200000002"
    assert running.find(r"^Changed: (\S+)\.") == "sms_connector/callers/native.py"


def test_code_that_does_not_load_is_an_error_until_it_is_fixed(
    project: Path, running: ServeProcess
) -> None:
    assert requests.get(f"{running.url}/health", timeout=20).status_code == 200
    for name in ("index.py", "sms_connector/provider/client.py"):
        before = starts(running)
        file = project / name
        text = file.read_text("utf-8")
        file.write_text("def broken(:\n" + text, "utf-8")
        wait_for_start(running, before + 1)
        answer = requests.get(f"{running.url}/health", timeout=20)
        assert (answer.status_code, answer.json()["errorType"]) == (502, "SyntaxError")
        file.write_text(text, "utf-8")
        wait_for_start(running, before + 2)
        assert requests.get(f"{running.url}/health", timeout=20).status_code == 200
    assert "SyntaxError" in "".join(running.err)


def test_a_new_or_changed_connector_json_restarts_the_function(project: Path) -> None:
    file = project / "connector.json"
    example = json.loads((project / "docs/examples/connector.example.json").read_text("utf-8"))
    with ServeProcess(project=project, SMS_CONNECTOR_ANONYMOUS="true") as process:
        assert requests.get(f"{process.url}/health", timeout=20).status_code == 503
        file.write_text(json.dumps(example), "utf-8")
        wait_for_start(process, 2)
        assert requests.get(f"{process.url}/health", timeout=20).status_code == 200
        file.write_text("{}", "utf-8")
        wait_for_start(process, 3)
        assert requests.get(f"{process.url}/health", timeout=20).status_code == 503


def test_another_changed_file_does_not_restart_the_function(
    project: Path, running: ServeProcess
) -> None:
    assert requests.get(f"{running.url}/health", timeout=20).status_code == 200
    (project / "notes.txt").write_text("x", "utf-8")
    (project / "docs/examples/connector.example.json").write_text("{}", "utf-8")
    time.sleep(1)
    assert starts(running) == 1
