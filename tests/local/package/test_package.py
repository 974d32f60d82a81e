"""The package: what is in it, that it stands alone, and that it is always the same."""

import shutil
import struct
import sys
import time
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from sms_connector.local.cli import cli
from sms_connector.local.package import command
from sms_connector.local.package.distributions import install
from sms_connector.local.package.interpreter import Interpreter, find_interpreter
from sms_connector.local.package.proof import digest, prove
from sms_connector.local.package.stubs import LEFT_OUT

# Where there is no 3.12, the package for the Python that runs shows the same.
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
MOST_BYTES = 2_500_000


def make(output: Path) -> Result:
    made = CliRunner().invoke(cli, ["package", "--python", VERSION, "--output", str(output)])
    assert made.exit_code == 0, made.output
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    output = tmp_path_factory.mktemp("build") / "function"
    return output, make(output).output


@pytest.fixture(scope="module")
def package(made: tuple[Path, str]) -> Path:
    return made[0]


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(package, tmp_path / "copy"))


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("distributions") / "installed"
    install(command.PROJECT / "requirements.txt", VERSION, directory)
    return directory


@pytest.fixture
def fetched(distributions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the distributions from a copy instead of fetching them again."""
    monkeypatch.setattr(command, "install", lambda *to: shutil.copytree(distributions, to[-1]))


@pytest.fixture
def interpreter() -> Interpreter:
    found = find_interpreter(VERSION)
    assert found is not None
    if not found.is_like_the_cloud:
        pytest.skip("the package runs on x86-64 Linux")
    return found


@pytest.mark.usefixtures("interpreter")
def test_the_command_prints_size_compiler_and_proof(made: tuple[Path, str]) -> None:
    assert "MB zipped, compiled by Python" in made[1]
    assert "proved by 6 messages" in made[1]


def test_the_package_is_small(package: Path, tmp_path: Path) -> None:
    archive = Path(shutil.make_archive(str(tmp_path / "function"), "zip", package))
    assert archive.stat().st_size <= MOST_BYTES


def test_the_package_holds_our_code_but_no_local_tools_and_no_config(package: Path) -> None:
    assert (package / "index.py").is_file()
    assert (package / "sms_connector" / "function.py").is_file()
    assert not (package / "sms_connector" / "local").exists()
    assert not (package / "sms_connector" / "__main__.py").exists()
    assert not list(package.rglob("connector*.json"))


def test_the_package_holds_only_the_sdk_modules_that_sending_reaches(package: Path) -> None:
    for name in ("urllib3", "apscheduler", "websocket", "charset_normalizer", "idna"):
        assert not list(package.glob(f"{name}*"))
    models = package / "alibabacloud_dysmsapi20170525" / "models"
    assert sorted(file.name for file in models.glob("*.py")) == [
        "__init__.py",
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


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Asia/Shanghai"])
def test_the_same_input_makes_the_same_bytes_in_every_time_zone(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
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


def remove_a_model(package: Path) -> None:
    models = package / "alibabacloud_dysmsapi20170525" / "models"
    (models / "_send_sms_response_body.py").unlink()
    shutil.rmtree(models / "__pycache__")


def remove_the_numbers_abroad(package: Path) -> None:
    shutil.rmtree(package / "phonenumbers")


def remove_the_signatures(package: Path) -> None:
    shutil.rmtree(package / "standardwebhooks")


def remove_the_roots(package: Path) -> None:
    shutil.rmtree(package / "roots")


def append(module: Path, code: str) -> None:
    module.write_text(f"{module.read_text('utf-8')}\n{code}\n", "utf-8")
    shutil.rmtree(module.parent / "__pycache__")


def look_for_the_roots_elsewhere(package: Path) -> None:
    append(package / "sms_connector" / "provider" / "tls.py", "ROOTS = ROOTS + '2'")


def write_a_file(package: Path) -> None:
    append(package / "index.py", "open(__file__ + '.log', 'w').close()")


def use_a_stub_at_import(package: Path) -> None:
    append(package / "index.py", "import requests; requests.get")


def use_a_stub_and_go_on(package: Path) -> None:
    code = "import requests\ntry:\n    requests.get\nexcept Exception:\n    pass"
    append(package / "index.py", code)


def sign_with_a_stub(package: Path) -> None:
    code = "Utils.get_nonce = staticmethod(lambda: hashes.SHA256())"
    append(package / "alibabacloud_tea_openapi" / "utils.py", code)


def need_another_name_of_a_stub(package: Path) -> None:
    append(package / "darabonba" / "core.py", "from aiohttp import FormData")


def break_the_generic_client(package: Path) -> None:
    code = """
def call_api(self, params, request, runtime):
    assert request.query["PhoneNumbers"] != "13812345676"
    return super(Client, self).call_api(params, request, runtime)
Client.call_api = call_api"""
    append(package / "alibabacloud_dysmsapi20170525" / "client.py", code)


def send_twice(package: Path) -> None:
    code = "RecentMessages.once = lambda self, sms, send: (send(sms), send(sms))[1]"
    append(package / "sms_connector" / "sending" / "once.py", code)


class TestAPackageThatIsBroken:
    """`make package` fails, so that it cannot fail in the cloud."""

    @pytest.mark.parametrize(
        ("harm", "problem"),
        [
            (remove_a_model, "does not start"),
            (remove_the_numbers_abroad, "a number overseas sent 0 messages"),
            (remove_the_signatures, "does not start"),
            (remove_the_roots, "no root certificates"),
            (look_for_the_roots_elsewhere, "left out of it: certifi.where"),
            (use_a_stub_at_import, "requests.get is a stub"),
            (use_a_stub_and_go_on, "left out of it: requests.get"),
            (sign_with_a_stub, r"left out of it: cryptography\.hazmat\.primitives\.hashes\.SHA256"),
            (need_another_name_of_a_stub, "aiohttp.FormData is a stub"),
            (break_the_generic_client, "the SDK's generic client sent 0 messages"),
            (send_twice, "a direct invocation sent 2 messages"),
            (write_a_file, "writes into its own directory"),
        ],
    )
    def test_fails_its_proof(
        self,
        copy: Path,
        interpreter: Interpreter,
        harm: Callable[[Path], None],
        problem: str,
    ) -> None:
        harm(copy)
        with pytest.raises(click.ClickException, match=problem):
            prove(copy, interpreter)

    def test_fails_its_proof_if_it_imports_from_outside(
        self, copy: Path, interpreter: Interpreter, tmp_path: Path
    ) -> None:
        (tmp_path / "stranger.py").write_text("", "utf-8")
        index = copy / "index.py"
        lean = f"import sys; sys.path.append({str(tmp_path)!r}); import stranger\n"
        index.write_text(lean + index.read_text("utf-8"), "utf-8")
        shutil.rmtree(copy / "__pycache__")
        with pytest.raises(click.ClickException, match="loads from outside: stranger"):
            prove(copy, interpreter)


@pytest.mark.usefixtures("fetched")
def test_a_package_that_is_too_large_is_not_put_in_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "MOST_BYTES", 1000)
    monkeypatch.setattr(command, "_compile_and_prove", lambda *_: "")
    refused = CliRunner().invoke(
        cli, ["package", "--python", VERSION, "--output", str(tmp_path / "function")]
    )
    assert refused.exit_code == 1
    assert "at most 1,000 are allowed" in refused.output
    assert list(tmp_path.iterdir()) == []
