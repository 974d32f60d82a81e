import json
import re
from pathlib import Path

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.settings import Settings, read_settings
from tests.support.configs import config

ROOT = Path(__file__).parent.parent
VALID = json.dumps(config())


def write(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_text(text, encoding)
    return str(path)


class TestTheConnectorJson:
    def test_the_variable_comes_before_the_file(self, tmp_path: Path) -> None:
        file = write(tmp_path / "other.json", json.dumps(config(signName="from the file")))
        environ = {"SMS_CONNECTOR_CONFIG": VALID, "SMS_CONNECTOR_CONFIG_FILE": file}
        assert read_settings(environ).read_config().sign_name.at("china") == "阿里云短信测试"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    def test_a_file_is_read_where_the_variable_is_empty(
        self, tmp_path: Path, encoding: str
    ) -> None:
        file = write(tmp_path / "other.json", VALID, encoding)
        environ = {"SMS_CONNECTOR_CONFIG": "", "SMS_CONNECTOR_CONFIG_FILE": file}
        assert read_settings(environ).read_config().sign_name.at("china") == "阿里云短信测试"

    def test_the_default_file_stands_beside_index_py(self) -> None:
        assert read_settings({}).config_path == str(ROOT / "connector.json")

    def test_a_path_that_does_not_exist_is_named(self, tmp_path: Path) -> None:
        missing = str(tmp_path / "missing.json")
        with pytest.raises(ConnectorError, match="SMS_CONNECTOR_CONFIG") as refusal:
            read_settings({"SMS_CONNECTOR_CONFIG_FILE": missing}).read_config()
        assert refusal.value.code == "invalid_config"
        assert missing in refusal.value.message

    @pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["a directory", "binary"])
    def test_a_path_that_cannot_be_read_is_named(
        self, tmp_path: Path, content: bytes | None
    ) -> None:
        path = tmp_path / "connector.json"
        path.mkdir() if content is None else path.write_bytes(content)
        problem = r"cannot be read\." if content is None else "cannot be read: save it as UTF-8"
        with pytest.raises(ConnectorError, match=problem) as refusal:
            read_settings({"SMS_CONNECTOR_CONFIG_FILE": str(path)}).read_config()
        assert str(path) in refusal.value.message


class TestVariables:
    def test_an_empty_variable_is_an_unset_one(self) -> None:
        text = (ROOT / "sms_connector" / "settings.py").read_text("utf-8")
        names = re.findall(r'"(SMS_CONNECTOR_[A-Z_]+)"', text)
        assert len(names) > 8
        assert read_settings(dict.fromkeys(names, "")) == read_settings({}) == Settings()

    @pytest.mark.parametrize(
        ("value", "problem"),
        [
            ({"BASE_PATH": "sms"}, "must be a path"),
            ({"BASE_PATH": "/a//b"}, "must be a path"),
            ({"BASE_PATH": "/a?b"}, "must be a path"),
            ({"DEFAULT_USAGE_TYPE": "Sign In"}, "must be a usage type"),
            ({"LOCALE": "fr"}, "must be one of en, zh-CN"),
            ({"SECRET": "short"}, "must have 32"),
            ({"SECRET": f"{'x' * 32},short"}, "must have 32"),
            ({"ZITADEL_KEYS": "short"}, "16 or more characters"),
            ({"ZITADEL_KEYS": f"{'x' * 36},short"}, "16 or more characters"),
            ({"ZITADEL_KEYS": f"{'short ' * 6}"}, "without spaces"),
        ],
    )
    def test_an_invalid_value_is_a_problem_that_names_the_variable(
        self, value: dict[str, str], problem: str
    ) -> None:
        ((name, text),) = value.items()
        (told,) = read_settings({f"SMS_CONNECTOR_{name}": text}).problems
        assert f"SMS_CONNECTOR_{name}" in told
        assert problem in told
        assert "short" not in told

    @pytest.mark.parametrize(
        "token", ["a" * 15, "a" * 20 + "/", "a" * 20 + "?", "ß" * 16, "a b" * 9]
    )
    def test_an_invalid_report_token_is_a_problem_and_opens_nothing(self, token: str) -> None:
        settings = read_settings({"SMS_CONNECTOR_REPORT_TOKEN": token})
        assert settings.report_token == ""
        assert "SMS_CONNECTOR_REPORT_TOKEN" in settings.problems[0]
        assert token not in settings.problems[0]

    def test_a_report_token_has_16_or_more_url_safe_characters(self) -> None:
        token = "Aa0-._~" * 3
        settings = read_settings({"SMS_CONNECTOR_REPORT_TOKEN": f" {token} "})
        assert (settings.report_token, settings.problems) == (token, ())

    def test_lists_are_split_and_stripped(self) -> None:
        settings = read_settings(
            {
                "SMS_CONNECTOR_AUTHORIZATION": "Bearer one, Basic two,",
                "SMS_CONNECTOR_WEBHOOK_SECRETS": " a | b |",
                "SMS_CONNECTOR_ZITADEL_KEYS": f"{'x' * 36}, {'y' * 16},",
                "SMS_CONNECTOR_SECRET": f"{'x' * 32}, {'y' * 40}",
                "SMS_CONNECTOR_BASE_PATH": "/sms/",
            }
        )
        assert settings.authorizations == ("Bearer one", "Basic two")
        assert settings.webhook_secrets == ("a", "b")
        assert settings.zitadel_keys == ("x" * 36, "y" * 16)
        assert settings.secrets == ("x" * 32, "y" * 40)
        assert settings.base_path == "/sms"
        assert settings.problems == ()

    @pytest.mark.parametrize("value", ["true", "True", " TRUE "])
    def test_anonymous_is_true_in_any_case(self, value: str) -> None:
        assert read_settings({"SMS_CONNECTOR_ANONYMOUS": value}).anonymous

    @pytest.mark.parametrize("value", ["", "false", "1", "yes", "truee"])
    def test_anonymous_is_nothing_but_true(self, value: str) -> None:
        assert not read_settings({"SMS_CONNECTOR_ANONYMOUS": value}).anonymous
