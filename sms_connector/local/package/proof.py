"""The proof of a package: alone, it sends messages to an emulator over TLS, and sees some fail.

Some of them go through a store, on a real server.
"""

import base64
import hashlib
import hmac
import json
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import trustme
from valkey import Valkey

from ...settings import AUTHORIZATION, CONFIG, SECRET, STORE, WEBHOOK_SECRETS
from ...store.address import MEMORY
from ..emulate.account import STS_KEY
from ..emulate.magic import Behaviour, number_for
from ..emulate.pnvs_account import GIVEN_SIGNS, GIVEN_TEMPLATES
from ..emulate.server import Emulator
from ..example import example_config
from ..http_trigger_event import http_trigger_event
from ..redis_server import RedisServer
from ..shanghai import day_of
from . import web_mode_proof
from .contents import ROOTS
from .interpreter import Interpreter
from .proof_run import FIRST_BIZ_ID
from .root_certificates import write_directory
from .web_mode_proof import WebCase

_CONFIG: Final = example_config("")
_DRIVER: Final = Path(__file__).with_name("proof_run.py")
_AUTHORIZATION: Final = "Bearer proof"
_SECRET: Final = b"a secret that signs the proof"
_ROLE: Final = {
    "access_key_id": STS_KEY.id,
    "access_key_secret": STS_KEY.secret,
    "security_token": STS_KEY.security_token,
}
# One for each form in which the provider, or the network, says no.
_FAILURES: Final[Mapping[str | Behaviour, str]] = {
    "isv.MOBILE_NUMBER_ILLEGAL": "invalid_request_parameters",
    "Forbidden.RAM": "invalid_config",
    "InternalError": "general",
    Behaviour.HTML_502: "invalid_response",
    Behaviour.RESET_BEFORE: "general",
}
_CALL: Final = {
    "PhoneNumbers": "13812345676",
    "SignName": _CONFIG["signName"],
    "TemplateCode": _CONFIG["templates"][0]["templateCode"],
    "TemplateParam": '{"code": "246810"}',
}
_GIVEN: Final = {
    "usageType": "Given",
    "templateCode": GIVEN_TEMPLATES[0].code,
    "signName": GIVEN_SIGNS[0],
}
_PASSWORD: Final = "the-password-of-the-proof"
_DATABASE: Final = 1
_NO_ROLE: Final = dict.fromkeys(_ROLE, "")


class Case(NamedTuple):
    """One event that must send exactly one message to ``phone``.

    If an ``error`` is named, it must send none, and be answered with this code of ours. With a
    ``password``, the function has a store, and logs in with it. If a ``state`` is named, it asks
    for that of the first message, and must send none.
    """

    event: Mapping[str, Any]
    phone: str
    by_role: bool = False
    error: str = ""
    password: str = ""
    state: str = ""


def cases() -> dict[str, Case]:
    """Return one case for each way to ask for a message, and for each way in which that fails.

    They are signed, so they hold for some minutes.
    """
    logto = {"to": "13812345673", "type": "SignIn", "payload": {"code": "246810"}}
    supabase = {"user": {"phone": "+8613812345674"}, "sms": {"otp": "246810"}}
    role = {"phone": "13812345675", "usageType": "Register", "code": "246810"}
    return {
        "a direct invocation": Case(_direct("13812345671"), "13812345671"),
        "a number overseas": Case(
            {"phone": "+852 5123 4567", "usageType": "SignIn"}, "85251234567"
        ),
        "an HTTP request": Case(
            http_trigger_event(json.dumps(logto).encode(), {"Authorization": _AUTHORIZATION}),
            "13812345673",
        ),
        "a signed HTTP request": Case(_signed(json.dumps(supabase)), "13812345674"),
        "a given template": Case(
            {"phone": "13812345670", "usageType": _GIVEN["usageType"], "code": "246810"},
            "13812345670",
        ),
        "a role's key": Case(role, "13812345675", by_role=True),
        "a store": Case(_direct("13812345677"), "13812345677", password=_PASSWORD),
        "a verification": Case(
            {"operation": "startVerification", "phone": "13812345679", "usageType": "SignIn"},
            "13812345679",
            password=_PASSWORD,
        ),
        "a delivery state": Case(
            {
                "operation": "getMessage",
                "bizId": FIRST_BIZ_ID,
                "phone": "13812345671",
                "date": day_of(datetime.now(timezone.utc)),
            },
            "",
            state="accepted",
        ),
        "a store that is away": Case(_direct("13812345678"), "13812345678", password="wrong"),  # noqa: S106
        **{
            f"a failure, {outcome}": Case(
                _direct(number_for(outcome)), number_for(outcome), error=error
            )
            for outcome, error in _FAILURES.items()
        },
    }


