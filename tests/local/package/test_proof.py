"""The proof: a package that is broken in any way fails it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from sms_connector.local.package.interpreter import Interpreter
from sms_connector.local.package.proof import prove


def remove_a_model(package: Path) -> None:
    models = package / "alibabacloud_dysmsapi20170525" / "models"
    (models / "_send_sms_response_body.py").unlink()
    shutil.rmtree(models / "__pycache__")


def remove_the_numbers_abroad(package: Path) -> None:
    shutil.rmtree(package / "phonenumbers")


def remove_the_signatures(package: Path) -> None:
    shutil.rmtree(package / "standardwebhooks")


def remove_the_number_verification_service(package: Path) -> None:
    (package / "sms_connector" / "provider" / "verify_code.py").unlink()
    shutil.rmtree(package / "sms_connector" / "provider" / "__pycache__")


def remove_the_roots(package: Path) -> None:
    shutil.rmtree(package / "roots")


def append(module: Path, code: str) -> None:
    module.write_text(f"{module.read_text('utf-8')}\n{code}\n", "utf-8")
    shutil.rmtree(module.parent / "__pycache__")


def look_for_the_roots_elsewhere(package: Path) -> None:
    append(package / "sms_connector" / "tls.py", "ROOTS = ROOTS + '2'")


def leave_the_sdk_its_own_wire(package: Path) -> None:
    append(package / "sms_connector" / "provider" / "do_action.py", "def install() -> None: pass")


def parse_refusals_with_a_stub(package: Path) -> None:
    code = "def _read_refusal(refusal): import requests; requests.get(refusal)"
    append(package / "sms_connector" / "provider" / "sdk_call.py", code)


def mistake_a_refusal(package: Path) -> None:
    code = "refusal = lambda *_: invalid_config('')"
    append(package / "sms_connector" / "sending" / "connector.py", code)


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
    assert request.query.get("PhoneNumbers") != "13812345676"
    return super(Client, self).call_api(params, request, runtime)
Client.call_api = call_api"""
    append(package / "alibabacloud_dysmsapi20170525" / "client.py", code)


def send_twice(package: Path) -> None:
    code = "AtMostOnce.send = lambda self, sms, call, counted, options: (call(sms), call(sms))[1]"
    append(package / "sms_connector" / "sending" / "at_most_once.py", code)


def leave_out_the_script_of_the_store(package: Path) -> None:
    (package / "sms_connector" / "store" / "transaction.lua").unlink()


def ask_the_store_by_a_stub(package: Path) -> None:
    code = "from valkey.client import Valkey\nConnection.can_read = lambda *_: Valkey()"
    append(package / "sms_connector" / "store" / "connection.py", code)


def name_a_fault_of_the_store_by_a_stub(package: Path) -> None:
    code = "from valkey import ocsp\ndef _fault(error: Exception): return ocsp.fault(error)"
    append(package / "sms_connector" / "store" / "faults.py", code)


def keep_to_the_memory(package: Path) -> None:
    code = "Layered = Mirrored = lambda memory, server: memory"
    append(package / "sms_connector" / "store" / "__init__.py", code)


def leave_out_the_models_of_a_query(package: Path) -> None:
    for path in (package / "alibabacloud_dysmsapi20170525" / "models").glob("*_send_details_*"):
        path.unlink()


def leave_out_the_http_server(package: Path) -> None:
    shutil.rmtree(package / "waitress")


def ignore_the_platform_s_keys(package: Path) -> None:
    code = "Application._invocation = lambda *_: Invocation()"
    append(package / "sms_connector" / "web_mode" / "application.py", code)


# Each breaks another thing that the proof checks, as the four cases in the test below do.
MORE = (
    (remove_the_numbers_abroad, "a number overseas sent 0 messages"),
    (remove_the_signatures, "does not start"),
    (remove_the_number_verification_service, "a given template sent 0 messages"),
    (remove_the_roots, "no root certificates"),
    (look_for_the_roots_elsewhere, "left out of it: certifi.where"),
    (use_a_stub_at_import, "requests.get is a stub"),
    (sign_with_a_stub, r"left out of it: cryptography\.hazmat\.primitives\.hashes\.SHA256"),
    (leave_the_sdk_its_own_wire, r"left out of it: requests\.PreparedRequest"),
    (parse_refusals_with_a_stub, "left out of it: requests.get"),
    (mistake_a_refusal, "a failure, isv.MOBILE_NUMBER_ILLEGAL is answered with"),
    (need_another_name_of_a_stub, "aiohttp.FormData is a stub"),
    (break_the_generic_client, "the SDK's generic client sent 0 messages"),
    (leave_out_the_script_of_the_store, "does not start"),
    (ask_the_store_by_a_stub, r"left out of it: valkey\.client\.Valkey"),
    (name_a_fault_of_the_store_by_a_stub, r"left out of it: valkey\.ocsp\.fault"),
    (leave_out_the_models_of_a_query, "a delivery state is answered with"),
    (keep_to_the_memory, "writes nothing to the store"),
    (leave_out_the_http_server, "web mode does not start"),
    (write_a_file, "writes into its own directory"),
)


class TestAPackageThatIsBroken:
    """`make package` fails, so that it cannot fail in the cloud."""

    @pytest.mark.parametrize(
        ("harm", "problem"),
        [
            (remove_a_model, "does not start"),
            (use_a_stub_and_go_on, "left out of it: requests.get"),
            (send_twice, "a direct invocation sent 2 messages"),
            (ignore_the_platform_s_keys, "an HTTP request in web mode sent 0 messages"),
            *(pytest.param(*case, marks=pytest.mark.long) for case in MORE),
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
