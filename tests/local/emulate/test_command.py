from __future__ import annotations

import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.emulate.command import emulate
from sms_connector.local.emulate.server import Emulator

from .calling import CODE, GOOD, PHONE, rpc

RUN = "from sms_connector.local.emulate.command import emulate; emulate()"


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_emulate_runs_until_stopped_and_prints_no_code_and_no_whole_number(
    by: signal.Signals,
) -> None:
    command = [sys.executable, "-W", "error", "-c", RUN, "--port", "0", "--no-flow-control"]
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        greeting = [process.stdout.readline() for _ in range(4)]
        url = greeting[0].split()[-1]
        emulator: Emulator = SimpleNamespace(url=url)  # type: ignore[assignment]
        assert [rpc(emulator).json()["Code"] for _ in range(2)] == ["OK", "OK"]
        lines = [process.stdout.readline() for _ in range(2)]
    finally:
        process.send_signal(by)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest.strip(), errors) == (0, "", "")
    assert greeting[1] == f"access key {ORDINARY_KEY.id} {ORDINARY_KEY.secret}\n"
    assert "connector.example.json" in greeting[2]
    assert f"GET {url}/inbox" in greeting[3]
    for line in lines:
        _, number, template, sign, hint = line.split(maxsplit=4)
        assert (number, template) == ("138****5678", GOOD["TemplateCode"])
        assert (sign, hint.strip()) == ("【码上登录】", "see /inbox")
        assert PHONE not in line
        assert CODE not in line


def test_emulate_outside_the_mainland_refuses_what_goes_there() -> None:
    command = [sys.executable, "-c", RUN, "--port", "0", "--outside-mainland"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        emulator: Emulator = SimpleNamespace(url=url)  # type: ignore[assignment]
        assert rpc(emulator).json()["Code"] == "isv.DENY_IP_RANGE"
        process.send_signal(signal.SIGTERM)


def test_a_taken_port_is_one_sentence(emulator: Emulator) -> None:
    port = emulator.url.rsplit(":", 1)[1]
    result = CliRunner().invoke(emulate, ["--port", port])
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: Port {port} of 127.0.0.1 is taken: stop what")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_an_invalid_port_is_refused(port: str) -> None:
    assert CliRunner().invoke(emulate, ["--port", port]).exit_code == 2
