from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.local.check.finding import Check
from sms_connector.local.check.provider import check_provider
from sms_connector.local.emulate.account import DISABLED_KEY, STS_KEY
from tests.support.configs import config
from tests.support.scripted_provider import ScriptedProvider, answer, hang, reset

Provider = Callable[..., ScriptedProvider]


def asked(whole: dict[str, Any], **environ: str) -> list[Check]:
    return list(check_provider(parse_config(json.dumps(whole)), environ))


def failed(checks: list[Check]) -> list[Check]:
    return [check for check in checks if not check.ok]


def with_code(example: dict[str, Any], code: object) -> dict[str, Any]:
    """Give the example with another template code for SignIn."""
    templates = [dict(template) for template in example["templates"]]
    templates[1]["templateCode"] = code
    return example | {"templates": templates}


def test_the_example_is_right_in_every_point(example: dict[str, Any]) -> None:
    checks = asked(example)
    assert failed(checks) == []
    assert [check.subject for check in checks] == [
        "accessKeyId",
        "signName",
        "templates[0].templateCode",
        "templates[1].templateCode.china",
        "templates[1].templateCode.overseas",
        "templates[2].templateCode",
        "templates[3].templateCode",
    ]


@pytest.mark.parametrize(
    ("changes", "subject", "message", "remedy"),
    [
        ({"accessKeyId": "LTAI-nobody"}, "accessKeyId", "knows no such access key", "Copy both"),
        (
            {"accessKeyId": DISABLED_KEY.id, "accessKeySecret": DISABLED_KEY.secret},
            "accessKeyId",
            "disabled",
            "Enable it",
        ),
        ({"accessKeySecret": "Wrong"}, "accessKeySecret", "does not belong", "Copy both"),
        # So short that it stands in the provider's own words too.
        ({"accessKeySecret": "no"}, "accessKeySecret", "does not belong", "Copy both"),
        (
            {"accessKeyId": STS_KEY.id, "accessKeySecret": STS_KEY.secret},
            "accessKeyId",
            "needs a token",
            "must be a user's own",
        ),
    ],
)
def test_a_key_that_does_not_work_ends_the_questions(
    example: dict[str, Any], changes: dict[str, Any], subject: str, message: str, remedy: str
) -> None:
    [check] = asked(example | changes)
    assert (check.subject, check.ok) == (subject, False)
    assert message in check.message
    assert remedy in check.remedy
    assert "https://ram.console.aliyun.com/manage/ak" in check.remedy


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("没有这个", "The account of this key has no such sign."),
        ("码上审核", "The sign is under review."),
        ("码上驳回", "The sign was rejected: 签名与主体无关."),
        ("码上通知", "The sign is for 通知, not for verification codes."),
    ],
)
def test_a_sign_that_cannot_be_used_is_told_apart_and_templates_are_still_checked(
    example: dict[str, Any], name: str, message: str
) -> None:
    checks = asked(example | {"signName": name})
    [check] = failed(checks)
    assert (check.subject, check.message) == ("signName", message)
    assert "国内消息 → 签名管理" in check.remedy
    assert len(checks) == 7


def test_a_sign_for_verification_codes_alone_fits(example: dict[str, Any]) -> None:
    assert failed(asked(example | {"signName": "码上验证"})) == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("SMS_999999999", "The account of this key has no such template."),
        ("SMS_200000201", "SMS_200000201 is under review."),
        ("SMS_200000202", "SMS_200000202 was rejected: 验证码模板不得含有营销内容."),
        ("SMS_200000301", "SMS_200000301 is a template of another kind: notification."),
        ("SMS_200000302", "SMS_200000302 is a template of another kind: promotion."),
        ("SMS_200000401", "SMS_200000401 holds no ${code}: the phone would not show the code."),
        ("SMS_200000403", "SMS_200000403 holds ${product}, which nobody fills in."),
        (
            "SMS_200000102",
            "SMS_200000102 sends abroad only, and is used for numbers of mainland China too.",
        ),
    ],
)
def test_a_template_that_cannot_be_used_is_told_with_the_reason(
    example: dict[str, Any], code: str, message: str
) -> None:
    [check] = failed(asked(with_code(example, code)))
    assert (check.subject, check.message) == ("templates[1].templateCode", message)
    assert "模板管理" in check.remedy


@pytest.mark.parametrize(
    ("china", "overseas", "failures"),
    [
        (
            "SMS_200000102",
            "SMS_200000102",
            {
                "china": "SMS_200000102 sends abroad only, and is used for numbers of mainland "
                "China."
            },
        ),
        (
            "SMS_200000002",
            "SMS_200000001",
            {
                "overseas": "SMS_200000001 sends to mainland China only, and is used for numbers "
                "abroad."
            },
        ),
        (
            "SMS_200000002",
            "SMS_200000105",
            {"overseas": "SMS_200000105 is a template of another kind: notification."},
        ),
    ],
)
def test_each_code_of_a_pair_is_checked_for_its_region(
    example: dict[str, Any], china: str, overseas: str, failures: dict[str, str]
) -> None:
    checks = failed(asked(with_code(example, {"china": china, "overseas": overseas})))
    told = {check.subject.rpartition(".")[2]: check.message for check in checks}
    assert told == failures


