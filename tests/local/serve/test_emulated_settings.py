from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.example import example_config
from sms_connector.local.serve.emulated_settings import emulated_config

URL = "http://127.0.0.1:1"
REAL = {
    "accessKeyId": "a-real-key",
    "accessKeySecret": "a-real-secret",
    "signName": "a real sign",
    "templates": [{"usageType": "SignIn", "templateCode": "SMS_1"}],
    "endpoint": "dysmsapi.aliyuncs.com",
    "readTimeout": 1500,
}


def emulated(own: object, flow_control: bool = False) -> dict[str, Any]:
    environ = {"SMS_CONNECTOR_CONFIG": own if isinstance(own, str) else json.dumps(own)}
    config: dict[str, Any] = json.loads(emulated_config(environ, URL, flow_control))
    return config


def test_the_account_and_the_endpoint_are_the_emulators() -> None:
    config = emulated(REAL, flow_control=True)
    assert config == example_config(URL) | {"readTimeout": 1500}
    assert "real" not in json.dumps(config)


@pytest.mark.parametrize("own", ["", "{", "[]", "null", "[" * 100_000])
def test_the_example_replaces_a_missing_or_malformed_config(tmp_path: Path, own: str) -> None:
    file = tmp_path / "connector.json"
    environ = {"SMS_CONNECTOR_CONFIG": own, "SMS_CONNECTOR_CONFIG_FILE": str(file)}
    assert json.loads(emulated_config(environ, URL, True)) == example_config(URL)


def test_a_config_file_is_read_as_well(tmp_path: Path) -> None:
    file = tmp_path / "connector.json"
    file.write_text(json.dumps(REAL), "utf-8-sig")
    config = json.loads(emulated_config({"SMS_CONNECTOR_CONFIG_FILE": str(file)}, URL, True))
    assert config["readTimeout"] == 1500


@pytest.mark.parametrize(
    ("limits", "flow_control", "expected"),
    [
        (None, False, {"perNumber": []}),
        (None, True, None),
        ({"countries": ["CN"]}, False, {"perNumber": [], "countries": ["CN"]}),
        ({"countries": ["CN"]}, True, {"countries": ["CN"]}),
        # Only the default is switched off, not a limit that the user sets.
        ({"perNumber": ["2/minute"]}, False, {"perNumber": ["2/minute"]}),
        # The function reports this one.
        ("1/minute", False, "1/minute"),
    ],
)
def test_without_flow_control_the_default_limit_per_number_is_off(
    limits: object, flow_control: bool, expected: object
) -> None:
    own = REAL if limits is None else REAL | {"limits": limits}
    assert emulated(own, flow_control).get("limits") == expected
