"""The package: what is in it, and that it is always the same."""

import struct
import sys
import time
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from click.testing import CliRunner

from sms_connector.local.cli import cli
from sms_connector.local.package import command
from sms_connector.local.package.interpreter import Interpreter
from sms_connector.local.package.proof import digest
from sms_connector.local.package.stubs import LEFT_OUT
from tests.local.package.conftest import VERSION, make


@pytest.mark.usefixtures("interpreter")
def test_the_command_prints_size_compiler_and_proof(made: tuple[Path, str]) -> None:
    assert "MB zipped, compiled by Python" in made[1]
    assert "proved by 19 cases" in made[1]


def test_the_package_holds_our_code_but_no_local_tools_and_no_config(package: Path) -> None:
    assert (package / "index.py").is_file()
    assert (package / "server.py").is_file()
    assert (package / "sms_connector" / "function.py").is_file()
    assert not (package / "sms_connector" / "local").exists()
    assert not (package / "sms_connector" / "__main__.py").exists()
    assert not list(package.rglob("connector*.json"))
    assert (package / "sms_connector" / "store" / "transaction.lua").is_file()


def test_the_package_holds_only_the_sdk_modules_that_sending_reaches(package: Path) -> None:
    for name in ("urllib3", "apscheduler", "websocket", "charset_normalizer", "idna"):
        assert not list(package.glob(f"{name}*"))
    models = package / "alibabacloud_dysmsapi20170525" / "models"
    assert sorted(file.name for file in models.glob("*.py")) == [
        "__init__.py",
        "_query_send_details_request.py",
        "_query_send_details_response.py",
        "_query_send_details_response_body.py",
        "_send_sms_request.py",
        "_send_sms_response.py",
        "_send_sms_response_body.py",
    ]
    assert len(list((package / "phonenumbers" / "data").glob("region_*.py"))) > 200


@pytest.mark.parametrize("module", LEFT_OUT)
def test_each_module_that_is_left_out_is_a_stub(package: Path, module: str) -> None:
    place = package / module.replace(".", "/")
    (stub,) = [file for file in (place / "__init__.py", place.with_suffix(".py")) if file.exists()]
    assert stub.read_text("utf-8").startswith('"""A stub, written by `make package`')


def test_everything_is_compiled_and_never_checked_again(package: Path) -> None:
    sources = list(package.rglob("*.py"))
    assert len(sources) > 350
    for source in sources:
        name = Path(cache_from_source(str(source))).name
        head = (source.parent / "__pycache__" / name).read_bytes()[:8]
        assert struct.unpack("<I", head[4:]) == (1,), source  # by hash, unchecked: PEP 552


@pytest.mark.long
def test_the_same_input_makes_the_same_bytes_in_the_time_zone_furthest_west(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Etc/GMT+12")
    time.tzset()
    try:
        again = tmp_path / "elsewhere" / "again"
        make(again)
        times = {time.localtime(file.stat().st_mtime)[:2] for file in again.rglob("*")}
    finally:
        monkeypatch.undo()
        time.tzset()
    assert digest(again) == digest(package)
    assert times == {(1980, 1)}


def test_a_directory_with_other_files_is_not_replaced(copy: Path, tmp_path: Path) -> None:
    assert command.may_be_replaced(copy)
    assert command.may_be_replaced(tmp_path / "nothing")
    (tmp_path / "project").mkdir()
    assert command.may_be_replaced(tmp_path / "project")
    precious = tmp_path / "project" / "index.py"
    precious.write_text("", "utf-8")
    refused = CliRunner().invoke(cli, ["package", "--output", str(tmp_path / "project")])
    assert refused.exit_code == 1
    assert "not replaced" in refused.output
    assert precious.is_file()


@pytest.mark.parametrize("target", ["copy", "nowhere"])
def test_a_symbolic_link_is_not_replaced(copy: Path, tmp_path: Path, target: str) -> None:
    link = tmp_path / "link"
    link.symlink_to(copy.with_name(target))
    refused = CliRunner().invoke(cli, ["package", "--output", str(link)])
    assert refused.exit_code == 1
    assert refused.output == f"Error: {link} is a symbolic link: name a directory instead.\n"
    assert link.is_symlink()


@pytest.mark.usefixtures("fetched")
def test_without_the_runtime_s_python_the_package_is_made_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "find_interpreter", lambda version: None)  # noqa: ARG005
    output = make(tmp_path / "function").output
    assert "neither compiled nor proved" in output
    assert not list((tmp_path / "function").rglob("*.pyc"))


@pytest.mark.usefixtures("fetched")
def test_on_another_kind_of_machine_the_package_is_compiled_but_not_proved(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = Interpreter(sys.executable, "3.12.1", is_like_the_cloud=False)
    monkeypatch.setattr(command, "find_interpreter", lambda version: here)  # noqa: ARG005
    output = make(tmp_path / "function").output
    assert "which this machine is not" in output
    assert "compiled by Python 3.12.1, not proved." in output
    assert list((tmp_path / "function").rglob("*.pyc"))


@pytest.mark.usefixtures("fetched")
def test_a_package_that_is_too_large_is_not_put_in_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "MOST_BYTES", 1000)
    monkeypatch.setattr(command, "find_interpreter", lambda _: None)
    refused = CliRunner().invoke(
        cli, ["package", "--python", VERSION, "--output", str(tmp_path / "function")]
    )
    assert refused.exit_code == 1
    assert "at most 1,000 are allowed" in refused.output
    assert list(tmp_path.iterdir()) == []
