"""The package: what is in it, that it stands alone, and that it is always the same."""

import shutil
import struct
import sys
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from sms_connector.cold_start import POSTPONED
from sms_connector.local.cli import cli
from sms_connector.local.package import command
from sms_connector.local.package.interpreter import Interpreter, find_interpreter
from sms_connector.local.package.proof import digest, prove

# Where there is no 3.12, the package for the Python that runs shows the same.
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
TOO_MANY_BYTES = 5_000_000


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


@pytest.fixture
def fetched(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the distributions from a package instead of fetching them again."""
    monkeypatch.setattr(command, "install", lambda *to: shutil.copytree(package, to[-1]))


@pytest.fixture
def interpreter() -> Interpreter:
    found = find_interpreter(VERSION)
    assert found is not None
    if not found.is_like_the_cloud:
        pytest.skip("the package runs on x86-64 Linux")
    return found


@pytest.mark.usefixtures("interpreter")
def test_it_says_what_came_of_it(made: tuple[Path, str]) -> None:
    assert "MB zipped, compiled by Python" in made[1]
    assert "proved by 5 messages" in made[1]


def test_it_is_small(package: Path, tmp_path: Path) -> None:
    archive = Path(shutil.make_archive(str(tmp_path / "function"), "zip", package))
    assert archive.stat().st_size < TOO_MANY_BYTES


def test_it_holds_our_code_but_not_what_is_for_a_person_s_machine(package: Path) -> None:
    assert (package / "index.py").is_file()
    assert (package / "sms_connector" / "function.py").is_file()
    assert not (package / "sms_connector" / "local").exists()
    assert not (package / "sms_connector" / "__main__.py").exists()
    assert not list(package.rglob("connector*.json"))


def test_it_holds_no_more_of_the_sdk_than_the_send_path(package: Path) -> None:
    for name in ("aiohttp", "cryptography", "apscheduler", "websocket", "typing_extensions.py"):
        assert not (package / name).exists()
    models = package / "alibabacloud_dysmsapi20170525" / "models"
    assert sorted(file.name for file in models.glob("*.py")) == [
        "_send_sms_request.py",
        "_send_sms_response.py",
        "_send_sms_response_body.py",
    ]
    assert len(list((package / "phonenumbers" / "data").glob("region_*.py"))) > 200


def test_no_module_in_it_is_one_that_waits(package: Path) -> None:
    held = {
        ".".join(file.relative_to(package).with_suffix("").parts).removesuffix(".__init__")
        for file in package.rglob("*.py")
    }
    assert not held & POSTPONED.keys()


def test_everything_is_compiled_and_never_checked_again(package: Path) -> None:
    sources = list(package.rglob("*.py"))
    assert len(sources) > 500
    for source in sources:
        name = Path(cache_from_source(str(source))).name
        head = (source.parent / "__pycache__" / name).read_bytes()[:8]
        assert struct.unpack("<I", head[4:]) == (1,), source  # by hash, unchecked: PEP 552


def test_the_same_input_makes_the_same_bytes(package: Path, tmp_path: Path) -> None:
    again = tmp_path / "elsewhere" / "again"
    make(again)
    assert digest(again) == digest(package)
    assert {file.stat().st_mtime for file in again.rglob("*")} == {315_532_800}


def test_it_replaces_a_package_and_nothing_else(copy: Path, tmp_path: Path) -> None:
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


@pytest.mark.usefixtures("fetched")
def test_without_the_runtime_s_python_it_is_made_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "find_interpreter", lambda version: None)  # noqa: ARG005
    output = make(tmp_path / "function").output
    assert "neither compiled nor proved" in output
    assert not list((tmp_path / "function").rglob("*.pyc"))


@pytest.mark.usefixtures("fetched")
def test_on_another_kind_of_machine_it_is_compiled_but_not_proved(
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


def use_what_is_postponed(package: Path) -> None:
    append(package / "index.py", "import asyncio; asyncio.run")


def bear_no_stand_ins(package: Path) -> None:
    code = "if type(hashes).__name__ != 'module': raise TypeError"
    append(package / "alibabacloud_tea_openapi" / "utils.py", code)


def send_twice(package: Path) -> None:
    code = "RecentMessages.once = lambda self, sms, send: (send(sms), send(sms))[1]"
    append(package / "sms_connector" / "sending" / "once.py", code)


class TestAPackageThatIsNotFit:
    """`make package` fails there and then, not in the cloud."""

    @pytest.mark.parametrize(
        ("harm", "problem"),
        [
            (remove_a_model, "does not start"),
            (remove_the_numbers_abroad, "a number overseas sent 0 messages"),
            (remove_the_signatures, "does not start"),
            (remove_the_roots, "no root certificates"),
            (look_for_the_roots_elsewhere, "a direct invocation sent 0 messages"),
            (bear_no_stand_ins, "does not start as it should"),
            (use_what_is_postponed, "what a message does not need: asyncio"),
            (send_twice, "a direct invocation sent 2 messages"),
            (write_a_file, "writes into its own directory"),
        ],
    )
    def test_is_found_out(
        self,
        copy: Path,
        interpreter: Interpreter,
        harm: Callable[[Path], None],
        problem: str,
    ) -> None:
        harm(copy)
        with pytest.raises(click.ClickException, match=problem):
            prove(copy, interpreter)

    def test_also_when_it_leans_on_what_is_outside(
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
    assert "too many" in refused.output
    assert list(tmp_path.iterdir()) == []
