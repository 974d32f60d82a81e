import hmac
import json
import logging
from collections.abc import Callable, Mapping

import pytest
from pytest_mock import MockerFixture

from sms_connector.errors import ConnectorError
from sms_connector.settings import Settings, read_settings
from sms_connector.web.auth import CLOSED, MALFORMED_SECRET, UNSENDABLE, Auth, Credential
from sms_connector.web.error_responses import STATUS
from sms_connector.web.http import Request
from sms_connector.web.routing import OpenTo
from tests.support.webhooks import OTHER, SECRET, signed_headers
from tests.support.zitadel import KEY, signature

LOGGER = logging.getLogger("sms_connector")
BODY = '{"sms": {"otp": "246810"}, "名": "é"}'.encode()


def auth(**environ: str) -> Auth:
    variables = {f"SMS_CONNECTOR_{name}": value for name, value in environ.items()}
    return Auth(read_settings(variables))


def signed(secret: str = SECRET, age: float = 0) -> dict[str, str]:
    return signed_headers(BODY, secret=secret, age=age)


def admit(
    auth: Auth, request: Request, open_to: OpenTo = "signature", caller: str | None = None
) -> Credential:
    return auth.admit(request, open_to, caller, LOGGER)


def admits(auth: Auth, headers: Mapping[str, str], body: bytes | None = BODY) -> bool:
    try:
        admit(auth, Request(body, is_http=True, headers=headers))
    except ConnectorError as error:
        shown = (error.code, STATUS[error.kind], error.sent, error.message)
        assert shown == (
            "authorization_failed",
            401,
            False,
            "The credential is missing or not valid.",
        )
        return False
    return True


class TestAuthorization:
    @pytest.mark.parametrize("shown", ["Bearer one", " Bearer one "])
    def test_the_exact_authorization_is_admitted(self, shown: str) -> None:
        assert admits(auth(AUTHORIZATION="Bearer one"), {"authorization": shown})

    @pytest.mark.parametrize("shown", ["Bearer one", "Basic two"])
    def test_any_of_several_authorizations_is_admitted(self, shown: str) -> None:
        rotating = auth(AUTHORIZATION="Bearer one, Basic two,")
        assert admits(rotating, {"authorization": shown})

    @pytest.mark.parametrize(
        "shown", ["", "Bearer", "bearer one", "Bearer onE", "Bearer one, Basic two", "é", "\ud800"]
    )
    def test_no_other_authorization_is_admitted(self, shown: str) -> None:
        assert not admits(auth(AUTHORIZATION="Bearer one,Basic two"), {"authorization": shown})

    def test_a_missing_authorization_is_not_admitted(self) -> None:
        assert not admits(auth(AUTHORIZATION="Bearer one"), {})

    def test_all_authorizations_are_compared_in_constant_time(self, mocker: MockerFixture) -> None:
        compared = mocker.spy(hmac, "compare_digest")
        admits(auth(AUTHORIZATION="Bearer one,Basic two"), {"authorization": "Bearer one"})
        assert compared.call_count == 2


class TestBoth:
    def test_a_webhook_secret_may_lack_its_version(self) -> None:
        assert admits(auth(WEBHOOK_SECRETS=SECRET.removeprefix("v1,")), signed())

    def test_either_credential_is_enough(self) -> None:
        both = auth(AUTHORIZATION="Bearer one", WEBHOOK_SECRETS=SECRET)
        assert admits(both, {"authorization": "Bearer one"})
        assert admits(both, signed())
        assert admits(both, {**signed(), "authorization": "Bearer wrong"})
        assert not admits(both, {})


