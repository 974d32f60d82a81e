"""What docs/self-hosting.md shows, run as far as this machine has the programs for it."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
import yaml

from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.local.redis_server import free_port
from tests.support.installation import (
    DOCKERFILE,
    PAGE,
    Installation,
    clean_environ,
    installation,
)
from tests.support.markdown import code_blocks
from tests.support.redis_server import PROGRAM
from tests.support.serving import PROJECT, ServerProcess

(UNIT,) = code_blocks(PAGE, "ini")
COMPOSE: Any = yaml.safe_load(code_blocks(PAGE, "yaml")[0])
(NGINX,) = code_blocks(PAGE, "nginx")
(LOG_LINE,) = code_blocks(PAGE, "json")
CONSOLES = code_blocks(PAGE, "console")

(IMAGE_COMMAND,) = (json.loads(found) for found in re.findall(r"^CMD (.+)$", DOCKERFILE, re.M))
UNIT_COMMAND = shlex.split(re.findall(r"^ExecStart=(.+)$", UNIT, re.M)[0])

KEY = "a-key-for-tests"
MESSAGE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return installation(tmp_path_factory)


@pytest.fixture
def start(installed: Installation, emulator: Emulator, tmp_path: Path) -> Iterator[Any]:
    """Start a command of the page on a free port, from an empty directory."""
    with ExitStack() as stack:

        def started(command: list[str], **environ: str) -> tuple[ServerProcess, str]:
            program, *options = command
            options = [re.sub(r":9000$", ":0", option) for option in options]
            process = ServerProcess(
                installed.program(Path(program).name),
                *options,
                project=tmp_path,
                own_group=False,
                python=installed.python,
                **{
                    "SMS_CONNECTOR_CONFIG": json.dumps(example_config(emulator.url)),
                    "SMS_CONNECTOR_AUTHORIZATION": KEY,
                    **environ,
                },
            )
            stack.enter_context(process)
            address = process.find(r"Listening at: http://\S+:(\d+)", in_err=True)
            return process, f"http://127.0.0.1:{address}"

        yield started


def send(url: str, **options: Any) -> requests.Response:
    headers = {"Authorization": KEY}
    return requests.post(url, json=MESSAGE, headers=headers, timeout=20, **options)


@pytest.mark.parametrize("command", [IMAGE_COMMAND, UNIT_COMMAND], ids=["image", "unit"])
@pytest.mark.long
def test_the_server_s_command_runs_and_stops_in_time(
    start: Any, emulator: Emulator, command: list[str]
) -> None:
    server, url = start(command)
    assert send(url).json()["bizId"] == emulator.inbox.messages()[0].biz_id
    wanted = json.loads(LOG_LINE)
    line = json.loads(server.find(r"^\{.*", in_err=True))
    assert line.keys() == wanted.keys()
    assert server.stop(signal.SIGTERM) == 0


@pytest.mark.long
def test_the_image_s_health_check_succeeds_only_while_messages_can_be_sent(
    start: Any, installed: Installation
) -> None:
    kind, program, *arguments = COMPOSE["services"]["sms-connector"]["healthcheck"]["test"]
    assert kind == "CMD"

    def is_healthy(url: str) -> bool:
        told = [argument.replace("http://127.0.0.1:9000", url) for argument in arguments]
        command = [installed.placed(program), *told]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603

    server, url = start(IMAGE_COMMAND)
    assert is_healthy(url)
    server.stop(signal.SIGTERM)
    assert not is_healthy(url)
    assert not is_healthy(start(IMAGE_COMMAND, SMS_CONNECTOR_CONFIG="{}")[1])


def test_the_compose_file_waits_for_a_stop_and_passes_what_must_be_set() -> None:
    service = COMPOSE["services"]["sms-connector"]
    assert int(service["stop_grace_period"].removesuffix("s")) > 30  # gunicorn's own
    passed = {name for name, text in service["environment"].items() if text.startswith("${")}
    shown = re.search(r"^Set (.*) before `docker compose up`", PAGE, re.M)
    assert shown
    assert passed == set(re.findall(r"SMS_CONNECTOR_\w+", shown[1]))


def test_the_store_s_command_starts_a_server_that_refuses_to_forget(tmp_path: Path) -> None:
    program, *options = COMPOSE["services"]["store"]["command"]
    assert program == "valkey-server"
    port = free_port()
    store = subprocess.Popen(  # noqa: S603
        [PROGRAM, *options, "--port", str(port)], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    try:
        from valkey import Valkey

        with Valkey("127.0.0.1", port) as client:
            deadline = time.monotonic() + 20
            while True:
                try:
                    policy: Any = client.config_get("maxmemory*")
                    break
                except Exception:  # noqa: BLE001  (it is starting)
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
        assert policy["maxmemory-policy"] == "noeviction"
        assert policy["maxmemory"] == str(256 * 1024 * 1024)
    finally:
        store.kill()
        store.wait()


@pytest.mark.long
def test_the_systemd_unit_is_valid(installed: Installation, tmp_path: Path) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(UNIT)
    assert int(parser["Service"]["TimeoutStopSec"]) > 30  # gunicorn's own
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    unit = tmp_path / "sms-connector.service"
    unit.write_text(UNIT.replace("/opt/sms-connector", str(installed.venv)))
    ran = subprocess.run(  # noqa: S603
        [analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in ran.stderr.splitlines() if "sms-connector" in line]
    assert (ran.returncode, ours) == (0, [])


@pytest.mark.long
def test_the_commands_to_try_it_show_what_the_page_says(
    installed: Installation, emulator: Emulator, tmp_path: Path
) -> None:
    setup, server, caller = CONSOLES
    *installing, emulate = commands(setup)
    # These have been run, from a copy without the rest of the project: see Installation.
    assert installing == [
        "python3 -m venv build/server",
        "build/server/bin/pip install --quiet . gunicorn",
    ]
    assert Path(emulate).name == "aliyun-sms-emulator"
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "server").symlink_to(installed.venv)
    example = (PROJECT / "docs/examples/connector.example.json").read_text("utf-8")
    (tmp_path / "docs/examples").mkdir(parents=True)
    (tmp_path / "docs/examples/connector.example.json").write_text(
        example.replace("http://127.0.0.1:8025", emulator.url)
    )
    script = "\n".join(commands(server)).replace(":9000", ":0")
    *before, last = script.splitlines()
    with subprocess.Popen(  # noqa: S603
        ["bash", "-ec", "\n".join([*before, f"exec {last} --no-control-socket"])],  # noqa: S607
        cwd=tmp_path,
        env=clean_environ(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        url = next(
            match[1] for line in process.stderr if (match := re.search(r"at: (http://\S+)", line))
        )
        health, message = commands(caller)
        assert "9000" in health
        assert bash(health.replace("http://127.0.0.1:9000", url)) == '{"status":"ok"}'
        assert f'$ {health}\n{{"status":"ok"}}\n' in caller
        answer = json.loads(bash(message.replace("http://127.0.0.1:9000", url)))
        process.terminate()
    assert answer["bizId"] == emulator.inbox.messages()[0].biz_id


def commands(fence: str) -> list[str]:
    return re.findall(r"^\$ (.+)$", fence, re.M)


def bash(command: str) -> str:
    ran = subprocess.run(  # noqa: S603
        ["bash", "-c", command.replace("curl", "curl -s", 1)],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    return ran.stdout


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
@pytest.mark.long
def test_nginx_passes_on_what_the_function_takes(
    start: Any, emulator: Emulator, tmp_path: Path
) -> None:
    server, url = start(IMAGE_COMMAND, SMS_CONNECTOR_REPORT_TOKEN="a-token-for-tests")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    roots, chain, key = (str(tmp_path / name) for name in ("roots.pem", "chain.pem", "key.pem"))
    authority.cert_pem.write_to_path(roots)
    certificate.cert_chain_pems[0].write_to_path(chain)
    certificate.private_key_pem.write_to_path(key)
    port = free_port()
    config = (
        NGINX.replace("listen 443", f"listen 127.0.0.1:{port}")
        .replace("http://127.0.0.1:9000", url)
        .replace("/etc/ssl/sms.example.com.pem", chain)
        .replace("/etc/ssl/sms.example.com.key", key)
    )
    written = tmp_path / "nginx.conf"
    written.write_text(
        f"user root; daemon off; pid {tmp_path}/pid; error_log stderr;\n"
        "events {}\nhttp { access_log off;\n"
        f"client_body_temp_path {tmp_path}/body;\nproxy_temp_path {tmp_path}/proxy;\n{config}}}\n"
    )
    nginx = subprocess.Popen(  # noqa: S603
        ["nginx", "-p", str(tmp_path), "-c", str(written)],  # noqa: S607
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"https://localhost:{port}"
        deadline = time.monotonic() + 20
        while True:
            try:
                answer = send(address, verify=roots)
                break
            except requests.ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert answer.json()["bizId"] == emulator.inbox.messages()[0].biz_id
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])

        def post(path: str, size: int) -> int:
            data = bytes(size)
            return requests.post(address + path, data=data, verify=roots, timeout=20).status_code

        assert post("/", 64 * 1024 + 1) == 413
        assert post("/", 64 * 1024) == 401
        assert post("/reports/a-token-for-tests", 1024 * 1024) == 200
        assert post("/reports/a-token-for-tests", 1024 * 1024 + 1) == 413
        assert not any("413" in line for line in server.err)  # refused before the function
    finally:
        nginx.terminate()
        nginx.wait(20)
