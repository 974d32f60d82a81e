"""Connector configs for tests. Its values are easy to recognise in an assertion."""

from typing import Any

KEY_ID = "LTAI-test-key-id"
KEY_SECRET = "Zq8-test-key-secret"

TEMPLATES: list[dict[str, Any]] = [
    {"usageType": "Register", "templateCode": "SMS_REGISTER"},
    {"usageType": "SignIn", "templateCode": "SMS_SIGN_IN"},
    {"usageType": "ForgotPassword", "templateCode": "SMS_FORGOT"},
    {"usageType": "Generic", "templateCode": {"china": "SMS_CHINA", "overseas": "SMS_OVERSEAS"}},
]

GIVEN_TEMPLATES: list[dict[str, Any]] = [
    {"usageType": "Register", "templateCode": "100001"},
    {"usageType": "SignIn", "templateCode": "100001"},
    {"usageType": "ForgotPassword", "templateCode": "100003"},
    {
        "usageType": "Generic",
        "templateCode": {"china": "100005", "overseas": "SMS_OVERSEAS"},
        "signName": {"overseas": "MyApp"},
    },
]
"""Templates that the number verification service gives, for the mainland."""

BOTH_SERVICES = {"SendSms": TEMPLATES, "SendSmsVerifyCode": GIVEN_TEMPLATES}


def config(**changes: Any) -> dict[str, Any]:
    """Return a valid connector JSON with some keys changed; a key set to `...` is left out.

    It has no limits: most tests send many messages to one number.
    """
    whole = {
        "accessKeyId": KEY_ID,
        "accessKeySecret": KEY_SECRET,
        "signName": "阿里云短信测试",
        "templates": TEMPLATES,
        "limits": {"perNumber": []},
        **changes,
    }
    return {key: value for key, value in whole.items() if value is not ...}
