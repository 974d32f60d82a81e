"""Which sentence a person reads, by what refused the message."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.callers.sentences import operator_sentence, sentence_for
from sms_connector.errors import ConnectorError, LimitReached, ProviderError, invalid_config
from sms_connector.local.fc_context import FcContext
from tests.support.functions import new_function
from tests.support.http_events import WAYS, HttpRequest

OF_THE_NUMBER = "Too many messages were sent to this number. Please wait before requesting another."
OF_NOBODY = "Too many messages were requested. Please wait before requesting another."
LIMITED = ProviderError("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", "REQUEST-1")
THROTTLED = ProviderError("Throttling.User", "Request was denied.", "REQUEST-1")


@pytest.mark.parametrize(
    ("rule", "provider", "english", "chinese"),
    [
        ("perNumber", None, OF_THE_NUMBER, "该手机号的验证码发送过于频繁，请稍后再试。"),
        ("perAddress", None, OF_NOBODY, "验证码发送过于频繁，请稍后再试。"),
        ("perPrefix", None, OF_NOBODY, "验证码发送过于频繁，请稍后再试。"),
        ("", LIMITED, OF_NOBODY, "验证码发送过于频繁，请稍后再试。"),
        ("", THROTTLED, OF_NOBODY, "验证码发送过于频繁，请稍后再试。"),
    ],
)
def test_a_refused_rate_names_the_number_only_where_it_is_the_number_s(
    rule: str, provider: ProviderError | None, english: str, chinese: str
) -> None:
    limit = LimitReached(rule, "1/minute") if rule else None
    error = ConnectorError("rate_limited", "for operators", limit=limit, provider=provider)
    assert sentence_for(error, "en") == english
    assert sentence_for(error, "zh-CN") == chinese


@pytest.mark.parametrize("rule", ["perCountry", "total", "conversion"])
def test_a_limit_for_all_says_nothing_of_the_number_or_of_how_many(rule: str) -> None:
    error = ConnectorError("usage_limited", "for operators", limit=LimitReached(rule, "5/day"))
    assert sentence_for(error, "en") == "The message could not be sent. Please try again later."


def test_the_operator_reads_the_provider_s_code_where_there_is_one() -> None:
    error = ConnectorError("refused", "See its code.", provider=LIMITED)
    assert operator_sentence(error) == "See its code. (isv.BUSINESS_LIMIT_CONTROL)"
    assert operator_sentence(invalid_config("`signName` is required.")) == "`signName` is required."


LIMITS = {
    "perAddress": {"perNumber": [], "perAddress": ["1/hour"]},
    "perPrefix": {"perNumber": [], "perPrefix": ["1/hour"]},
    "perNumber": {"perNumber": ["1/hour"]},
}


@pytest.mark.parametrize("rule", LIMITS)
def test_a_person_of_logto_reads_by_which_kind_of_limit_the_message_was_refused(
    rule: str,
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    context: FcContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure({**example, "limits": LIMITS[rule]})
    monkeypatch.setenv("SMS_CONNECTOR_ANONYMOUS", "true")
    function = new_function()
    texts = []
    for digits, code in (("1", "246810"), ("1" if rule == "perNumber" else "2", "135790")):
        body = {
            "to": f"8525123456{digits}",
            "type": "SignIn",
            "payload": {"code": code},
            "ip": "8.8.8.8",
        }
        request = HttpRequest(json.dumps(body).encode(), "POST", "/logto", {}, {})
        answered = WAYS["HTTP trigger"](function.handle, request, context)
        texts.append(answered.body if isinstance(answered.body, str) else str(answered.status))
    assert texts[0] == "200"
    assert texts[1].startswith(OF_THE_NUMBER if rule == "perNumber" else OF_NOBODY)
