from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from sms_connector.local import endpoint
from sms_connector.local.emulate.account import STS_KEY
from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.pnvs_account import GIVEN_SIGNS
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.send import command, delivery
from sms_connector.local.send.command import send
from tests.support.commands import Ran, run, start
from tests.support.configs import GIVEN_TEMPLATES

PHONE = "13812345678"
SIGN_IN = ("--usage-type", "SignIn")


@pytest.fixture(scope="module")
def swift() -> Iterator[Emulator]:
    """An emulator that delivers at once."""
    with Emulator(flow_control=False, delivery_delay=0) as emulator:
        yield emulator


def send_(*arguments: str, whole: dict[str, Any], **environ: str) -> Ran:
    return run("send", *arguments, SMS_CONNECTOR_CONFIG=json.dumps(whole), **environ)


def test_a_message_to_an_emulator_is_sent_without_confirmation(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    ran = send_("--phone", PHONE, *SIGN_IN, "--code", "246810", whole=example)
    assert (ran.code, ran.err) == (0, "")
    [message] = emulator.inbox.messages()
    assert ran.json == {
        "bizId": message.biz_id,
        "requestId": message.request_id,
        "usageType": "SignIn",
        "templateCode": "SMS_200000002",
    }
    assert message.template_param == {"code": "246810"}


def test_a_code_that_was_made_here_is_printed(emulator: Emulator, example: dict[str, Any]) -> None:
    ran = send_("--phone", "+852 5123 4567", *SIGN_IN, whole=example)
    [message] = emulator.inbox.messages()
    assert message.template_param == {"code": ran.json["code"]}
    assert message.template_code == "SMS_200000102"


@pytest.mark.parametrize(
    ("phone", "code", "error", "sent"),
    [
        ("123", 1, "invalid_request_parameters", False),
        (number_for("isv.AMOUNT_NOT_ENOUGH"), 1, "usage_limit_exceeded", False),
        (number_for(Behaviour.RESET_AFTER), 3, "general", None),
        (number_for(Behaviour.EMPTY), 3, "invalid_response", None),
    ],
)
def test_a_failure_is_printed_in_full_and_the_exit_code_separates_refused_from_unknown(
    example: dict[str, Any], phone: str, code: int, error: str, sent: bool | None
) -> None:
    ran = send_("--phone", phone, *SIGN_IN, "--code", "246810", whole=example)
    assert (ran.code, ran.err) == (code, "")
    assert (ran.json["error"]["code"], ran.json["error"]["sent"]) == (error, sent)
    assert "246810" not in ran.out
    assert phone not in ran.out


def test_without_settings_nothing_is_sent_and_the_error_names_what_to_set() -> None:
    ran = run("send", "--phone", PHONE, *SIGN_IN)
    assert ran.code == 1
    assert "SMS_CONNECTOR_CONFIG" in ran.json["error"]["message"]


@pytest.mark.parametrize("arguments", [(), ("--phone", PHONE), SIGN_IN, ("--phone",)])
def test_phone_and_usage_type_are_required_options(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(send, arguments).exit_code == 2


def test_a_message_by_a_given_template_is_sent_and_its_delivery_is_not_queried(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    given = example | {"signName": GIVEN_SIGNS[0], "templates": GIVEN_TEMPLATES}
    ran = send_("--phone", PHONE, *SIGN_IN, "--code", "246810", "--wait", whole=given)
    [message] = emulator.inbox.messages()
    assert message.template_param == {"code": "246810", "min": "10"}
    assert ran.code == 3
    assert message.biz_id in ran.out
    assert '"state": "unknown"' in ran.out
    assert "has no query of the delivery state" in ran.err


def test_a_message_by_the_backup_says_so_and_its_delivery_is_not_queried(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    backup = {"templateCode": "100001", "signName": GIVEN_SIGNS[0]}
    lapsed = {**example, "signName": "失效的签名", "backup": backup}
    ran = send_("--phone", PHONE, *SIGN_IN, "--wait", whole=lapsed)
    assert ran.code == 3
    assert "It was sent with the backup: The account of the access key" in ran.err
    assert "has no query of the delivery state" in ran.err
    assert '"templateCode": "100001"' in ran.out
    assert "backupFor" not in ran.out
    assert len(emulator.inbox.messages()) == 1


# --- asking first ---------------------------------------------------------------------------

REAL = "192.0.2.1:1"  # an address reserved for documentation: nothing answers


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_a_real_message_is_not_sent_without_confirmation(
    example: dict[str, Any], typed: str
) -> None:
    settings = json.dumps(example | {"endpoint": REAL})
    started = time.monotonic()
    ran = run("send", "--phone", PHONE, *SIGN_IN, typed=typed, SMS_CONNECTOR_CONFIG=settings)
    assert time.monotonic() - started < 10
    assert (ran.code, ran.out) == (1, "")
    assert "138****5678" in ran.err
    assert "SMS_200000002" in ran.err
    assert "costs money" in ran.err
    assert "Nothing was sent." in ran.err
    assert PHONE not in ran.err


@pytest.mark.parametrize(("arguments", "typed"), [((), "y\n"), (("--yes",), "")])
def test_a_confirmed_message_is_sent(
    emulator: Emulator,
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    typed: str,
) -> None:
    configure(example)
    monkeypatch.setattr(endpoint, "is_emulator", lambda _: False)
    result = CliRunner().invoke(send, ["--phone", PHONE, *SIGN_IN, *arguments], input=typed)
    assert result.exit_code == 0
    assert len(emulator.inbox.messages()) == 1


# --- waiting for the delivery ---------------------------------------------------------------


def documents(out: str) -> list[Any]:
    """Read the JSON documents of an output that must hold nothing else."""
    decoder, read = json.JSONDecoder(), []
    while out := out.strip():
        document, end = decoder.raw_decode(out)
        read.append(document)
        out = out[end:]
    return read


def test_wait_prints_that_the_message_was_delivered(
    swift: Emulator, example: dict[str, Any]
) -> None:
    whole = example | {"endpoint": swift.url}
    ran = send_("--phone", PHONE, *SIGN_IN, "--wait", whole=whole)
    answer, delivered = documents(ran.out)
    assert ran.code == 0
    assert answer["bizId"]
    assert delivered == {"delivery": {"state": "delivered"}}
    assert ran.err == "On its way to 138****5678 …\n"


def test_wait_prints_why_the_message_was_not_delivered(
    swift: Emulator, example: dict[str, Any]
) -> None:
    phone = number_for("MOBILE_IN_BLACK")
    whole = example | {"endpoint": swift.url}
    ran = send_("--phone", phone, *SIGN_IN, "--wait", whole=whole)
    assert ran.code == 1
    assert documents(ran.out)[1]["delivery"] == {
        "state": "failed",
        "code": "MOBILE_IN_BLACK",
        "explanation": "the number is on a block list of the carrier or of the provider",
    }


def test_wait_does_not_wait_for_a_refused_message(example: dict[str, Any]) -> None:
    phone = number_for("isv.MOBILE_NUMBER_ILLEGAL")
    ran = send_("--phone", phone, *SIGN_IN, "--wait", whole=example)
    assert (ran.code, len(documents(ran.out))) == (1, 1)


def test_the_key_of_the_environment_sends_and_waits(
    swift: Emulator, example: dict[str, Any]
) -> None:
    bare = {key: value for key, value in example.items() if not key.startswith("accessKey")}
    ran = send_(
        *("--phone", PHONE, *SIGN_IN, "--wait"),
        whole=bare | {"endpoint": swift.url},
        ALIBABA_CLOUD_ACCESS_KEY_ID=STS_KEY.id,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=STS_KEY.secret,
        ALIBABA_CLOUD_SECURITY_TOKEN=STS_KEY.security_token or "",
    )
    assert ran.code == 0


def test_a_message_still_waiting_after_a_minute_has_an_unknown_outcome(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(example)
    slow = delivery.follow
    monkeypatch.setattr(command, "follow", lambda ask: slow(ask, patience=0.1, pause=0.05))
    result = CliRunner().invoke(send, ["--phone", PHONE, *SIGN_IN, "--wait"])
    assert result.exit_code == 3
    assert documents(result.stdout)[1] == {"delivery": {"state": "waiting"}}
    assert "check before sending again" in result.stderr


def test_ctrl_c_while_the_provider_is_silent_warns_that_the_message_may_have_gone_out(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    settings = json.dumps(example | {"readTimeout": 20_000})
    process = start(
        *("send", "--phone", number_for(Behaviour.HUNG), *SIGN_IN), SMS_CONNECTOR_CONFIG=settings
    )
    while not emulator.inbox.messages() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (3, "")
    assert "may have gone out" in err
    assert "Traceback" not in err
