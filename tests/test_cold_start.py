"""What waits at a cold start: absent after a message, there for whoever uses it, and no trap."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import alibabacloud_tea_openapi
import pytest

from sms_connector.cold_start import POSTPONED
from sms_connector.local.emulate.server import Emulator

ROOT = Path(__file__).parent.parent
SDK = Path(alibabacloud_tea_openapi.__file__).parent
CREDENTIALS = SDK.parent / "alibabacloud_credentials"
CERTIFI = SDK.parent / "certifi"

SEND = """
import json, logging, sys
logging.basicConfig(stream=sys.stderr, format="%(message)s", level="INFO")
import index
from sms_connector.cold_start import POSTPONED
index.initializer(None)
event = b'{"phone": "13812345678", "usageType": "SignIn", "code": "246810"}'
assert "bizId" in index.handler(event, None)
"""
WAITING = """
print(json.dumps([name for name in POSTPONED if type(sys.modules.get(name)) is type(sys)]))
"""
ABSENT = "print(json.dumps([name for name in POSTPONED if name not in sys.modules]))"


@pytest.fixture
def environ(example: dict[str, Any]) -> dict[str, str]:
    return {"SMS_CONNECTOR_CONFIG": json.dumps(example)}


def run(code: str, environ: dict[str, str], *above: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, with these directories before all others."""
    path = os.pathsep.join(map(str, [*above, ROOT]))
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", "-c", code],
        env={**environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done


def append(module: Path, code: str) -> None:
    module.write_text(f"{module.read_text('utf-8')}\n{code}\n", "utf-8")


def events(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Give what was logged, as Function Compute logs it: at level INFO."""
    return [json.loads(line)["event"] for line in done.stderr.splitlines()]


def test_a_message_runs_nothing_that_is_postponed(
    emulator: Emulator, environ: dict[str, str]
) -> None:
    done = run(SEND + WAITING, environ)
    assert json.loads(done.stdout) == []
    assert events(done) == ["sms"]
    assert len(emulator.inbox.messages()) == 1


def test_nor_loads_what_only_that_would_use(environ: dict[str, str]) -> None:
    done = run(SEND + "print(json.dumps(sorted(sys.modules)))", environ)
    loaded = json.loads(done.stdout)
    for name in ("aiohttp.client", "apscheduler", "asyncio.events", "_cffi_backend", "websocket"):
        assert name not in loaded
    models = [name for name in loaded if name.startswith("alibabacloud_dysmsapi20170525.models.")]
    assert len(models) == 3


def test_the_sdk_would_load_each_that_is_postponed(environ: dict[str, str]) -> None:
    assert json.loads(run(SEND + ABSENT, environ).stdout) == []


@pytest.mark.parametrize("name", sorted(POSTPONED))
def test_each_is_whole_for_whoever_asks_for_something_of_it(
    name: str, environ: dict[str, str]
) -> None:
    asked = """
import importlib
name = sys.argv[1] if len(sys.argv) > 1 else NAME
module = importlib.import_module(name)
before = type(module)
assert not hasattr(module, "no_such_name_anywhere")
assert before is not type(module) is type(sys), (before, type(module))
assert type(module.__loader__).__module__ == "_frozen_importlib_external"
assert module.__spec__.loader is module.__loader__
"""
    run(SEND + f"NAME = {name!r}\n" + asked, environ)


def test_the_asynchronous_client_works(emulator: Emulator, environ: dict[str, str]) -> None:
    code = """
import asyncio, os
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.models import Config
config = json.loads(os.environ["SMS_CONNECTOR_CONFIG"])
client = Client(Config(
    access_key_id=config["accessKeyId"], access_key_secret=config["accessKeySecret"],
    protocol="HTTP", endpoint=config["endpoint"].removeprefix("http://")))
answer = asyncio.run(client.send_sms_async(SendSmsRequest(
    phone_numbers="13912345678", sign_name=config["signName"],
    template_code="SMS_200000002", template_param='{"code": "1357"}')))
assert answer.body.code == "OK", answer.body
"""
    run(SEND + code, environ)
    assert emulator.inbox.messages("13912345678")


@pytest.mark.parametrize(
    "code",
    [
        """
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from alibabacloud_tea_openapi.utils import rsa_sign
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                        serialization.NoEncryption())
assert len(rsa_sign(b"text", pem)) == 256
""",
        """
from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest, SendSmsRequest
assert models.SendBatchSmsRequest().to_map() == {}
assert QuerySendDetailsRequest(phone_number="1").to_map() == {"PhoneNumber": "1"}
assert models.SendSmsRequest is SendSmsRequest is models._send_sms_request.SendSmsRequest
""",
        """
from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import Config
assert Client(Config(type="bearer", bearer_token="t")).get_credential().bearer_token == "t"
ecs = Client(Config(type="ecs_ram_role", role_name="r", disable_imds_v1=True))
assert ecs.get_credential
""",
        """
from darabonba.utils.xml import XML
assert XML.parse_xml("<a><b>1</b></a>", None) == {"a": {"b": "1"}}
""",
        """
import requests
answer = requests.Response()
answer._content = "é".encode("utf-16")
assert answer.text == "é"
""",
        """
import tempfile, zipfile, idna
from asyncio import *
assert issubclass(CancelledError, BaseException)
tempfile.tempdir = "/elsewhere"
assert tempfile.gettempdir() == sys.modules["tempfile"].tempdir == "/elsewhere"
tempfile.tempdir = None
with tempfile.TemporaryFile() as file, zipfile.ZipFile(file, "w") as archive:
    archive.writestr("name", b"content")
del idna.encode
assert not hasattr(sys.modules["idna"], "encode")
""",
        """
import certifi, idna, importlib.resources
assert idna.__version__
assert "BEGIN CERTIFICATE" in certifi.contents()
assert importlib.resources.files("certifi").joinpath("cacert.pem").is_file()
""",
    ],
    ids=["RSA", "other models", "other credentials", "XML", "encodings", "Python's own", "files"],
)
def test_so_does_everything_else(code: str, environ: dict[str, str]) -> None:
    run(SEND + code, environ)


def test_a_log_line_tells_its_task_once_there_are_tasks(environ: dict[str, str]) -> None:
    code = """
import asyncio
from asyncio import current_task
try:
    current_task()
except RuntimeError as error:
    assert str(error) == "no running event loop"
async def main():
    loop = asyncio.get_running_loop()
    return asyncio.current_task(), current_task(), current_task(loop), current_task(loop=loop)
tasks = asyncio.run(main())
assert len(set(tasks)) == 1 and isinstance(tasks[0], asyncio.Task), tasks
"""
    run(SEND + code, environ)


@pytest.mark.parametrize("name", ["aiohttp.client_exceptions", "asyncio.subprocess"])
def test_a_submodule_is_imported_once_and_after_its_package(
    name: str, environ: dict[str, str]
) -> None:
    code = f"""
import {name}
package, _, submodule = "{name}".partition(".")
package, itself = sys.modules[package], sys.modules["{name}"]
assert getattr(package, submodule) is itself is importlib.import_module("{name}")
shared = set(itself.__all__) & set(vars(package)) if "asyncio" in "{name}" else ["ClientError"]
assert shared and all(getattr(package, one) is getattr(itself, one) for one in shared)
assert itself.__spec__.origin == itself.__file__
"""
    run(SEND + "import importlib" + code, environ)


NAME = """
import darabonba.response as holder
name = holder.ClientResponse
assert type(name).__name__ == "_Name"
"""


@pytest.mark.parametrize(
    "code",
    [
        "assert not isinstance(name, type) and not isinstance(1, name)",
        "class Derived(name): pass\nassert Derived.__base__ is holder.ClientResponse",
        "assert (name | None) == (holder.ClientResponse | None)",
        "assert (None | name) == (None | holder.ClientResponse)",
        "assert callable(name.json)",
        "import copy; assert copy.copy(name).json is holder.ClientResponse.json",
        "from requests.compat import proxy_bypass; assert proxy_bypass('localhost') in (0, 1)",
    ],
)
def test_a_name_from_it_can_be_used_at_once(code: str, environ: dict[str, str]) -> None:
    run(SEND + NAME + code, environ)


def test_a_name_is_the_real_one_wherever_it_is_once_its_module_is_there(
    environ: dict[str, str],
) -> None:
    code = "import aiohttp; aiohttp.hdrs; assert holder.ClientResponse is aiohttp.ClientResponse"
    run(SEND + NAME + code, environ)


def test_an_import_that_failed_is_tried_again(environ: dict[str, str]) -> None:
    code = """
import shutil, zipfile
sys.modules["shutil"] = None
for _ in range(2):
    try:
        zipfile.ZipFile
    except ImportError as error:
        assert error.name == "shutil"
    else:
        raise AssertionError
sys.modules["shutil"] = shutil
assert zipfile.ZipFile
"""
    run(SEND + code, environ)


def test_threads_that_import_parts_of_each_other_do_not_lock_each_other_out(
    environ: dict[str, str],
) -> None:
    code = """
import faulthandler, threading
faulthandler.dump_traceback_later(30, exit=True)
sys.setswitchinterval(1e-6)
start = threading.Barrier(3)
def whole():
    import asyncio
    start.wait()
    asyncio.run
def part():
    start.wait()
    import asyncio.subprocess, asyncio.base_events
def log():
    start.wait()
    for _ in range(100):
        logging.getLogger("another").info("line")
threads = [threading.Thread(target=work) for work in (whole, part, log)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
    assert run(SEND + code, environ).stderr.splitlines().count("line") == 100


def test_threads_see_a_module_whole_or_wait_for_it(environ: dict[str, str]) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
import threading
start = threading.Barrier(8)
def ask(_):
    import urllib.request
    start.wait()
    return urllib.request.proxy_bypass, urllib.request.urlopen
with ThreadPoolExecutor(8) as pool:
    assert len(set(pool.map(ask, range(8)))) == 1
"""
    run(SEND + code, environ)


def test_garbage_is_collected_again_after_the_start(environ: dict[str, str]) -> None:
    run(SEND + "import gc; assert gc.isenabled() and gc.get_freeze_count()", environ)
    run("import gc; gc.disable()" + SEND + "assert not gc.isenabled()", environ)


def test_a_client_that_is_imported_already_is_left_alone(environ: dict[str, str]) -> None:
    before = "import alibabacloud_dysmsapi20170525.client"
    done = run(before + SEND + WAITING, environ)
    assert "alibabacloud_dysmsapi20170525.models" in json.loads(done.stdout)


class TestAnSdkThatHasChanged:
    """The plain import takes over, and the log says so once."""

    @pytest.fixture
    def changed(self, tmp_path: Path) -> Path:
        for part in (SDK, CREDENTIALS, CERTIFI):
            shutil.copytree(part, tmp_path / part.name, ignore=shutil.ignore_patterns("*.pyc"))
        return tmp_path

    @pytest.mark.parametrize("module", ["cryptography", "tempfile"])
    def test_in_a_way_that_stand_ins_do_not_bear(
        self, module: str, emulator: Emulator, environ: dict[str, str], changed: Path
    ) -> None:
        strict = f"if type({module}).__name__ != 'module': raise TypeError('no module')"
        append(changed / SDK.name / "__init__.py", f"import {module}\n{strict}")
        done = run(SEND + WAITING, environ, changed)
        assert events(done) == ["cold_start", "sms"]
        assert "TypeError: no module" in done.stderr
        assert set(json.loads(done.stdout)) == POSTPONED.keys()
        assert len(emulator.inbox.messages()) == 1

    def test_or_uses_a_part_at_once(self, environ: dict[str, str], changed: Path) -> None:
        code = """
import aiohttp, threading, zipfile
kinds = []
thread = threading.Thread(target=lambda: kinds.append(type(aiohttp.ClientTimeout)))
thread.start()
thread.join()
assert kinds == [type], kinds
class Archive(zipfile.ZipFile): pass
"""
        append(changed / SDK.name / "utils.py", code)
        done = run(SEND + WAITING, environ, changed)
        assert events(done) == ["sms"]
        assert {"aiohttp", "zipfile"} <= set(json.loads(done.stdout))

    def test_or_asks_for_a_name_that_is_not_there(
        self, environ: dict[str, str], changed: Path
    ) -> None:
        append(changed / SDK.name / "utils.py", "from aiohttp import of_another_version")
        run(SEND + "import aiohttp; assert aiohttp.ClientSession", environ, changed)

    def test_or_has_its_root_certificates_somewhere_else(
        self, environ: dict[str, str], changed: Path
    ) -> None:
        bundle = changed / CERTIFI.name / "cacert.pem"
        bundle.rename(changed / "elsewhere.pem")
        append(changed / CERTIFI.name / "__init__.py", "where = lambda: 'elsewhere.pem'")
        run(SEND + "import certifi; assert certifi.where() == 'elsewhere.pem'", environ, changed)

    def test_or_keeps_a_name_somewhere_else(
        self, emulator: Emulator, environ: dict[str, str], changed: Path
    ) -> None:
        provider = changed / CREDENTIALS.name / "provider"
        (provider / "static_ak.py").rename(provider / "static_access_key.py")
        for module in provider.glob("*.py"):
            text = module.read_text("utf-8").replace(".static_ak ", ".static_access_key ")
            module.write_text(text, "utf-8")
        done = run(SEND + WAITING, environ, changed)
        assert events(done) == ["cold_start", "sms"]
        assert "StaticAKCredentialsProvider is not where it was" in done.stderr
        assert "alibabacloud_credentials.provider" in json.loads(done.stdout)
        assert "aiohttp" not in json.loads(done.stdout)
        assert len(emulator.inbox.messages()) == 1

    def test_a_part_that_is_not_installed_is_missed_only_by_who_uses_it(
        self, environ: dict[str, str]
    ) -> None:
        without = """
import importlib.machinery
find = importlib.machinery.PathFinder.find_spec
def absent(name, *rest):
    return None if name.partition(".")[0] in {"aiohttp", "cryptography"} else find(name, *rest)
importlib.machinery.PathFinder.find_spec = absent
"""
        code = """
import aiohttp
try:
    aiohttp.ClientSession
except ModuleNotFoundError as error:
    assert error.name == "aiohttp", error
    assert "sending an SMS does not need it" in str(error)
else:
    raise AssertionError
"""
        assert events(run(without + SEND + code, environ)) == ["sms"]
