"""`serve` as a process on a terminal."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest
import requests
from click.testing import CliRunner

from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.example import example_config
from sms_connector.local.serve import command
from sms_connector.local.serve.command import serve
from sms_connector.local.serve.reload import Served
from tests.support.serving import ServeProcess
from tests.support.verifying import wrong

EMULATOR = ("--emulator", "--emulator-port=0")
WEB = (*EMULATOR, "--web")


@pytest.fixture(scope="module")
def running() -> Iterator[ServeProcess]:
    with ServeProcess(*WEB) as process:
        yield process


class TestGreeting:
    def test_the_request_that_is_printed_works(self, running: ServeProcess) -> None:
        running.find(r"^Ready")
        code = json.loads(shell(printed_request(running)))["code"]
        inbox = running.find(r"GET (\S+/inbox)")
        assert code in requests.get(inbox, timeout=5).json()[0]["content"]

    def test_the_verification_that_is_printed_works(self, running: ServeProcess) -> None:
        running.find(r"^Ready")
        started = json.loads(shell(running.find(r"^Verify: (.*)")))
        assert started["status"] == "pending"
        inbox = running.find(r"GET (\S+/inbox)")
        code = requests.get(inbox, timeout=5).json()[0]["templateParam"]["code"]
        check = running.find(r"^Check, .*?: (.*)")
        # The printed code is a guess that is wrong, but for one verification in a million.
        first = json.loads(shell(check.replace("000000", wrong(code))))
        assert first["error"]["attemptsLeft"] == 2
        assert json.loads(shell(check.replace("000000", code)))["status"] == "approved"

    def test_log_lines_of_the_function_have_time_request_id_and_level(
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

    def test_no_secret_and_no_whole_number_is_printed(self, running: ServeProcess) -> None:
        message = {"phone": "13912345678", "usageType": "SignIn", "code": "918273"}
        authorization = {"Authorization": running.find(r"^Authorization for this run: (\S+)")}
        answer = requests.post(running.url, json=message, headers=authorization, timeout=10)
        assert answer.status_code == 200
        running.find("139....5678", in_err=True)
        shown = "".join(running.out + running.err)
        for secret in (ORDINARY_KEY.secret, ORDINARY_KEY.id, "13912345678", "918273"):
            assert secret not in shown
        assert "13912345678" not in shown

    def test_a_credential_of_the_user_is_not_printed(self) -> None:
        with ServeProcess(*EMULATOR, SMS_CONNECTOR_AUTHORIZATION="a-value-of-mine") as process:
            assert '"Authorization: $SMS_CONNECTOR_AUTHORIZATION"' in process.find("^Try: .*")
            assert requests.post(process.url, timeout=10).status_code == 401
        assert "a-value-of-mine" not in "".join(process.out + process.err)

    def test_without_a_credential_every_call_will_be_refused(self) -> None:
        with ServeProcess() as process:
            assert process.find(r"^Every HTTP call will be refused\. .*SMS_CONNECTOR_AUTHORIZATION")
            assert requests.post(process.url, timeout=10).status_code == 401

    def test_the_templates_of_an_emulated_run_are_named_and_said_not_to_be_one_s_own(
        self, running: ServeProcess
    ) -> None:
        line = running.find(r"^Sign and templates: .*")
        assert "the emulator's (SMS_200000001, SMS_200000002, SMS_200000102, " in line
        assert "Those of your connector JSON are not tried" in line

    @pytest.mark.parametrize(
        "credentials", [{}, {"SMS_CONNECTOR_AUTHORIZATION": "Bearer one"}], ids=["alone", "second"]
    )
    def test_the_request_that_is_printed_with_a_signature_works_as_it_is(
        self, credentials: dict[str, str]
    ) -> None:
        several = f"v1,whsec_{secret()} | v1,whsec_{secret()}"
        with ServeProcess(
            *EMULATOR,
            SMS_CONNECTOR_BASE_PATH="/sms",
            SMS_CONNECTOR_WEBHOOK_SECRETS=several,
            **credentials,  # type: ignore[arg-type]
        ) as process:
            process.find(r"^Ready")
            request = process.find(r"^Signed by a webhook secret, valid for five minutes: (.*)")
            code = json.loads(shell(request))["code"]
            inbox = process.find(r"GET (\S+/inbox)")
            assert code in requests.get(inbox, timeout=5).json()[0]["content"]
            changed = json.loads(shell(request.replace("13812345678", "13912345678")))
            assert changed["error"]["code"] == "authorization_failed"
        assert not any(part in "".join(process.out) for part in several.split(" | "))

    @pytest.mark.parametrize("credential", ["AUTHORIZATION", "ANONYMOUS"])
    def test_the_request_that_is_printed_works_with_the_credential_of_the_user(
        self, credential: str
    ) -> None:
        values = {
            "AUTHORIZATION": "Bearer one, Bearer two",
            "ANONYMOUS": "true",
        }
        variable = {f"SMS_CONNECTOR_{credential}": values[credential]}
        with ServeProcess(
            *WEB,
            SMS_CONNECTOR_BASE_PATH="/sms",
            **variable,  # type: ignore[arg-type]
        ) as process:
            process.find(r"^Ready")
            code = json.loads(shell(printed_request(process), **variable))["code"]
            inbox = process.find(r"GET (\S+/inbox)")
            assert code in requests.get(inbox, timeout=5).json()[0]["content"]
            commands = [line for line in process.out if line.startswith(("Verify: ", "Check, "))]
            outcomes = [shell(line.split(": ", 1)[1], **variable) for line in commands]
            for outcome, expected in zip(outcomes, ("pending", "code_mismatch"), strict=True):
                assert expected in outcome
        if credential != "ANONYMOUS":
            assert values[credential] not in "".join(process.out + process.err)


class TestRealMessages:
    @pytest.fixture
    def real(self) -> str:
        return json.dumps(example_config("dysmsapi.example.com"))

    def test_the_first_line_says_that_messages_are_real(self, real: str) -> None:
        with ServeProcess(SMS_CONNECTOR_CONFIG=real) as process:
            process.find(r"^Ready")
        first = process.out[0]
        assert first == "REAL: dysmsapi.example.com sends every message, and bills it.\n"

    def test_with_an_emulator_a_real_config_is_not_used(self, real: str) -> None:
        with ServeProcess(
            *EMULATOR, SMS_CONNECTOR_CONFIG=real, SMS_CONNECTOR_ANONYMOUS="true"
        ) as process:
            body = {"phone": "13812345678", "usageType": "SignIn"}
            answer = requests.post(process.url, json=body, timeout=10)
            inbox = requests.get(process.find(r"GET (\S+/inbox)"), timeout=5).json()
        assert process.out[0].startswith("EMULATED: messages go to http://127.0.0.1:")
        assert answer.json()["bizId"] == inbox[0]["bizId"]


class TestFlowControl:
    @pytest.mark.parametrize("option", [(), ("--flow-control",)])
    def test_the_second_message_is_refused_with_flow_control_only(
        self, option: tuple[str, ...]
    ) -> None:
        with ServeProcess(*EMULATOR, *option, SMS_CONNECTOR_ANONYMOUS="true") as process:

            def send() -> int:
                body = {"phone": "13812345678", "usageType": "SignIn"}
                return requests.post(process.url, json=body, timeout=10).status_code

            limited = 429 if option else 200
            assert [send() for _ in range(3)] == [200, limited, limited]

    def test_flow_control_needs_an_emulator(self) -> None:
        assert CliRunner().invoke(serve, ["--flow-control"]).exit_code == 2


class TestPort:
    def test_a_taken_port_that_was_asked_for_is_one_sentence(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            for options in (["--port", port], ["--port=0", "--emulator", "--emulator-port", port]):
                result = CliRunner().invoke(serve, options)
                assert result.exit_code == 1
                sentence = f"Error: Port {port} of 127.0.0.1 is taken: stop what listens there"
                assert result.output.startswith(sentence)
                assert result.output.count("\n") == 1

    def test_a_taken_default_port_is_replaced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        served: list[Served] = []
        monkeypatch.setattr(
            command, "serve_and_reload", lambda _, served_, __: served.append(served_)
        )
        with (
            socket.create_server(("127.0.0.1", 0)) as one,
            socket.create_server(("127.0.0.1", 0)) as two,
        ):
            ports = [taken.getsockname()[1] for taken in (one, two)]
            by_name = {option.name: option for option in serve.params}
            for name, port in zip(("port", "emulator_port"), ports, strict=True):
                monkeypatch.setattr(by_name[name], "default", port)
            result = CliRunner().invoke(serve, ["--emulator"])
        assert result.exit_code == 0
        for port in ports:
            assert f"Port {port} is taken: http://127.0.0.1:" in result.output
        assert not served[0].emulated.url.endswith(f":{ports[1]}")

    @pytest.mark.parametrize("options", [["--port=65536"], ["--envelope=http4"]])
    def test_an_invalid_option_is_refused(self, options: list[str]) -> None:
        assert CliRunner().invoke(serve, options).exit_code == 2


def secret() -> str:
    return base64.b64encode(secrets.token_bytes(24)).decode()


def printed_request(process: ServeProcess) -> str:
    """Return the commands after "Try: "."""
    text = "".join(process.out)
    return re.split(r"\n(?:Ready\.|Verify: |Up to )", text.split("Try: ", 1)[1])[0]


def shell(commands: str, **environ: str) -> str:
    """Run commands in a shell, and return what they print."""
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.skip("bash or curl is not installed")
    done = subprocess.run(  # noqa: S603
        [bash, "-c", commands],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
        env={**os.environ, **environ},
    )
    return done.stdout