class TestZitadel:
    """Its signature opens its own path only; tests/web/test_zitadel.py has the signature."""

    @pytest.mark.parametrize(
        ("caller", "open_to", "admitted"),
        [
            ("zitadel", "signature", True),
            ("zitadel", "authorization", False),
            ("supabase", "signature", False),
            (None, "signature", False),
        ],
    )
    def test_a_signature_opens_the_path_of_zitadel_only(
        self, caller: str | None, open_to: OpenTo, admitted: bool
    ) -> None:
        request = Request(BODY, is_http=True, headers={"zitadel-signature": signature(BODY)})
        keyed = auth(ZITADEL_KEYS=KEY)
        assert not keyed.is_closed
        if admitted:
            credential = admit(keyed, request, open_to, caller)
            assert credential.name == "zitadel"
            assert credential.webhook_id
            assert KEY not in str(credential)
        else:
            with pytest.raises(ConnectorError, match="not valid"):
                admit(keyed, request, open_to, caller)

    def test_a_webhook_signature_opens_its_path_too(self) -> None:
        request = Request(BODY, is_http=True, headers=signed())
        credential = admit(auth(WEBHOOK_SECRETS=SECRET), request, caller="zitadel")
        assert credential.name == "webhook"


class TestAnonymous:
    def test_anyone_is_admitted_if_the_setting_says_so(self) -> None:
        assert admits(auth(ANONYMOUS="true"), {})
        assert not admits(auth(ANONYMOUS="false", AUTHORIZATION="x"), {})


class TestCredentials:
    """What admitted a request has a name, which does not give the credential away."""

    def test_each_authorization_has_a_name_of_its_own(self) -> None:
        both = auth(AUTHORIZATION="Bearer one,Bearer two")
        names = {
            admit(both, Request(BODY, is_http=True, headers={"authorization": shown})).name
            for shown in ("Bearer one", "Bearer two")
        }
        assert len(names) == 2
        assert not any("one" in name or "two" in name for name in names)

    def test_a_signature_names_the_webhook_s_id(self) -> None:
        credential = admit(auth(WEBHOOK_SECRETS=SECRET), Request(BODY, True, headers=signed()))
        assert credential.webhook_id == "msg-1"

    def test_an_authorization_has_no_webhook_id_even_if_a_header_says_so(self) -> None:
        headers = {"authorization": "x", "webhook-id": "msg-1"}
        credential = admit(auth(AUTHORIZATION="x"), Request(BODY, True, headers=headers))
        assert credential.webhook_id is None


class TestProblems:
    @pytest.mark.parametrize("environ", [{}, {"AUTHORIZATION": " , "}, {"WEBHOOK_SECRETS": "|"}])
    def test_without_any_credential_the_problem_says_what_to_set(
        self, environ: dict[str, str]
    ) -> None:
        closed = auth(**environ)
        assert closed.is_closed
        assert closed.problem == CLOSED
        assert not admits(closed, {"authorization": ""})

    @pytest.mark.parametrize(
        "secret", ["whsec_", "v1,whsec_***", "plain", "v1,whsec_====", "v2,whsec_AAAAAAAA", "é"]
    )
    def test_a_malformed_secret_is_a_problem_and_the_others_still_admit(self, secret: str) -> None:
        mixed = auth(WEBHOOK_SECRETS=f"{secret}|{SECRET}")
        assert mixed.problem == MALFORMED_SECRET
        assert admits(mixed, signed())

    def test_with_a_credential_there_is_no_problem(self) -> None:
        assert auth(AUTHORIZATION="x").problem == ""
        assert auth(WEBHOOK_SECRETS=SECRET).problem == ""
        assert auth(ZITADEL_KEYS=KEY).problem == ""
        assert auth(ANONYMOUS="true").problem == ""

    @pytest.mark.parametrize(
        "value",
        [
            '"Bearer one"', "'Bearer one'", '"Bearer one,Bearer two"', "“Bearer one”", "密钥",
            "Bearer\x00one", "Bearer\x7fone", "Bearer\none", "Bearer\tone", "\udce9", "\u200bone",
            "Bearer two,'one'",
        ],
    )  # fmt: skip
    def test_a_value_that_no_client_can_send_is_a_problem(self, value: str) -> None:
        assert auth(AUTHORIZATION=value).problem == UNSENDABLE
        assert admits(auth(AUTHORIZATION=f"{value},Bearer ok"), {"authorization": "Bearer ok"})

    @pytest.mark.parametrize("value", [" Bearer one \n", "é", 'Digest a="b"', "it's", "x", "~!"])
    def test_any_other_value_is_none(self, value: str) -> None:
        assert auth(AUTHORIZATION=value).problem == ""
        assert admits(auth(AUTHORIZATION=value), {"authorization": value.strip()})

    def test_a_space_that_the_settings_keep_around_a_value_is_a_problem(self) -> None:
        assert Auth(Settings(authorizations=(" x",))).problem == UNSENDABLE


