"""The templates that the number verification service gives every account, and their purposes.

Follows https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode.
"""

from collections.abc import Mapping
from typing import Final

GIVEN_TEMPLATES: Final[Mapping[str, str]] = {
    "100001": "sign-in and registration",
    "100002": "changing the phone number",
    "100003": "resetting the password",
    "100004": "binding a phone number",
    "100005": "verifying the bound phone number",
}

FIRST_GIVEN: Final = next(iter(GIVEN_TEMPLATES))
