"""`serve` as a person starts it: a process on a terminal."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from sms_connector.local.demo import EXAMPLE
from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.serve import emulated_settings
from sms_connector.local.serve.command import serve
from sms_connector.local.serve.emulated_settings import missing_settings
from tests.support.serving import ServeProcess

EMULATOR = ("--emulator", "--emulator-port=0")


@pytest.fixture(scope="module")
def running() -> Iterator[ServeProcess]:
    with ServeProcess(*EMULATOR) as process:
        yield process


class TestGreeting:
    def test_the_first_call_works_as_it_is_shown(self, running: ServeProcess) -> None:
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed")
        command = shlex.split(running.find(r"^Try: (.*)"))
        answer = subprocess.run(  # noqa: S603
            [*command, "--silent"], capture_output=True, text=True, timeout=20, check=True
        )
        code = json.loads(answer.stdout)["code"]
        inbox = running.find(r"GET (\S+/inbox)")
        assert code in requests.get(inbox, timeout=5).json()[0]["content"]

    def test_lines_of_the_function_have_time_request_id_and_level(
        self, running: ServeProcess
    ) -> None:
        authorization = running.find(r"^Authorization for this run: (\S+)")
        answer = requests.post(
            running.url,
            json={"phone": "19900000101", "usageType": "SignIn", "code": "246810"},
            headers={"Authorization": authorization},
            timeout=10,
        )
        request_id = answer.headers["X-Fc-Request-Id"]
        line = running.find(rf"^(.*) {request_id} \[WARNING\] {{", in_err=True)
        assert line[10] == "T"
        assert line.endswith("Z")

    def test_nothing_secret_or_personal_is_shown(self, running: ServeProcess) -> None:
        message = {"phone": "13912345678", "usageType": "SignIn", "code": "A1B2C3"}
        authorization = {"Authorization": running.find(r"^Authorization for this run: (\S+)")}
        answer = requests.post(running.url, json=message, headers=authorization, timeout=10)
        assert answer.status_code == 200
        running.find("139....5678", in_err=True)
        shown = "".join(running.out + running.err)
        for secret in (ORDINARY_KEY.secret, ORDINARY_KEY.id, "13912345678", "A1B2C3"):
            assert secret not in shown
        assert "13912345678" not in shown

    def test_a_value_that_is_set_is_not_shown(self) -> None:
        with ServeProcess(*EMULATOR, SMS_CONNECTOR_AUTHORIZATION="a-value-of-mine") as process:
            assert '"Authorization: $SMS_CONNECTOR_AUTHORIZATION"' in process.find("^Try: .*")
            assert requests.post(process.url, timeout=10).status_code == 401
        assert "a-value-of-mine" not in "".join(process.out + process.err)

    def test_it_says_so_if_messages_go_elsewhere(self) -> None:
        config = json.loads(EXAMPLE.read_text("utf-8"))
        elsewhere = json.dumps({**config, "endpoint": "dysmsapi.example.com"})
        with ServeProcess(*EMULATOR, SMS_CONNECTOR_CONFIG=elsewhere) as process:
            assert process.find("^Your own connector config sends elsewhere")


class TestStopping:
    @pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
    def test_leaves_nothing_behind(self, by: signal.Signals) -> None:
        with ServeProcess(*EMULATOR) as process:
            url = process.url
            assert requests.get(f"{url}/health", timeout=10).status_code == 200
            assert process.stop(by) == 0
        assert process.err == []
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=5)


class TestPort:
    def test_one_that_is_taken_is_told_in_one_line(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            for options in (["--port", port], ["--port=0", "--emulator", "--emulator-port", port]):
                result = CliRunner().invoke(serve, options)
                assert result.exit_code == 1
                error = result.output.splitlines()[-1]
                assert error.startswith(f"Error: cannot serve on 127.0.0.1:{port}: Address already")

    @pytest.mark.parametrize("options", [["--port=65536"], ["--envelope=http4"]])
    def test_options_that_make_no_sense_are_refused(self, options: list[str]) -> None:
        assert CliRunner().invoke(serve, options).exit_code == 2


class TestMissingSettings:
    @pytest.fixture(autouse=True)
    def _no_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(emulated_settings, "CONNECTOR_FILE", tmp_path / "connector.json")

    def test_are_the_example_at_the_emulator_and_a_random_authorization(self) -> None:
        one, other = (missing_settings({}, "http://127.0.0.1:1") for _ in range(2))
        config: dict[str, Any] = json.loads(one["SMS_CONNECTOR_CONFIG"])
        assert config["endpoint"] == "http://127.0.0.1:1"
        assert one["SMS_CONNECTOR_AUTHORIZATION"] != other["SMS_CONNECTOR_AUTHORIZATION"]
        assert len(one["SMS_CONNECTOR_AUTHORIZATION"]) >= 32

    @pytest.mark.parametrize("name", ["SMS_CONNECTOR_CONFIG", "SMS_CONNECTOR_CONFIG_FILE"])
    def test_are_no_config_where_there_is_one(self, name: str) -> None:
        assert missing_settings({name: "x"}, "").keys() == {"SMS_CONNECTOR_AUTHORIZATION"}

    def test_are_no_config_beside_a_connector_json(self) -> None:
        emulated_settings.CONNECTOR_FILE.write_text("{}", "utf-8")
        assert missing_settings({}, "").keys() == {"SMS_CONNECTOR_AUTHORIZATION"}

    @pytest.mark.parametrize("name", ["AUTHORIZATION", "WEBHOOK_SECRETS", "ANONYMOUS"])
    def test_are_no_credential_where_there_is_one(self, name: str) -> None:
        assert missing_settings({f"SMS_CONNECTOR_{name}": "x"}, "").keys() == {
            "SMS_CONNECTOR_CONFIG"
        }
