from __future__ import annotations

import re

import pytest
import requests

from sms_connector.local.emulate.server import Emulator

from .calling import GOOD, rpc

UUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 400, "MissingVersion"),
        ("POST", "/", 400, "MissingVersion"),
        ("PUT", "/", 405, "UnsupportedHTTPMethod"),
        ("DELETE", "/", 405, "UnsupportedHTTPMethod"),
        ("OPTIONS", "/", 405, "UnsupportedHTTPMethod"),
        ("POST", "/send", 404, "InvalidPath.NotFound"),
        ("POST", "/inbox", 405, "UnsupportedHTTPMethod"),
    ],
)
def test_another_path_or_method_is_refused_in_json(
    emulator: Emulator, method: str, path: str, status: int, code: str
) -> None:
    answer = requests.request(method, emulator.url + path, timeout=5)
    assert (answer.status_code, answer.json()["Code"]) == (status, code)
    assert UUID.fullmatch(answer.json()["RequestId"])


def test_a_refusal_of_the_gateway_has_a_host_id_and_a_recommendation(emulator: Emulator) -> None:
    answer = rpc(emulator, {**GOOD, "Action": "SendFax"}).json()
    assert set(answer) == {"Code", "Message", "RequestId", "HostId", "Recommend"}
    assert emulator.url.endswith(answer["HostId"])
    assert answer["RequestId"] in answer["Recommend"]


def test_every_answer_has_its_own_request_id(emulator: Emulator) -> None:
    answers = [
        rpc(emulator, {**GOOD, "TemplateCode": code}) for code in ("SMS_200000001", "x", "x")
    ]
    ids = [answer.json()["RequestId"] for answer in answers]
    assert all(UUID.fullmatch(request_id) for request_id in ids)
    assert len(set(ids)) == 3


def test_a_biz_id_has_the_form_of_the_providers(emulator: Emulator) -> None:
    answer = rpc(emulator).json()
    assert (answer["Code"], answer["Message"]) == ("OK", "OK")
    assert re.fullmatch(r"\d{18}\^0", answer["BizId"])
