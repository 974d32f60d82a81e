"""The outcomes: every row of the error table and every `sent` in it, over a real socket."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ProviderError
from sms_connector.local.emulate.server import Emulator
from sms_connector.sending.connector import SmsConnector
from sms_connector.web.error_responses import STATUS, error_body
from tests.support.configs import BOTH_SERVICES, KEY_ID, KEY_SECRET
from tests.support.scripted_provider import (
    ACCEPTED,
    Act,
    ScriptedProvider,
    answer,
    close,
    hang,
    reset,
    stall,
)
from tests.support.sending import MESSAGE, connector_at, failure, send

Providers = Callable[..., ScriptedProvider]


REFUSED = [
    (200, "isv.BUSINESS_LIMIT_CONTROL", "rate_limit_exceeded", 429),
    (200, "isv.DAY_LIMIT_CONTROL", "usage_limit_exceeded", 503),
    (200, "isv.MOBILE_NUMBER_ILLEGAL", "invalid_request_parameters", 400),
    (200, "isv.SMS_TEMPLATE_ILLEGAL", "invalid_config", 500),
    (200, "isp.SYSTEM_ERROR", "general", 503),
    (200, "isv.UNHEARD_OF", "general", 502),
    (400, "SignatureDoesNotMatch", "invalid_config", 500),
    (403, "Forbidden.RAM", "invalid_config", 500),
    (404, "InvalidAccessKeyId.NotFound", "invalid_config", 500),
    (429, "Throttling.User", "rate_limit_exceeded", 429),
    (429, "Unheard.Of", "rate_limit_exceeded", 429),
    (503, "ServiceUnavailable", "general", 503),
]


class TestRefused:
    @pytest.mark.parametrize(("status", "theirs", "ours", "http_status"), REFUSED)
    def test_what_the_provider_refuses_with_a_code_was_not_sent(
        self,
        provider: Providers,
        status: int,
        theirs: str,
        ours: str,
        http_status: int,
    ) -> None:
        said = {"Code": theirs, "Message": "because", "RequestId": "REQUEST-2"}
        refusing = provider(answer(status, said))
        error = failure(connector_at(refusing.endpoint))
        assert (error.code, STATUS[error.kind], error.sent) == (ours, http_status, False)
        assert error_body(error)["error"] == {
            "code": ours,
            "http_code": http_status,
            "message": error.message,
            "sent": False,
            "provider": {"code": theirs, "message": "because", "requestId": "REQUEST-2"},
        }
        assert len(refusing.requests) == 1

    def test_a_throttled_call_that_names_its_wait_is_not_made_again(
        self, provider: Providers
    ) -> None:
        said = {"Code": "Throttling", "Message": "", "RequestId": ""}
        refusing = provider(answer(429, said, headers="x-acs-retry-after: 50\r\n"))
        assert failure(connector_at(refusing.endpoint)).code == "rate_limit_exceeded"
        assert len(refusing.requests) == 1

    def test_the_string_to_sign_is_passed_on_masked(self, provider: Providers) -> None:
        parameters = f"PhoneNumbers=13812345678&TemplateParam={quote(chr(34) + '246810')}"
        quoted = f"server string to sign is:POST&%2F&{KEY_ID}%26{quote(parameters)} {KEY_SECRET}"
        said = {"Code": "SignatureDoesNotMatch", "Message": quoted, "RequestId": "REQUEST-2"}
        error = failure(connector_at(provider(answer(400, said)).endpoint))
        assert error.provider is not None
        for secret in ("13812345678", "246810", KEY_ID, KEY_SECRET):
            assert secret not in str(error_body(error))
        assert "string to sign" in error.provider.message

    def test_a_code_that_holds_a_secret_by_chance_keeps_its_meaning(
        self, provider: Providers
    ) -> None:
        said = {"Code": "SignatureDoesNotMatch", "Message": "", "RequestId": ""}
        error = failure(
            connector_at(provider(answer(400, said)).endpoint, accessKeySecret="DoesNot")
        )
        assert error.code == "invalid_config"
        assert error.provider is not None
        assert error.provider.code == "SignatureDoesNotMatch"

    def test_a_code_that_quotes_a_secret_is_masked(self, provider: Providers) -> None:
        said = {"Code": f"Unheard.{KEY_SECRET}.246810", "Message": "", "RequestId": "13812345678"}
        error = failure(connector_at(provider(answer(400, said)).endpoint))
        assert error.provider is not None
        assert error.provider.code == "Unheard.****.****"
        assert error.provider.request_id == "****"

    @pytest.mark.parametrize("text", ["to +86 138 1234 5678", "246810", "x" * 200, "私密"])
    def test_a_code_or_id_of_another_shape_is_not_passed_on(
        self, provider: Providers, text: str
    ) -> None:
        said = {"Code": text, "Message": "", "RequestId": text, "BizId": text}
        error = failure(connector_at(provider(answer(400, said)).endpoint))
        assert error.provider == ProviderError("****", "", "****")
        accepting = provider(answer(200, said | {"Code": "OK"}))
        receipt = send(connector_at(accepting.endpoint), MESSAGE)
        assert (receipt.biz_id, receipt.request_id) == ("****", "****")

    def test_an_error_for_a_wrong_secret_names_the_setting(
        self, emulator: Emulator, example: dict[str, Any]
    ) -> None:
        wrong = example | {"accessKeySecret": "not-the-secret"}
        error = failure(SmsConnector(parse_config(json.dumps(wrong))))
        assert error.code == "invalid_config"
        assert "`accessKeySecret`" in error.message
        assert "246810" not in str(error_body(error))
        assert emulator.inbox.messages() == ()


NONSENSE: dict[str, Act] = {
    "HTML with status 200": answer(200, "<html>welcome</html>"),
    "HTML with status 502": answer(502, "<html>bad gateway</html>"),
    "nothing, with status 200": answer(200, ""),
    "nothing, with status 500": answer(500, ""),
    "an empty list": answer(200, []),
    "a list, with status 400": answer(400, ["Code"]),
    "a number": answer(200, 5),
    "null": answer(200, None),
    "no Code": answer(200, {"Message": "OK", "RequestId": "R"}),
    "no Code, with status 400": answer(400, {"Message": "no"}),
    "no Code, with status 429": answer(429, {}),
    "no Code, with status 503": answer(503, {"Message": "no"}),
    "another's code, with status 400": answer(400, {"code": "BAD_REQUEST"}),
    "another's code, with status 502": answer(502, {"code": "BAD_GATEWAY"}),
    "another's code, with status 504": answer(504, {"code": "GATEWAY_TIMEOUT"}),
    "an empty Code": answer(200, {"Code": ""}),
    "a Code that is a number": answer(200, {"Code": 200}),
    "OK, with status 500": answer(500, ACCEPTED),
    "text that is not UTF-8": answer(200, b'{"Code": "\xff'),
    "text that is cut off": answer(200, '{"Code": "OK", "Mess', cut_off=30),
    "a redirect": answer(302, "", headers="Location: /elsewhere\r\n"),
    "a redirect that keeps the method": answer(307, "", headers="Location: /elsewhere\r\n"),
}


@pytest.mark.parametrize("templates", BOTH_SERVICES.values(), ids=BOTH_SERVICES)
class TestUnknown:
    @pytest.mark.parametrize("act", NONSENSE.values(), ids=NONSENSE)
    def test_an_unintelligible_answer_leaves_the_outcome_unknown(
        self, provider: Providers, act: Act, templates: Any
    ) -> None:
        talking = provider(act)
        error = failure(connector_at(talking.endpoint, templates=templates))
        assert (error.code, STATUS[error.kind], error.sent) == ("invalid_response", 502, None)
        assert error.retry_after is None
        assert len(talking.requests) == 1

    @pytest.mark.parametrize("act", [hang, stall, close, reset])
    def test_no_answer_to_a_request_that_was_sent_leaves_the_outcome_unknown(
        self, provider: Providers, act: Act, templates: Any
    ) -> None:
        silent = provider(act)
        error = failure(connector_at(silent.endpoint, readTimeout=300, templates=templates))
        assert (error.code, STATUS[error.kind], error.sent) == ("general", 504, None)
        assert error.retry_after is None
        assert len(silent.requests) == 1
