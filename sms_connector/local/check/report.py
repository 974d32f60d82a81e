"""`check --report`: what a real account answered, in shapes, and what differs from the emulator."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Final, NamedTuple

import msgspec
from alibabacloud_dysmsapi20170525.client import Client as DysmsClient
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from ... import __version__
from ...config import ConnectorConfig
from ...provider.call import Stage
from ...provider.client import AccessKey, Times, build_client, tracked_call
from ...provider.refusals import is_known
from ...provider.sdk_call import NoAnswer, call_sdk
from ...provider.verify_code import Body, Response
from ...settings import read_settings
from ..emulate.account import ORDINARY_KEY
from ..emulate.server import Emulator
from ..endpoint import is_emulator
from ..shanghai import day_of
from .codes_in_use import codes_in_use
from .shapes import NOT_SHOWN, code_shown, statuses_of, types_of

_VERSION: Final = "2017-05-25"

# No phone has it, and it is too short for any: SendSms refuses it.
_NO_NUMBER: Final = "12345"
_NOBODY: Final = "13800138000"  # a service number of a carrier

_ABOUT: Final = (
    "Shapes of answers alone: HTTP status, code, names and types of fields, and statuses that are "
    "enumerations. No value, sign, template, number, key or address."
)


class _Answer(NamedTuple):
    """``status`` is 0 where there was no answer; ``body`` is the JSON, if it is an object."""

    status: int
    body: dict[str, Any]


Calls = list[tuple[str, dict[str, str]]]


def report(config: ConnectorConfig, key: AccessKey) -> dict[str, object]:
    """Ask for each sign and template in use, and for what costs nothing. Send no message."""
    by_sms = [code for code in codes_in_use(config) if not code.is_pnvs]
    signs = dict.fromkeys(code.sign_name for code in by_sms)
    templates = dict.fromkeys(code.code for code in by_sms)
    hidden = [*signs, *templates, key.id, key.secret, key.security_token, config.host]
    answers = [*_ask(config, key, _calls(list(signs), list(templates)))]
    return {
        "about": _ABOUT,
        "version": __version__,
        "day": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "asked": "an emulator" if is_emulator(config) else "the service",
        "calls": _without(hidden, [*_compared(answers, _emulated(config))]),
    }


def _without(hidden: list[str | None], calls: list[dict[str, object]]) -> object:
    """Return the calls without these words, should a service use one as the name of a field."""
    text = msgspec.json.encode(calls).decode()
    for word in filter(None, hidden):
        text = text.replace(msgspec.json.encode(word).decode()[1:-1], NOT_SHOWN)
    return msgspec.json.decode(text)


def _calls(signs: list[str], templates: list[str]) -> Calls:
    today = day_of(datetime.now(timezone.utc))
    page = {"PageSize": "1", "CurrentPage": "1"}
    nobody = {"PhoneNumbers": _NO_NUMBER, "SignName": "-", "TemplateCode": "SMS_0"}
    return [
        *(("GetSmsSign", {"SignName": name}) for name in signs),
        *(("GetSmsTemplate", {"TemplateCode": code}) for code in templates),
        ("QuerySendDetails", {"PhoneNumber": _NOBODY, "SendDate": today, **page}),
        ("SendSms", nobody),
    ]


def _ask(config: ConnectorConfig, key: AccessKey, calls: Calls) -> Iterator[tuple[str, _Answer]]:
    client = build_client(config, key)
    proxies = read_settings(os.environ).proxies
    for action, query in calls:
        kept: list[_Answer] = []
        tracked = tracked_call(config, Times.from_now(config), proxies)
        outcome = call_sdk(tracked, lambda: _call(client, action, query, kept))  # noqa: B023
        if isinstance(outcome, NoAnswer) and outcome.reached is Stage.CONNECTING:
            return  # `check` says so
        yield action, kept[0] if kept else _Answer(0, {})


def _call(
    client: DysmsClient, action: str, query: Mapping[str, str], kept: list[_Answer]
) -> Response:
    params = Params(
        action=action,
        version=_VERSION,
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    try:
        answer = client.call_api(params, OpenApiRequest(query=dict(query)), RuntimeOptions())
    except AlibabaCloudException as refusal:
        data = refusal.data if isinstance(refusal.data, dict) else {}
        body = {name: value for name, value in data.items() if name != "statusCode"}
        kept.append(_Answer(refusal.status_code, body))
        raise
    body = answer["body"] if isinstance(answer["body"], dict) else {}
    kept.append(_Answer(answer["statusCode"], body))
    fields = (body.get(name) for name in ("Code", "Message", "RequestId", "BizId"))
    return Response(answer["statusCode"], Body(*fields))


def _emulated(config: ConnectorConfig) -> Mapping[tuple[str, str], dict[str, str]]:
    """Return the types of the emulator's answers, by action and whether the code is OK."""
    with Emulator(flow_control=False) as emulator:
        there = msgspec.structs.replace(config, endpoint=emulator.url, region_id=None)
        key = AccessKey(ORDINARY_KEY.id, ORDINARY_KEY.secret)
        signs = ["码上登录", "没有此签名"]
        templates = ["SMS_200000002", "SMS_200000102", "SMS_0"]
        types: dict[tuple[str, str], dict[str, str]] = {}
        for action, answer in _ask(there, key, _calls(signs, templates)):
            types.setdefault(_kind(action, answer), {}).update(types_of(answer.body))
        return types


def _kind(action: str, answer: _Answer) -> tuple[str, str]:
    return action, "OK" if answer.body.get("Code") == "OK" else "refused"


def _compared(
    answers: list[tuple[str, _Answer]], emulated: Mapping[tuple[str, str], dict[str, str]]
) -> Iterator[dict[str, object]]:
    for action, answer in answers:
        code = answer.body.get("Code")
        types = types_of(answer.body)
        theirs = emulated.get(_kind(action, answer), {})
        yield {
            "action": action,
            "http": answer.status,
            "code": code_shown(code, known=isinstance(code, str) and is_known(code)),
            "fields": types,
            "statuses": statuses_of(answer.body),
            "unlikeTheEmulator": _differences(types, theirs),
        }


def _differences(types: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    more = [f"{path}: not in the emulator's answer" for path in types if path not in theirs]
    other = [
        f"{path}: {kind}, {theirs[path]} in the emulator's answer"
        for path, kind in types.items()
        if path in theirs and theirs[path] != kind
    ]
    return sorted([*more, *other])
