"""The entry points, in a process of their own as in the cloud."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.emulate.pnvs_account import GIVEN_SIGNS
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from sms_connector.operations.routes import ROUTES
from tests.support.configs import GIVEN_TEMPLATES
from tests.support.http_events import HttpRequest, through_wsgi

ROOT = Path(__file__).parent.parent

# What a process does after Function Compute has started it: the initializer, then events.
RUN = """
import gc, json, sys
import index
collects = gc.isenabled() and gc.get_freeze_count() > 0
index.initializer(None)
started = sorted(sys.modules)
answer = index.handler(sys.argv[1].encode(), None)
print(json.dumps({"answer": json.loads(answer), "started": started, "sent": sorted(sys.modules),
    "collects": collects}))
"""

DEVELOPMENT = ("click", "rich", "starlette", "uvicorn", "pytest", "fc2", "sms_connector.local")
OTHER_OPERATIONS = {route.runs.partition(".")[0] for route in ROUTES} - {"send"}
NOT_FOR_THIS_MESSAGE = (
    *("phonenumbers", "standardwebhooks", "valkey", "sms_connector.store.redis"),
    "sms_connector.provider.verify_code",
    *(f"sms_connector.operations.{name}" for name in OTHER_OPERATIONS),
    *(
        "sms_connector.verification",
        "sms_connector.reports.deliveries",
        "sms_connector.web.webhook",
    ),
)


def run(event: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", RUN, json.dumps(event)],
        cwd=ROOT,
        env={"SMS_CONNECTOR_CONFIG": json.dumps(config), "DEBUG": "sdk"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.fixture
def mainland(emulator: Emulator, example: dict[str, Any]) -> dict[str, Any]:
    emulator.clear()
    return run({"phone": "13812345678", "usageType": "SignIn", "code": "246810"}, example)


def test_an_event_becomes_an_sms(emulator: Emulator, mainland: dict[str, Any]) -> None:
    (sms,) = emulator.inbox.messages()
    assert mainland["answer"]["bizId"] == sms.biz_id


def test_no_development_tool_is_loaded(mainland: dict[str, Any]) -> None:
    assert not [name for name in mainland["sent"] if name.startswith(DEVELOPMENT)]


def test_garbage_is_collected_after_the_import_but_not_searched_for_in_it(
    mainland: dict[str, Any],
) -> None:
    assert mainland["collects"]


def test_modules_for_other_messages_are_not_loaded(mainland: dict[str, Any]) -> None:
    assert not [name for name in mainland["sent"] if name.startswith(NOT_FOR_THIS_MESSAGE)]


def test_the_first_message_loads_only_codecs_after_the_initializer(
    mainland: dict[str, Any],
) -> None:
    late = set(mainland["sent"]) - set(mainland["started"])
    assert not [name for name in late if not name.startswith(("encodings.", "stringprep"))]


def test_the_first_message_of_the_number_verification_service_loads_only_codecs_too(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    given = {"signName": GIVEN_SIGNS[0], "templates": GIVEN_TEMPLATES}
    emulator.clear()
    done = run({"phone": "13812345678", "usageType": "SignIn", "code": "246810"}, example | given)
    assert done["answer"]["bizId"] == emulator.inbox.messages()[0].biz_id
    late = set(done["sent"]) - set(done["started"])
    assert not [name for name in late if not name.startswith(("encodings.", "stringprep"))]
    assert not [name for name in done["sent"] if "dypnsapi" in name]


def test_a_number_abroad_loads_phonenumbers(emulator: Emulator, example: dict[str, Any]) -> None:
    event = {"phone": "+85251234567", "usageType": "SignIn", "code": "246810"}
    assert "phonenumbers" in run(event, example)["sent"]
    assert emulator.inbox.messages()[0].phone == "85251234567"


def test_the_three_entry_points_send_and_share_what_was_sent(
    emulator: Emulator,
    example: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    context: FcContext,
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_CONFIG", json.dumps(example))
    monkeypatch.setenv("SMS_CONNECTOR_ANONYMOUS", "true")
    monkeypatch.delitem(sys.modules, "index", raising=False)
    index = importlib.import_module("index")
    index.initializer(context)
    for code in ("135790", "975310"):
        event = {"phone": "13812345678", "usageType": "SignIn", "code": code}
        answer = json.loads(index.handler(json.dumps(event).encode(), context))
        # The same through FC 2.0 is the same message: the answer is the first one's.
        request = HttpRequest(json.dumps(event).encode())
        assert through_wsgi(index.application, request, context).body == answer
    assert len(emulator.inbox.messages()) == 2
