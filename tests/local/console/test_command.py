from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import webbrowser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
from click.testing import CliRunner

from sms_connector.local.console import command
from sms_connector.local.console.browser import open_in_browser
from sms_connector.local.console.server import Console
from tests.support.configs import config

MODULE = [sys.executable, "-W", "error", "-m", "sms_connector", "console"]
ADDRESS = "http://127.0.0.1:1/?token=the-token&x=<y>"


def test_the_console_serves_until_interrupted_and_prints_where_messages_go_first(
    file: Path,
) -> None:
    file.write_text(json.dumps(config()))  # a real one, which --emulator overrules
    options = ["--no-browser", "--emulator", "--config", str(file)]
    process = subprocess.Popen(  # noqa: S603
        [*MODULE, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Messages go to the SMS emulator on http://")
        address = urlsplit(process.stdout.readline().strip())
        [token] = parse_qs(address.query)["token"]
        url = f"http://{address.netloc}/api/settings"
        settings = requests.get(url, headers={"X-Console-Token": token}, timeout=5).json()
    finally:
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest.strip(), errors) == (0, "", "")
    assert address.hostname == "127.0.0.1"
    assert settings["form"]["signName"] == "阿里云短信测试"
    assert settings["file"]["path"] == str(file)


class Interrupted:
    """A threading.Event that Ctrl-C ends at once."""

    def wait(self) -> None:
        raise KeyboardInterrupt


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int]]:
    """What the browser was started with: the address, the file's text and its mode."""
    opened: list[tuple[str, str, int]] = []

    def open_(url: str) -> None:
        path = Path(unquote(urlsplit(url).path))
        opened.append((url, path.read_text("utf-8"), stat.S_IMODE(path.stat().st_mode)))

    monkeypatch.setattr(webbrowser, "open", open_)
    monkeypatch.setattr(command, "threading", SimpleNamespace(Event=Interrupted))
    return opened


@pytest.mark.parametrize("options", [[], ["--no-browser"]])
def test_no_browser_opens_no_browser(
    opened: list[tuple[str, str, int]], file: Path, options: list[str]
) -> None:
    result = CliRunner().invoke(command.console, [*options, "--config", str(file)])
    assert result.exit_code == 0
    assert len(opened) == (0 if options else 1)


def test_the_token_is_not_in_the_arguments_of_the_browser(
    opened: list[tuple[str, str, int]], file: Path
) -> None:
    result = CliRunner().invoke(command.console, ["--config", str(file)])
    address = result.output.splitlines()[1]
    [token] = parse_qs(urlsplit(address).query)["token"]
    [(url, page, mode)] = opened
    assert url.startswith("file:///")
    assert token not in url
    assert f'content="0; url={address}"' in page
    assert mode == 0o600
    assert not Path(unquote(urlsplit(url).path)).exists()


def test_the_redirecting_file_escapes_the_address(opened: list[tuple[str, str, int]]) -> None:
    with open_in_browser(ADDRESS):
        pass
    assert 'url=http://127.0.0.1:1/?token=the-token&amp;x=&lt;y&gt;"' in opened[0][1]


@pytest.mark.parametrize(
    ("endpoint", "line", "colour"),
    [
        (None, "Messages are REAL and cost money.", "31"),
        ("dysmsapi.aliyuncs.com", "Messages are REAL and cost money.", "31"),
        ("http://127.0.0.1:8025", "Messages go to http://127.0.0.1:8025 on this machine", "32"),
    ],
)
@pytest.mark.usefixtures("opened")
def test_the_first_line_says_in_colour_whether_messages_are_real(
    file: Path, endpoint: str | None, line: str, colour: str
) -> None:
    if endpoint is not None:
        file.write_text(json.dumps({"endpoint": endpoint}))
    options = ["--no-browser", "--config", str(file)]
    result = CliRunner().invoke(command.console, options, color=True)
    first = result.output.splitlines()[0]
    assert line in first
    assert first.startswith(f"\x1b[{colour}m")


def test_a_taken_port_is_reported_in_one_line(console: Console, file: Path) -> None:
    port = console.url.rsplit(":", 1)[1]
    options = ["--port", port, "--no-browser", "--config", str(file)]
    result = CliRunner().invoke(command.console, options)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: Port {port} of 127.0.0.1 is taken")


def test_the_form_begins_with_an_existing_file(file: Path) -> None:
    file.write_text(json.dumps({"signName": "我的签名", "accessKeySecret": "kept"}))
    with Console(file) as console:
        headers = {"X-Console-Token": console.token}
        answer = requests.get(f"{console.url}/api/settings", headers=headers, timeout=5)
    assert answer.json()["form"]["signName"] == "我的签名"
    assert "kept" not in answer.text.replace("secretKept", "")
