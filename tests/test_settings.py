import json
import os
from pathlib import Path

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.settings import config_source
from tests.support.configs import config

VALID = json.dumps(config())


def write(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_text(text, encoding)
    return str(path)


def test_the_variable_itself_comes_first(tmp_path: Path) -> None:
    file = write(tmp_path / "other.json", json.dumps(config(signName="from the file")))
    environ = {"SMS_CONNECTOR_CONFIG": VALID, "SMS_CONNECTOR_CONFIG_FILE": file}
    assert config_source(environ).read().sign_name == "阿里云短信测试"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_else_the_file_it_names(tmp_path: Path, encoding: str) -> None:
    file = write(tmp_path / "other.json", VALID, encoding)
    environ = {"SMS_CONNECTOR_CONFIG": "", "SMS_CONNECTOR_CONFIG_FILE": file}
    assert config_source(environ).read().sign_name == "阿里云短信测试"


def test_else_connector_json_beside_index_py() -> None:
    assert config_source({}).path == str(Path(__file__).parent.parent / "connector.json")


@pytest.mark.parametrize(
    ("name", "told"), [("missing.json", "set SMS_CONNECTOR_CONFIG"), (".", "cannot be read")]
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, told: str) -> None:
    source = config_source({"SMS_CONNECTOR_CONFIG_FILE": str(tmp_path / name)})
    with pytest.raises(ConnectorError, match=told) as refusal:
        source.read()
    assert refusal.value.code == "invalid_config"


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    source = config_source({"SMS_CONNECTOR_CONFIG_FILE": str(tmp_path / "binary.json")})
    with pytest.raises(ConnectorError, match="cannot be read"):
        source.read()


def test_a_source_is_another_one_once_its_content_may_have_changed(tmp_path: Path) -> None:
    file = write(tmp_path / "connector.json", VALID)
    environ = {"SMS_CONNECTOR_CONFIG_FILE": file}
    before = config_source(environ)
    assert config_source(environ) == before
    os.utime(file, (1, 1))
    assert config_source(environ) != before
    assert config_source({"SMS_CONNECTOR_CONFIG": VALID}) != before
