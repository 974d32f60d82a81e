from __future__ import annotations

import json
from pathlib import Path

import pytest

from sms_connector.local.example import example_config
from sms_connector.local.serve.greeting import destination, lines, signed_request, working_request
from sms_connector.settings import AUTHORIZATION, CONFIG, CONFIG_FILE, read_settings

SECRETS = "SMS_CONNECTOR_WEBHOOK_SECRETS"


@pytest.mark.parametrize(
    ("endpoint", "word", "style"),
    [
        ("dysmsapi.aliyuncs.com", "REAL", "bold red"),
        ("https://10.0.0.7", "REAL", "bold red"),
        ("http://127.0.0.1:8025", "EMULATED", "green"),
    ],
)
def test_the_first_line_marks_real_messages_by_word_and_colour(
    endpoint: str, word: str, style: str
) -> None:
    line = destination(read_settings({CONFIG: json.dumps(example_config(endpoint))}))
    assert line.text.startswith(word)
    assert endpoint.split("//")[-1].split(":")[0] in line.text
    assert line.style == style


def test_without_an_endpoint_messages_are_real() -> None:
    config = {k: v for k, v in example_config("").items() if k != "endpoint"}
    line = destination(read_settings({CONFIG: json.dumps(config)}))
    assert line.text == "REAL: Alibaba Cloud sends every message, and bills it."


def test_a_config_that_is_missing_is_named(tmp_path: Path) -> None:
    file = str(tmp_path / "connector.json")
    line = destination(read_settings({CONFIG_FILE: file}))
    assert line.text.startswith("No message can be sent.")
    assert file in line.text


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "Every HTTP call will be refused. "),
        ({SECRETS: "nonsense"}, "Every HTTP call will be refused. "),
        ({AUTHORIZATION: "x", SECRETS: "nonsense"}, "A secret in SMS_CONNECTOR_WEBHOOK_SECRETS"),
        ({AUTHORIZATION: "x", "SMS_CONNECTOR_LOCALE": "xx"}, "Every message will be refused. "),
    ],
)
def test_a_setting_for_which_calls_are_refused_is_named(
    environ: dict[str, str], sentence: str
) -> None:
    printed = [line.text for line in lines(read_settings(environ), "http://h", "http3", "", "")]
    assert any(text.startswith(sentence) for text in printed)


@pytest.mark.parametrize("damaged", ["'{}'", '{"signName": “x”}', "{}"])
def test_an_own_connector_json_that_would_not_work_is_named_in_an_emulated_run(
    damaged: str,
) -> None:
    settings = read_settings({AUTHORIZATION: "x", CONFIG: damaged})
    printed = [line.text for line in lines(settings, "http://h", "http3", "http://e:1", "")]
    (line,) = (text for text in printed if text.startswith("Without the emulator, no message"))
    assert "The connector config is invalid: " in line
    working = read_settings({AUTHORIZATION: "x", CONFIG: json.dumps(example_config("http://e:1"))})
    printed = [line.text for line in lines(working, "http://h", "http3", "http://e:1", "")]
    assert not any(text.startswith("Without the emulator") for text in printed)


@pytest.mark.parametrize(
    ("environ", "command", "variable"),
    [
        ({AUTHORIZATION: "x"}, 'curl -H "Authorization: $SMS_CONNECTOR_AUTHORIZATION" ', True),
        (
            {AUTHORIZATION: "x,y"},
            'curl -H "Authorization: ${SMS_CONNECTOR_AUTHORIZATION%%,*}" ',
            True,
        ),
        ({"SMS_CONNECTOR_ANONYMOUS": "true"}, "curl -d ", False),
        ({SECRETS: "v1,whsec_AAAA"}, "", False),
        ({"SMS_CONNECTOR_ZITADEL_KEYS": "x" * 36}, "", False),
        ({}, "", False),
    ],
)
def test_the_printed_request_has_the_credential_that_is_set(
    environ: dict[str, str], command: str, variable: bool
) -> None:
    request, needed = working_request(read_settings(environ), "http://h")
    assert request.startswith(command)
    assert bool(request) == bool(command)
    assert bool(needed) == variable


@pytest.mark.parametrize("secret", ["", "nonsense", "v1,whsec_AAAA|nonsense"])
def test_without_a_valid_webhook_secret_no_signed_request_is_printed(secret: str) -> None:
    assert signed_request(read_settings({SECRETS: secret}), "http://h") == ""
