"""The WSGI application, in a process of its own as a server loads it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from typing import Any

import pytest

from sms_connector.local.emulate.account import STS_KEY
from sms_connector.local.emulate.server import Emulator
from sms_connector.web.envelopes import envelope_of
from sms_connector.web.envelopes.event import read_event
from sms_connector.web.http import LARGEST_REPORT
from tests.support.serving import PROJECT

MESSAGE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}

# Prints the modules loaded and the connections made while the application is imported, then the
# response to each request. A request is its path, its body, and changes of the environment.
RUN = """
import io, json, sys, threading
connected = []
sys.addaudithook(lambda event, _: event == "socket.connect" and connected.append(event))
from sms_connector.wsgi import application
print(json.dumps({"connected": connected, "threads": threading.active_count(),
    "modules": sorted(sys.modules)}))
for path, body, changes in json.loads(sys.argv[1]):
    def start(status, headers, exc_info=None):
        print(json.dumps([status, dict(headers)]))
    environ = {"REQUEST_METHOD": "POST" if body else "GET", "PATH_INFO": path, "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body.encode()),
        "HTTP_AUTHORIZATION": "key", "wsgi.multiprocess": False, **changes}
    print(b"".join(application(environ, start)).decode())
"""


class Ran:
    """What the process printed: about its start, the responses, and the log."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        started, *rest = done.stdout.splitlines()
        self.started: dict[str, Any] = json.loads(started)
        self.heads = [json.loads(line) for line in rest[::2]]
        self.statuses = [int(status.split()[0]) for status, _ in self.heads]
        self.bodies = [json.loads(line) for line in rest[1::2]]
        self.log = [json.loads(line) for line in done.stderr.splitlines()]


