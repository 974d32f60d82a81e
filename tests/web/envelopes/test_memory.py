"""The largest events in an instance of 128 MB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sms_connector.web.envelopes.event import LARGEST_PAYLOAD

PROJECT = Path(__file__).parents[3]
RUN = """
import re, sys
import index
payload = open(sys.argv[1], "rb").read()
index.handler(payload, None)
# Not ru_maxrss, which begins with what the parent had.
print(int(re.search(r"VmHWM:\\s+([0-9]+) kB", open("/proc/self/status").read())[1]) // 1024)
"""
REPORT = {
    "phone_number": "13812345678",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户",
}


def report_event() -> str:
    reports = [{**REPORT, "biz_id": f"{number}^0"} for number in range(7000)]
    body = json.dumps(reports)[: LARGEST_PAYLOAD * 2 // 3] + "]"
    path = "/reports/a-token-of-reports"
    return json.dumps({"rawPath": path, "requestContext": {"http": {"method": "POST"}},
                       "headers": {}, "body": body})  # fmt: skip


WORST = {
    "lists": "[" + "[]," * (LARGEST_PAYLOAD // 3 - 5) + "[]]",
    "objects": "[" + "{}," * (LARGEST_PAYLOAD // 3 - 5) + "{}]",
    "numbers": "[" + "1000," * (LARGEST_PAYLOAD // 5 - 5) + "1]",
    "reports": report_event(),
}


@pytest.mark.parametrize("kind", WORST)
def test_an_instance_of_128_mb_survives_the_largest_event(kind: str, tmp_path: Path) -> None:
    event = tmp_path / "event"
    event.write_text(WORST[kind], "utf-8")
    assert event.stat().st_size <= LARGEST_PAYLOAD
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", RUN, str(event)],
        cwd=PROJECT,
        env={"SMS_CONNECTOR_REPORT_TOKEN": "a-token-of-reports"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 110
