from __future__ import annotations

from typing import Any

import pytest

from sms_connector.local.emulate.account import DISABLED_KEY, STS_KEY

from .querying import asked, failed, with_code


def test_a_proxy_that_cannot_work_is_named(
    example: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://user:Zq8-secret@proxy.example")
    (check,) = asked({**example, "endpoint": "https://sms.example"})
    assert (check.subject, check.ok) == ("HTTPS_PROXY", False)
    assert "HTTPS_PROXY names a SOCKS proxy" in check.message
    assert "Zq8" not in check.message


def test_the_example_config_passes_every_check(example: dict[str, Any]) -> None:
    checks = asked(example)
    assert failed(checks) == []
    assert [check.subject for check in checks] == [
        "accessKeyId",
        *["signName"] * 4,  # its review, and its registration with each carrier
        "templates[0].templateCode",
        "templates[1].templateCode.china",
        "templates[1].templateCode.overseas",
        "templates[2].templateCode",
        "templates[3].templateCode",
    ]


@pytest.mark.parametrize(
    ("changes", "subject", "message", "remedy"),
    [
        ({"accessKeyId": "LTAI-nobody"}, "accessKeyId", "InvalidAccessKeyId.NotFound", "Copy both"),
        (
            {"accessKeyId": DISABLED_KEY.id, "accessKeySecret": DISABLED_KEY.secret},
            "accessKeyId",
            "InvalidAccessKeyId.Inactive",
            "enable the key",
        ),
        ({"accessKeySecret": "Wrong"}, "accessKeySecret", "Check `accessKeySecret`", "Copy both"),
        # Short enough to occur in the provider's own message.
        ({"accessKeySecret": "no"}, "accessKeySecret", "Check `accessKeySecret`", "Copy both"),
        (
            {"accessKeyId": STS_KEY.id, "accessKeySecret": STS_KEY.secret},
            "accessKeyId",
            "needs its security token",
            "must be a user's own",
        ),
    ],
)
def test_a_key_that_does_not_work_ends_the_checks(
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
        (
            "码上通知",
            "The scenario of the sign is 通知: it must allow verification codes.",
        ),
    ],
)
def test_an_unusable_sign_fails_with_its_reason_and_templates_are_still_checked(
    example: dict[str, Any], name: str, message: str
) -> None:
    checks = asked(example | {"signName": name})
    [check] = failed(checks)
    assert (check.subject, check.message) == ("signName", message)
    assert "国内消息 → 签名管理" in check.remedy
    assert len(checks) == (10 if name == "码上通知" else 7)


def test_a_sign_for_verification_codes_alone_passes(example: dict[str, Any]) -> None:
    assert failed(asked(example | {"signName": "码上验证"})) == []


def test_the_sign_of_one_template_alone_is_checked_once(example: dict[str, Any]) -> None:
    templates = [
        {**template, "signName": name}
        for template, name in zip(
            example["templates"], ("码上驳回", "码上驳回", "码上登录", "没有这个"), strict=True
        )
    ]
    checks = asked(example | {"templates": templates})
    assert {check.subject: check.message for check in failed(checks)} == {
        "templates[0].signName": "The sign was rejected: 签名与主体无关.",
        "templates[3].signName": "The account of this key has no such sign.",
    }


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("SMS_999999999", "The account of this key has no such template."),
        ("SMS_200000201", "SMS_200000201 is under review."),
        ("SMS_200000202", "SMS_200000202 was rejected: 验证码模板不得含有营销内容."),
        ("SMS_200000301", "SMS_200000301 has the wrong type: notification."),
        ("SMS_200000302", "SMS_200000302 has the wrong type: promotion."),
        (
            "SMS_200000401",
            "SMS_200000401 has no variable ${code}: the SMS would not contain the code.",
        ),
        ("SMS_200000403", "SMS_200000403 has ${product}, which gets no value."),
        (
            "SMS_200000102",
            "SMS_200000102 sends abroad only, but is used for numbers in mainland China too.",
        ),
    ],
)
def test_an_unusable_template_fails_with_its_reason(
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
                "china": "SMS_200000102 sends abroad only, but is used for numbers in mainland "
                "China."
            },
        ),
        (
            "SMS_200000002",
            "SMS_200000001",
            {
                "overseas": "SMS_200000001 sends to mainland China only, but is used for numbers "
                "abroad."
            },
        ),
        (
            "SMS_200000002",
            "SMS_200000105",
            {"overseas": "SMS_200000105 has the wrong type: notification."},
        ),
    ],
)
def test_each_code_of_a_regional_pair_is_checked_for_its_region(
    example: dict[str, Any], china: str, overseas: str, failures: dict[str, str]
) -> None:
    checks = failed(asked(with_code(example, {"china": china, "overseas": overseas})))
    messages = {check.subject.rpartition(".")[2]: check.message for check in checks}
    assert messages == failures


def test_a_template_with_several_problems_fails_once_for_each(example: dict[str, Any]) -> None:
    checks = failed(asked(with_code(example, "SMS_200000402")))
    assert [check.message for check in checks] == [
        "SMS_200000402 has no variable ${code}: the SMS would not contain the code.",
        "SMS_200000402 has ${number}, which gets no value.",
    ]


def test_a_template_that_is_never_used_is_not_queried(example: dict[str, Any]) -> None:
    later = {"usageType": "SignIn", "templateCode": "SMS_999999999"}
    assert failed(asked(example | {"templates": [*example["templates"], later]})) == []


def test_without_a_key_the_only_check_is_the_missing_key(example: dict[str, Any]) -> None:
    bare = {key: value for key, value in example.items() if not key.startswith("accessKey")}
    [check] = asked(bare)
    assert (check.subject, check.ok) == ("accessKeyId", False)


def test_an_expired_role_token_fails_the_check_of_the_key(example: dict[str, Any]) -> None:
    bare = {key: value for key, value in example.items() if not key.startswith("accessKey")}
    [check] = asked(
        bare,
        ALIBABA_CLOUD_ACCESS_KEY_ID=STS_KEY.id,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=STS_KEY.secret,
        ALIBABA_CLOUD_SECURITY_TOKEN=STS_KEY.expired_token or "",
    )
    assert "token that is invalid or expired" in check.message
