"""The release: one ZIP, the same bytes every time, that runs where nothing else is installed.

It is for Python 3.12, whichever Python runs these tests, if this machine has a 3.12 to compile it.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import distributions as distributions_in
from pathlib import Path

import pytest
from click.testing import CliRunner

from sms_connector import __version__
from sms_connector.local.cli import cli
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.local.http_trigger_event import http_trigger_event
from sms_connector.local.package import release
from sms_connector.local.package.interpreter import Interpreter, find_interpreter
from tests.support.made_once import made_once
from tests.support.serving import PROJECT

NAME = f"aliyun-sms-connector-{__version__}-python3.12.zip"
AUTHORIZATION = "a-key-for-tests"

# What the runtime does: the code directory is first on the path, then `index` is imported.
RUN = """
import json, sys, types
sys.path.insert(0, sys.argv[1])
import index
nobody = types.SimpleNamespace(access_key_id="", access_key_secret="", security_token="")
context = types.SimpleNamespace(request_id="1", credentials=nobody)
index.initializer(context)
print(json.dumps(index.handler(sys.stdin.buffer.read(), context)))
"""


@pytest.fixture(scope="module")
def runtime() -> Interpreter:
    found = find_interpreter("3.12")
    if found is None or not found.is_like_the_cloud:
        pytest.skip("a release is compiled and proved by Python 3.12 on x86-64 Linux")
    return found


@pytest.fixture(scope="module")
def released(runtime: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The ZIP, and what the command printed."""
    assert runtime

    def build(directory: Path) -> None:
        made = CliRunner().invoke(cli, ["release", "--output", str(directory)])
        assert made.exit_code == 0, made.output
        (directory / "printed").write_text(made.output, "utf-8")

    directory = made_once(tmp_path_factory, "release", build)
    return directory / NAME, (directory / "printed").read_text("utf-8")


@pytest.fixture
def zipped(released: tuple[Path, str]) -> Path:
    return released[0]


@pytest.fixture
def unpacked(zipped: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "code")
    return tmp_path / "code"


def test_the_command_prints_what_was_proved_and_the_checksum(released: tuple[Path, str]) -> None:
    zipped, printed = released
    assert "MB, compiled by Python 3.12." in printed
    assert re.search(r"proved by \d\d cases\.\n", printed)
    assert f"SHA-256 {hashlib.sha256(zipped.read_bytes()).hexdigest()}\n" in printed


@pytest.mark.long
def test_another_build_elsewhere_makes_the_same_bytes(zipped: Path, tmp_path: Path) -> None:
    subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "sms_connector", "release"),
            *("--output", "another/directory"),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "PYTHONHASHSEED": "7",
            "SOURCE_DATE_EPOCH": "1700000000",
            "TZ": "Asia/Shanghai",
        },
        umask=0o077,
        check=True,
    )
    again = tmp_path / "another" / "directory" / NAME
    assert again.read_bytes() == zipped.read_bytes()
    assert sorted(path.name for path in again.parent.iterdir()) == [NAME, f"{NAME}.sha256"]


def test_the_checksum_is_one_that_sha256sum_checks(zipped: Path) -> None:
    checked = zipped.with_name(f"{NAME}.sha256").read_text("ascii")
    assert checked == f"{hashlib.sha256(zipped.read_bytes()).hexdigest()}  {NAME}\n"


def test_the_zip_answers_logto_in_a_python_that_has_nothing_else(
    unpacked: Path, runtime: Interpreter, emulator: Emulator
) -> None:
    body = {"to": "8613812345678", "type": "SignIn", "payload": {"code": "246810"}}
    event = http_trigger_event(
        json.dumps(body).encode(), {"Authorization": AUTHORIZATION}, path="/logto"
    )
    ran = subprocess.run(  # noqa: S603
        [runtime.path, "-I", "-S", "-B", "-c", RUN, unpacked],
        env={
            "SMS_CONNECTOR_CONFIG": json.dumps(example_config(emulator.url)),
            "SMS_CONNECTOR_AUTHORIZATION": AUTHORIZATION,
        },
        input=json.dumps(event).encode(),
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout)["statusCode"] == 200, ran.stdout
    (message,) = emulator.inbox.messages()
    assert "246810" in message.content


def test_each_file_in_the_zip_is_ours_or_of_a_distribution_whose_licence_is_in_it(
    zipped: Path, distributions: Path
) -> None:
    with zipfile.ZipFile(zipped) as archive:
        names = {name for name in archive.namelist() if "__pycache__" not in name}
        stubs = {name for name in names if archive.read(name).startswith(b'"""A stub, ')}
    ours = {"index.py", "server.py", "stub_runtime.py"}
    owners = {
        file.parts[0]: found.name
        for found in distributions_in(path=[str(distributions)])
        for file in found.files or ()
    }
    rest = {
        name
        for name in names - stubs - ours
        if not name.startswith(("sms_connector/", "roots/", "LICENSES/"))
    }
    assert len(rest) > 200
    # The root certificates are those of certifi, of which nothing else is left.
    shipped = {"certifi", *(owners[name.split("/")[0]] for name in rest)}
    licensed = {name.split("/")[1] for name in names if name.startswith("LICENSES/")}
    assert shipped <= licensed


def test_nothing_of_the_tools_and_the_tests_is_in_the_zip(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as archive:
        names = archive.namelist()
    assert "index.py" in names
    for name in names:
        top, *below = name.split("/")
        assert top not in ("tests", "template", "requirements", "docs"), name
        assert "local" not in below, name
        assert "dist-info" not in name, name
        assert not name.endswith(("connector.json", "connector.example.json")), name


def test_a_release_is_not_made_without_the_python_that_compiles_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "find_interpreter", lambda _: None)
    refused = CliRunner().invoke(cli, ["release", "--output", str(tmp_path / "release")])
    assert refused.exit_code == 1
    assert "compiled by Python 3.12, which is not on this machine" in refused.output
    assert not (tmp_path / "release").exists()
