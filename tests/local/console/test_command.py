from __future__ import annotations

import json
import signal
import subprocess
import sys
import webbrowser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from click.testing import CliRunner

from sms_connector.local.console import command
from sms_connector.local.console.server import Console

MODULE = [sys.executable, "-W", "error", "-m", "sms_connector", "console"]


def test_it_serves_until_interrupted_and_begins_with_its_address(file: Path) -> None:
    options = ["--no-browser", "--emulator", "--config", str(file)]
    process = subprocess.Popen(  # noqa: S603
        [*MODULE, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = urlsplit(process.stdout.readline().strip())
        [token] = parse_qs(address.query)["token"]
        assert process.stdout.readline().startswith("SMS emulator on http://127.0.0.1:")
        url = f"http://{address.netloc}/api/settings"
        settings = requests.get(url, headers={"X-Console-Token": token}, timeout=5).json()
    finally:
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest.strip(), errors) == (0, "", "")
    assert address.hostname == "127.0.0.1"
    assert settings["form"]["signName"] == "码上登录"
    assert settings["file"]["path"] == str(file)
    assert not file.exists()


@pytest.mark.parametrize("options", [[], ["--no-browser"]])
def test_it_opens_the_address_unless_told_not_to(
    monkeypatch: pytest.MonkeyPatch, file: Path, options: list[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

    class Interrupted:
        def wait(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(command.threading, "Event", Interrupted)  # type: ignore[attr-defined]
    monkeypatch.setattr(command, "Console", FakeConsole)
    result = CliRunner().invoke(command.console, [*options, "--config", str(file)])
    assert (result.exit_code, result.output.splitlines()[0]) == (0, "http://address")
    assert opened == ([] if options else ["http://address"])


class FakeConsole:
    url = "http://address"

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> FakeConsole:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_a_port_that_is_taken_is_told_in_one_line(console: Console, file: Path) -> None:
    port = console.origin.rsplit(":", 1)[1]
    options = ["--port", port, "--no-browser", "--config", str(file)]
    result = CliRunner().invoke(command.console, options)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: cannot serve on 127.0.0.1:{port}: Address already in")


def test_a_file_that_is_there_is_what_the_form_begins_with(file: Path) -> None:
    file.write_text(json.dumps({"signName": "我的签名", "accessKeySecret": "kept"}))
    with Console(file) as console:
        headers = {"X-Console-Token": console.token}
        answer = requests.get(f"{console.origin}/api/settings", headers=headers, timeout=5)
    assert answer.json()["form"]["signName"] == "我的签名"
    assert "kept" not in answer.text.replace("secretKept", "")