def prove(package: Path, interpreter: Interpreter) -> int:
    """Run every case in the package, in a Python that can import nothing else.

    Works on a copy, to whose roots the issuer of the emulator's certificate is added. Returns the
    number of cases. Raises ClickException if one has another outcome, a stub was used, or anything
    was written to the package or loaded from outside it.
    """
    sent = cases()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "package").resolve()
        shutil.copytree(package, copy)
        if not (copy / ROOTS).is_dir():
            raise _failure("it has no root certificates")
        certificate, key = _certify(Path(folder), copy / ROOTS)
        before = digest(copy)
        with (
            Emulator(flow_control=False, ssl_certfile=certificate, ssl_keyfile=key) as emulator,
            RedisServer(requirepass=_PASSWORD) as server,
        ):
            given = [_input(case, emulator.url, server.port) for case in sent.values()]
            report = _run(interpreter, copy, {"cases": given, "call": _CALL})
            web = web_mode_proof.cases(_AUTHORIZATION, _ROLE)
            in_web_mode = _in_web_mode(interpreter, copy, emulator.url, web)
            phones = [message.phone for message in emulator.inbox.messages()]
            with Valkey(port=server.port, password=_PASSWORD, db=_DATABASE) as client:
                is_store_used = client.dbsize() > 0
        is_changed = digest(copy) != before
    # First, because it is often the cause of the rest.
    if report["stubs"]:
        raise _failure(f"it uses modules that are left out of it: {', '.join(report['stubs'])}")
    sent["the SDK's generic client"] = Case({}, _CALL["PhoneNumbers"])
    for (name, case), answer in zip(sent.items(), report["answers"], strict=True):
        if (count := phones.count(case.phone)) != (0 if case.error or case.state else 1):
            raise _failure(f"{name} sent {count} messages: {json.dumps(answer)}")
        if case.error and answer["error"]["code"] != case.error:
            raise _failure(f"{name} is answered with {json.dumps(answer)}")
        if case.state and answer.get("state") != case.state:
            raise _failure(f"{name} is answered with {json.dumps(answer)}")
    for (name, each), answer in zip(web.items(), in_web_mode, strict=True):
        if (count := phones.count(each.phone)) != 1:
            raise _failure(f"{name} sent {count} messages: {json.dumps(answer)}")
    if not is_store_used:
        raise _failure("it writes nothing to the store")
    if report["strangers"]:
        raise _failure(f"it loads from outside: {', '.join(report['strangers'])}")
    if is_changed:
        raise _failure("it writes into its own directory, which is read-only in the cloud")
    return len(sent) + len(web)


def _certify(folder: Path, roots: Path) -> tuple[str, str]:
    """Make a certificate for the emulator, and add its issuer to the roots."""
    ca = trustme.CA()
    write_directory(ca.cert_pem.bytes().decode(), roots)
    issued = ca.issue_cert("localhost", "127.0.0.1")
    certificate, key = str(folder / "certificate"), str(folder / "key")
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    return certificate, key


def _run(interpreter: Interpreter, package: Path, given: object) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603
        [interpreter.path, "-I", "-S", "-B", str(_DRIVER), str(package)],
        cwd=package.parent,
        env={},
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _failure(f"it does not start:\n{done.stderr.strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _in_web_mode(
    interpreter: Interpreter, package: Path, endpoint: str, asked: Mapping[str, WebCase]
) -> list[Any]:
    environ = _environ(Case({}, "", by_role=True), endpoint, 0) | {STORE: MEMORY}
    try:
        return list(web_mode_proof.answers(package, interpreter, environ, [*asked.values()]))
    except RuntimeError as error:
        raise _failure(str(error)) from None


def digest(package: Path) -> str:
    """Return one hash of all names and contents."""
    total = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"{path.relative_to(package)}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _failure(problem: str) -> click.ClickException:
    return click.ClickException(f"The package is not fit to be deployed: {problem}")


def _input(case: Case, endpoint: str, store_port: int) -> dict[str, object]:
    return {
        "event": json.dumps(case.event),
        "role": _ROLE if case.by_role else _NO_ROLE,
        "environ": _environ(case, endpoint, store_port),
    }


def _environ(case: Case, endpoint: str, store_port: int) -> dict[str, str]:
    config = _CONFIG | {"endpoint": endpoint, "templates": [*_CONFIG["templates"], _GIVEN]}
    if case.by_role:
        del config["accessKeyId"], config["accessKeySecret"]
    login = f":{case.password}@127.0.0.1:{store_port}/{_DATABASE}"
    return {
        CONFIG: json.dumps(config),
        AUTHORIZATION: _AUTHORIZATION,
        # All run in one process: a case without a store has to unset the one before it.
        STORE: f"redis://{login}" if case.password else "",
        SECRET: secrets.token_hex() if case.password else "",
        WEBHOOK_SECRETS: f"v1,whsec_{base64.b64encode(_SECRET).decode()}",
    }


def _direct(phone: str) -> dict[str, object]:
    return {"phone": phone, "usageType": "SignIn", "code": "246810"}


def _signed(body: str) -> dict[str, object]:
    identity, moment = "msg_proof", str(int(time.time()))
    mac = hmac.new(_SECRET, f"{identity}.{moment}.{body}".encode(), hashlib.sha256)
    return http_trigger_event(
        body.encode(),
        {
            "webhook-id": identity,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{base64.b64encode(mac.digest()).decode()}",
        },
    )