def test_a_template_with_several_faults_tells_each(example: dict[str, Any]) -> None:
    checks = failed(asked(with_code(example, "SMS_200000402")))
    assert [check.message for check in checks] == [
        "SMS_200000402 holds no ${code}: the phone would not show the code.",
        "SMS_200000402 holds ${number}, which nobody fills in.",
    ]


def test_a_template_that_is_never_used_is_not_asked_for(example: dict[str, Any]) -> None:
    later = {"usageType": "SignIn", "templateCode": "SMS_999999999"}
    assert failed(asked(example | {"templates": [*example["templates"], later]})) == []


def test_without_a_key_nobody_is_asked(example: dict[str, Any]) -> None:
    bare = {key: value for key, value in example.items() if not key.startswith("accessKey")}
    [check] = asked(bare)
    assert (check.subject, check.ok) == ("accessKeyId", False)


def test_the_token_of_a_role_that_has_expired_is_told(example: dict[str, Any]) -> None:
    bare = {key: value for key, value in example.items() if not key.startswith("accessKey")}
    [check] = asked(
        bare,
        ALIBABA_CLOUD_ACCESS_KEY_ID=STS_KEY.id,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=STS_KEY.secret,
        ALIBABA_CLOUD_SECURITY_TOKEN=STS_KEY.expired_token or "",
    )
    assert check.message == "The token of this key is not valid."


def told_by(provider: Provider, *acts: Any, **changes: Any) -> list[Check]:
    return asked(config(endpoint=provider(*acts).endpoint, **changes))


def refuse(status: int, code: str, message: str = "told") -> Any:
    return answer(status, {"Code": code, "Message": message, "RequestId": "REQUEST-1"})


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (reset, "the connection was refused or broke"),
        (hang, "it did not answer in time"),
        (answer(302, "", headers="Location: /\r\n"), "it answered with a redirect"),
        (answer(200, "<html>"), "its answer makes no sense"),
        (answer(200, []), "its answer makes no sense"),
        (answer(200, {"RequestId": "1"}), "its answer makes no sense"),
        (answer(502, "<html>"), "its answer makes no sense"),
    ],
)
def test_a_provider_that_does_not_answer_is_a_check_that_failed(
    provider: Provider, act: Any, message: str
) -> None:
    [check] = told_by(provider, act, readTimeout=300)
    assert (check.subject, check.ok) == ("endpoint", False)
    assert check.message == f"The provider could not be asked: {message}."
    assert "endpoint" in check.remedy


@pytest.mark.parametrize(
    ("status", "code", "subject", "message"),
    [
        (400, "InvalidTimeStamp.Expired", "accessKeyId", "clock"),
        (400, "InvalidSecurityToken.Expired", "accessKeyId", "token"),
        (200, "isv.PRODUCT_UN_SUBSCRIPT", "accessKeyId", "no SMS service"),
        (200, "isv.OUT_OF_SERVICE", "accessKeyId", "stopped"),
        (200, "isv.ACCOUNT_ABNORMAL", "accessKeyId", "not in order"),
        (429, "Throttling.User", "signName", "the provider says Throttling.User"),
        (503, "ServiceUnavailable", "signName", "the provider says ServiceUnavailable"),
    ],
)
def test_what_concerns_the_account_is_told_once(
    provider: Provider, status: int, code: str, subject: str, message: str
) -> None:
    [check] = told_by(provider, refuse(status, code))
    assert (check.subject, check.ok) == (subject, False)
    assert message in check.message
    assert check.remedy


@pytest.mark.parametrize("code", ["Forbidden.RAM", "NoPermission", "isp.RAM_PERMISSION_DENY"])
def test_a_key_that_may_only_send_is_told_what_it_lacks(provider: Provider, code: str) -> None:
    checks = told_by(provider, refuse(403, code))
    assert checks[0] == Check("accessKeyId", True, "The provider accepts this key.")
    assert len(checks) == 7
    for check in checks[1:]:
        assert not check.ok
        assert "may not look" in check.message
        assert "AliyunDysmsReadOnlyAccess" in check.remedy


def test_an_unheard_of_refusal_is_passed_on_without_secrets(provider: Provider) -> None:
    quoted = "No. Zq8-test-key-secret LTAI-test-key-id 13812345678\nsecond line"
    checks = told_by(provider, refuse(400, "Unheard.Of", quoted))
    assert all(not check.ok for check in checks)
    assert checks[0].message == ("Not checked: the provider says Unheard.Of: No. **** **** ****")


@pytest.mark.parametrize(
    "body",
    [
        {"SignStatus": "soon", "SignUsage": 5, "AuditInfo": None},
        {"SignStatus": None},
        {"SignStatus": 10, "AuditInfo": {"RejectInfo": None}},
    ],
)
def test_an_odd_answer_about_a_sign_is_never_taken_for_an_approval(
    provider: Provider, body: dict[str, Any]
) -> None:
    checks = told_by(provider, answer(200, {"Code": "OK", "RequestId": "1", **body}))
    assert "signName" in [check.subject for check in failed(checks)]