ZITADEL = {"zitadel-signature": "t=1,v1=00"}
# Signed when the test runs: a signature is valid for five minutes.
REASONS: dict[str, tuple[Callable[[], dict[str, str]], str | None]] = {
    "has neither an Authorization value nor a signature": (lambda: {"webhook-id": "msg-1"}, None),
    "is not in SMS_CONNECTOR_AUTHORIZATION": (lambda: {"authorization": "Bearer two"}, None),
    "or the id or timestamp missing": (lambda: signed() | {"webhook-timestamp": ""}, None),
    "webhook-signature is malformed": (lambda: signed() | {"webhook-signature": "v2,AAAA"}, None),
    "timestamp of the signature is malformed": (
        lambda: signed() | {"webhook-timestamp": "x"},
        None,
    ),
    "timestamp of the signature is more than 5 minutes from now": (lambda: signed(age=310), None),
    "a secret that is not known, or for another body": (lambda: signed(OTHER), None),
    "opens /zitadel alone": (lambda: ZITADEL, "logto"),
    "more than 5 minutes from now": (lambda: ZITADEL, "zitadel"),
    "ZITADEL-Signature is malformed": (lambda: {"zitadel-signature": "x"}, "zitadel"),
}


class TestReasons:
    """The response is the same for whatever was wrong; the log says what it was."""

    @pytest.mark.parametrize(("reason", "case"), REASONS.items(), ids=REASONS)
    def test_the_log_says_once_a_minute_why_a_request_was_not_admitted(
        self,
        mocker: MockerFixture,
        caplog: pytest.LogCaptureFixture,
        reason: str,
        case: tuple[Callable[[], dict[str, str]], str | None],
    ) -> None:
        make_headers, caller = case
        headers = make_headers()
        several = auth(AUTHORIZATION="Bearer one", WEBHOOK_SECRETS=SECRET, ZITADEL_KEYS=KEY)
        # The name in that file alone: other threads of this process go by the real clock.
        clock = mocker.patch("sms_connector.log.time").monotonic
        for now, lines in ((1_000.0, 1), (1_059.0, 1), (1_061.0, 2)):
            clock.return_value = now
            with pytest.raises(ConnectorError, match="missing or not valid"):
                admit(several, Request(BODY, is_http=True, headers=headers), caller=caller)
            ours = [each.getMessage() for each in caplog.records if each.name == LOGGER.name]
            logged = [json.loads(line) for line in ours]
            assert [line["event"] for line in logged] == ["unauthorized"] * lines
        assert reason in logged[0]["reason"]
        for secret in ("Bearer one", "Bearer two", "msg-1", KEY, SECRET):
            assert secret not in caplog.text

    def test_a_signature_where_it_opens_nothing_has_a_reason_of_its_own(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(ConnectorError):
            admit(
                auth(WEBHOOK_SECRETS=SECRET),
                Request(BODY, is_http=True, headers=signed()),
                "authorization",
            )
        assert "opens the sending of messages alone" in caplog.text

    def test_two_reasons_are_two_lines(self, caplog: pytest.LogCaptureFixture) -> None:
        one = auth(AUTHORIZATION="Bearer one")
        for _ in range(2):
            for headers in ({}, {"authorization": "Bearer two"}):
                assert not admits(one, headers)
        assert len(caplog.messages) == 2
