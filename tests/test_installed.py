"""What `pip install .` brings, run from a directory with nothing in it."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

import pytest
import requests

from sms_connector import __version__
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from tests.support.installation import Installation, installation
from tests.support.markdown import code_blocks
from tests.support.serving import PROJECT, ServerProcess

pytestmark = pytest.mark.long

MESSAGE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return installation(tmp_path_factory)


def test_every_file_of_the_package_is_installed_and_nothing_beside_it(
    installed: Installation,
) -> None:
    package = PROJECT / "sms_connector"
    files = {
        path.relative_to(package)
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {path for path in files if not (installed.package / path).is_file()} == set()
    (distribution,) = metadata.distributions(
        name="aliyun-sms-connector", path=[str(installed.package.parent)]
    )
    assert distribution.version == __version__
    roots = {path.parts[0] for path in distribution.files or () if ".." not in path.parts}
    assert roots == {"sms_connector", f"aliyun_sms_connector-{__version__}.dist-info"}


def test_the_requirements_of_the_installed_package_are_complete(
    installed: Installation, tmp_path: Path
) -> None:
    checked = installed.run("pip", "check", cwd=tmp_path)
    assert checked.stdout == "No broken requirements found.\n"


def test_the_commands_run_from_an_empty_directory(installed: Installation, tmp_path: Path) -> None:
    shown = installed.run("sms-connector", "--help", cwd=tmp_path)
    names = re.findall(r"^  ([a-z]+)  ", shown.stdout.partition("Commands:")[2], re.M)
    assert {"check", "console", "demo", "emulate", "send", "serve", "verify"} < set(names)
    assert "package" not in names  # it packages a checkout
    demo = installed.run("sms-connector", "demo", cwd=tmp_path)
    assert "SMS to 13812345678" in demo.stdout
    check = installed.run("sms-connector", "check", cwd=tmp_path)
    assert f"no connector config at {tmp_path}/connector.json" in check.stdout.replace("\n", "")
    invoke = installed.run(
        *("sms-connector", "invoke", "--phone=13812345678", "--usage-type=SignIn"),
        *("--endpoint=http://127.0.0.1:1", "--service=sms", "--function=connector"),
        cwd=tmp_path,
    )
    assert invoke.stderr == "Error: --endpoint needs one more package: pip install aliyun-fc2\n"
    assert list(tmp_path.iterdir()) == []


def test_serve_runs_without_index_py_and_watches_the_config_of_its_directory(
    installed: Installation, tmp_path: Path
) -> None:
    command = (installed.program("sms-connector"), "serve", "--port=0")
    options = ("--emulator", "--emulator-port=0")
    with ServerProcess(
        *command,
        *options,
        project=tmp_path,
        own_group=False,
        python=installed.python,
        SMS_CONNECTOR_AUTHORIZATION="key",
    ) as server:
        url = server.find(r"^Serving (\S+)")
        server.find("^Ready")
        sent = requests.post(url, json=MESSAGE, headers={"Authorization": "key"}, timeout=20)
        assert sent.status_code == 200
        inbox = server.find(r"messages go to (http://[^,]+)")
        page = requests.get(f"{inbox}/docs/emulator.md", timeout=20)
        assert (page.status_code, "pip installs" in page.text) == (404, True)
        (tmp_path / "connector.json").write_text("{}")
        assert server.find(r"^Changed: (.*)\. Restarting") == "connector.json"


def test_a_wsgi_server_reads_the_config_of_its_directory(
    installed: Installation, tmp_path: Path, emulator: Emulator
) -> None:
    (tmp_path / "connector.json").write_text(json.dumps(example_config(emulator.url)))
    command = (installed.program("gunicorn"), "--bind=127.0.0.1:0", "--no-control-socket")
    with ServerProcess(
        *command,
        "sms_connector.wsgi:application",
        project=tmp_path,
        own_group=False,
        python=installed.python,
        SMS_CONNECTOR_AUTHORIZATION="key",
    ) as server:
        url = server.find(r"Listening at: (\S+)", in_err=True)
        sent = requests.post(url, json=MESSAGE, headers={"Authorization": "key"}, timeout=20)
    assert sent.json()["bizId"] == emulator.inbox.messages()[0].biz_id


PYTEST_EXAMPLE = code_blocks((PROJECT / "docs" / "emulator.md").read_text("utf-8"), "python")[0]

MORE_TESTS = """

def test_each_test_begins_with_an_empty_inbox(aliyun_sms):
    assert aliyun_sms.messages == ()
    assert aliyun_sms.config["endpoint"] == aliyun_sms.endpoint


def test_messages_of_a_number_are_found_and_cleared(aliyun_sms):
    assert send(aliyun_sms, "13812345678") == "OK"
    assert len(aliyun_sms.messages_to("5678")) == 1
    assert aliyun_sms.messages_to("9999") == ()
    aliyun_sms.clear()
    assert aliyun_sms.messages == ()
    assert send(aliyun_sms, "13812345678") == "OK"
"""


# The SDK calls `utcnow`, of which Python 3.12 and later warn.
STRICT = ("-Werror", "-Wignore:datetime.datetime.utcnow:DeprecationWarning")


def test_pytest_finds_the_fixture_of_the_emulator(installed: Installation, tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text(PYTEST_EXAMPLE + MORE_TESTS)
    ran = installed.run("pytest", *STRICT, "-q", "-pno:cacheprovider", cwd=tmp_path)
    assert "4 passed" in ran.stdout, ran.stdout + ran.stderr
    (tmp_path / "test_example.py").write_text(
        "import sys\n\ndef test_no_emulator_is_imported():\n"
        "    assert 'sms_connector.local.emulate.server' not in sys.modules\n"
    )
    ran = installed.run("pytest", *STRICT, "-q", "-pno:cacheprovider", cwd=tmp_path)
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr
