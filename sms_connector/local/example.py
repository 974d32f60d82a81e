"""The example connector JSON, which fits the emulator's account.

In code, since an installation has no connector.example.json beside it; a test compares the two.
"""

from copy import deepcopy
from typing import Any, Final

from .emulate.account import ORDINARY_KEY, SIGNS

_EXAMPLE: Final[dict[str, Any]] = {
    "accessKeyId": ORDINARY_KEY.id,
    "accessKeySecret": ORDINARY_KEY.secret,
    "signName": SIGNS[0].name,
    "templates": [
        {"usageType": "Register", "templateCode": "SMS_200000001"},
        {
            "usageType": "SignIn",
            "templateCode": {"china": "SMS_200000002", "overseas": "SMS_200000102"},
        },
        {"usageType": "ForgotPassword", "templateCode": "SMS_200000003"},
        {"usageType": "Generic", "templateCode": "SMS_200000004"},
    ],
    # As the texts of the templates say.
    "verification": {"validSeconds": 300},
}


def example_config(endpoint: str) -> dict[str, Any]:
    """Return the example with this endpoint, such as the address of a running emulator."""
    return deepcopy(_EXAMPLE) | {"endpoint": endpoint}