def run(config: object, *requests: tuple[str, object, dict[str, Any]], **environ: str) -> Ran:
    texts = [(path, json.dumps(body) if body else "", changes) for path, body, changes in requests]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", RUN, json.dumps(texts)],
        cwd=PROJECT,
        env={
            "SMS_CONNECTOR_CONFIG": json.dumps(config),
            "SMS_CONNECTOR_AUTHORIZATION": "key",
            **environ,
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return Ran(done)


def test_a_message_is_sent_and_logged_with_the_id_of_the_request(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    given = {"HTTP_X_REQUEST_ID": "5f2b0c1e-7d3a-4b7e-9a51"}
    ran = run(example, ("/", MESSAGE, given))
    (sms,) = emulator.inbox.messages()
    assert ran.bodies[0]["bizId"] == sms.biz_id
    (line,) = ran.log
    assert (line["level"], line["event"], line["sent"]) == ("INFO", "sms", True)
    assert line["httpRequestId"] == ran.heads[0][1]["X-Request-Id"] == given["HTTP_X_REQUEST_ID"]
    assert line["requestId"] == sms.request_id
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert not re.search("246810|13812345678", json.dumps(ran.log))


def test_an_address_that_names_two_usage_types_is_refused(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    body = {"to": "13812345678", "text": "246810"}
    ran = run(example, ("/keycloak", body, {"QUERY_STRING": "usageType=SignIn&usageType=Register"}))
    assert ran.statuses == [400]
    assert ran.bodies[0]["error"]["message"].startswith("`usageType` must be a name such as")
    assert not emulator.inbox.messages()


def test_a_request_id_that_may_not_be_logged_is_replaced(example: dict[str, Any]) -> None:
    given = ("0123456789abcdef", "sms-to-8613812345678", "")
    asked = [("/health", None, {"HTTP_X_REQUEST_ID": one}) for one in given]
    kept, *made = (headers["X-Request-Id"] for _, headers in run(example, *asked).heads)
    assert kept == given[0]
    assert made[0] != made[1]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in made)


def test_importing_the_application_opens_no_connection_and_starts_no_thread(
    example: dict[str, Any],
) -> None:
    environ = {
        "SMS_CONNECTOR_STORE": "rediss://127.0.0.1:1",
        "SMS_CONNECTOR_SECRET": "0123456789abcdef0123456789abcdef",
    }
    ran = run(example, **environ)
    assert (ran.started["connected"], ran.started["threads"]) == ([], 1)
    assert "alibabacloud_dysmsapi20170525.client" in ran.started["modules"]
    assert not [name for name in ran.started["modules"] if name.startswith("sms_connector.local")]


def test_an_invalid_config_is_logged_at_the_start_and_answered(example: dict[str, Any]) -> None:
    del example["signName"]
    ran = run(example, ("/health", None, {}), ("/", MESSAGE, {}))
    assert ran.statuses == [503, 500]
    assert ran.bodies[0] == {"status": "unavailable", "errors": ["invalid_config"]}
    first = ran.log[0]
    assert (first["level"], first["event"]) == ("ERROR", "invalid_config")
    assert "signName" in first["reason"]
    assert "httpRequestId" not in first


def test_the_access_key_of_the_environment_signs_where_the_config_has_none(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    del example["accessKeyId"], example["accessKeySecret"]
    keys = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": STS_KEY.id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": STS_KEY.secret,
        "ALIBABA_CLOUD_SECURITY_TOKEN": str(STS_KEY.security_token),
    }
    assert run(example, ("/", MESSAGE, {}), **keys).statuses == [200]
    assert len(emulator.inbox.messages()) == 1
    assert run(example, ("/", MESSAGE, {})).bodies[0]["error"]["code"] == "invalid_config"


@pytest.mark.parametrize(
    ("store", "several", "statuses"),
    [
        # health, a message, the start of a verification
        ("", False, [200, 200, 500]),
        ("", True, [200, 200, 500]),
        ("memory://", False, [200, 200, 201]),
        ("memory://", True, [503, 500, 500]),
    ],
)
@pytest.mark.usefixtures("emulator")
def test_verification_in_memory_needs_a_server_of_one_process_and_a_setting_that_says_so(
    example: dict[str, Any], store: str, several: bool, statuses: list[int]
) -> None:
    changes = {"wsgi.multiprocess": several}
    bodies = (("/health", None), ("/", MESSAGE), ("/verifications", MESSAGE))
    asked = [(path, body, changes) for path, body in bodies]
    ran = run(example, *asked, SMS_CONNECTOR_STORE=store)
    assert ran.statuses == statuses
    for status, body in zip(ran.statuses, ran.bodies, strict=True):
        assert status != 500 or body["error"]["code"] == "invalid_config"
    if several and store:
        assert any("runs several" in line.get("reason", "") for line in ran.log)


class Malformed(io.BytesIO):
    """A body of which the server cannot say where it ends."""

    def read(self, _size: int | None = -1, /) -> bytes:
        raise LookupError("InvalidChunkSize")


class Cut(io.BytesIO):
    """The input of a client that left: a server raises, or gives what it has."""

    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
        raise ConnectionResetError


@pytest.mark.parametrize(
    ("body", "length", "ends", "read"),
    [
        (io.BytesIO(b'{"a": 1}'), "8", True, b'{"a": 1}'),
        (io.BytesIO(b'{"a": 1}'), "8", False, b'{"a": 1}'),
        (io.BytesIO(b'{"a": 1} and the next request'), "8", False, b'{"a": 1}'),
        (io.BytesIO(b'{"a": 1}'), None, True, b'{"a": 1}'),  # in chunks
        (io.BytesIO(b'{"a": 1}'), None, False, b""),
        (io.BytesIO(b'{"a": 1}'), "x", False, b""),
        (io.BytesIO(b"phone=138&code=12"), "21", True, None),
        (Cut(), "8", True, None),
        (Cut(), None, True, None),
        (Malformed(), None, True, None),
        (io.BytesIO(bytes(LARGEST_REPORT + 5)), None, True, bytes(LARGEST_REPORT + 1)),
    ],
)
def test_a_body_is_read_whole_or_not_at_all(
    body: io.BytesIO, length: str | None, ends: bool, read: bytes | None
) -> None:
    environ = {"REQUEST_METHOD": "POST", "wsgi.input": body, "wsgi.input_terminated": ends}
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    assert envelope_of(read_event(environ, None)).open().body == read
