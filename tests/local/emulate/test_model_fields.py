"""The emulator's answers beside the official models (dysmsapi 4.6.0)."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525 import models

from sms_connector.local.emulate.server import Emulator

from .calling import GOOD, call_api

# Fields that the official models have and these answers must not.
ABSENT = {
    "GetSmsTemplate": {
        "IntlType",  # of international templates only
        "VendorAuditStatus",  # of digital SMS only
    },
}


@pytest.mark.parametrize(
    ("action", "parameters", "model"),
    [
        ("SendSms", GOOD, models.SendSmsResponseBody),
        ("GetSmsSign", {"SignName": "码上驳回"}, models.GetSmsSignResponseBody),
        ("GetSmsTemplate", {"TemplateCode": "SMS_200000202"}, models.GetSmsTemplateResponseBody),
        ("QuerySmsSignList", {}, models.QuerySmsSignListResponseBody),
        ("QuerySmsTemplateList", {}, models.QuerySmsTemplateListResponseBody),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_an_answer_has_every_field_of_the_official_model_in_its_type(
    emulator: Emulator, action: str, parameters: dict[str, str], model: Any
) -> None:
    answer = call_api(emulator, action, parameters)
    missing = [path for path in paths_of(model) if not has(answer, path)]
    assert set(missing) == {(name,) for name in ABSENT.get(action, ())}
    read = model().from_map(answer)
    assert without_empty(read.to_map()) == without_empty(answer)


def paths_of(model: Any) -> list[tuple[str, ...]]:
    """Return the path of each field of a model, by the source that reads it."""
    source = inspect.getsource(model.from_map)
    found: list[tuple[str, ...]] = []
    for name, reading in re.findall(r"m\.get\('(\w+)'\) is not None:(.*?)(?=\n\n|$)", source, re.S):
        found.append((name,))
        for part in re.findall(r"main_models\.(\w+)\(\)", reading):
            found += [(name, *path) for path in paths_of(getattr(models, part))]
    return found


def has(answer: Any, path: tuple[str, ...]) -> bool:
    if not path:
        return True
    if isinstance(answer, list):
        return bool(answer) and any(has(item, path) for item in answer)
    return isinstance(answer, dict) and path[0] in answer and has(answer[path[0]], path[1:])


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_empty(item) for key, item in value.items() if item not in ([], {})}
    return [without_empty(item) for item in value] if isinstance(value, list) else value
