"""Run by the runtime's Python, isolated: sends each case's message from the package alone.

``python -I -S -B proof_run.py PACKAGE``, with ``cases`` and the query of a ``call`` as JSON on the
standard input.
"""

import importlib
import json
import logging
import os
import sys
from types import SimpleNamespace
from typing import Any

FIRST_BIZ_ID = "bizId of the first message"
"""Stands in an event for the id of the message that the first case sends."""


def main(package: str) -> None:
    """Call the entry points as Function Compute does, and print their answers."""
    sys.path.insert(0, package)
    given = json.load(sys.stdin)
    cases = given["cases"]
    logging.basicConfig(level=logging.INFO)
    answers: list[object] = []
    for case in cases:
        os.environ.update(case["environ"])
        sys.modules.pop("index", None)  # it reads the settings once, when it is imported
        index = importlib.import_module("index")
        index.initializer(_context(case))
        event = case["event"]
        if answers and isinstance(answers[0], dict):
            event = event.replace(FIRST_BIZ_ID, answers[0].get("bizId", ""))
        answer = index.handler(event.encode(), _context(case))
        answers.append(answer if isinstance(answer, dict) else json.loads(answer))
    answers.append(_call(cases[0]["environ"]["SMS_CONNECTOR_CONFIG"], given["call"]))
    report = {"answers": answers, "strangers": _strangers(package), "stubs": _used_stubs()}
    json.dump(report, sys.stdout)


def _call(connector: str, query: dict[str, str]) -> object:
    """Call SendSms by the generic client, as any other service of the provider is called."""
    from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
    from darabonba.runtime import RuntimeOptions

    from sms_connector.config import parse_config
    from sms_connector.provider.client import AccessKey, build_client

    config = parse_config(connector)
    key = AccessKey(config.access_key_id or "", config.access_key_secret or "")
    params = Params(
        action="SendSms",
        version="2017-05-25",
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    try:
        return build_client(config, key).call_api(
            params, OpenApiRequest(query=query), RuntimeOptions()
        )
    except Exception as error:  # noqa: BLE001  (the proof reports it)
        return repr(error)


def _context(case: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(credentials=SimpleNamespace(**case["role"]))


def _used_stubs() -> list[str]:
    return sorted(sys.modules["stub_runtime"].used)


def _strangers(package: str) -> list[str]:
    """Return the names of modules that are neither of the package nor of Python itself."""
    homes = (package, os.path.dirname(os.__file__), os.path.abspath(__file__))
    modules = list(sys.modules.items())
    files = {name: vars(module).get("__file__") or "" for name, module in modules}
    return [name for name, file in files.items() if file and not file.startswith(homes)]


if __name__ == "__main__":
    main(sys.argv[1])
