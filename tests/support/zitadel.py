"""Requests as ZITADEL makes and signs them."""

import hmac
import json
import time
from typing import Any

KEY = "FQLrPXVZVVt9Wv7rAsP7bLcKnIWpFwAaQVpi"
OTHER_KEY = "kZ2bTqfD0mWcXoUu8h1sE5yGjNn4RrLlVv6M"


SECOND_FACTOR = "session.otp.sms.challenged"

EVENTS = {
    # Its type, and the arguments of its text that hold the code, as the JSON names them.
    "user.human.phone.code.added": ("code",),
    "user.human.password.code.added": ("code",),
    SECOND_FACTOR: ("oTP",),
    "user.human.mfa.otp.sms.code.added": ("oTP",),
}
"""Each event of ZITADEL 4 that sends a code by SMS: `internal/notification/types`.

`phone_verification_code.go` and `password_code.go` put the code into ``Code``, `otp.go` puts it
into ``OTP``, and `user_phone.go` makes the first letter small. The types are those of
`internal/repository/user` and `/session` (v4.17.1).
"""

_OF_A_FACTOR = {"expiry": 300_000_000_000, "origin": "https://example.com"}


def body_of(
    phone: str = "+8613812345678",
    code: str = "246810",
    *,
    event: str = SECOND_FACTOR,
    names: tuple[str, ...] | None = None,
    **changes: Any,
) -> bytes:
    """Return a body as Go's encoder writes it: without spaces, with ``&`` as an escape.

    The fields are those of a message for a second factor that 4.15 was seen to send, and those
    that `mapNotifyUserToArgs` of `internal/notification/types/user_email.go` adds.
    """
    body = {
        "args": {
            "changeDate": "2026-11-24T10:58:50.73237+02:00",
            "creationDate": "2026-11-24T10:58:50.73237+02:00",
            "displayName": "José 王",
            "domain": "example.com",
            "firstName": "José",
            "lastEmail": "jose@example.com",
            "lastName": "王",
            "lastPhone": phone,
            "loginName": "jose",
            "loginNames": ["jose"],
            "nickName": "",
            "orgID": "376748582390204675",
            "preferredLoginName": "jose",
            "userID": "376748582390204676",
            "userName": "jose",
            "verifiedEmail": "jose@example.com",
            "verifiedPhone": phone,
            **(_OF_A_FACTOR if ".otp." in event else {}),
            **dict.fromkeys(EVENTS[event] if names is None else names, code),
        },
        "contextInfo": {
            "eventType": event,
            "provider": {"id": "376748582390204677", "description": "Alibaba Cloud & co"},
            "recipientPhoneNumber": phone,
        },
        "templateData": {
            "title": "VerifySMSOTP.Title",
            "text": f"{code} is your one-time password for example.com. Use it within the next "
            f"5m0s.\n@example.com #{code}",
            "subject": "VerifySMSOTP.Subject",
        },
        **changes,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").encode()


def signature(body: bytes, *keys: str, age: float = 0) -> str:
    """Return the header of a request that was signed ``age`` seconds ago."""
    seconds = int(time.time() - age)
    signed = str(seconds).encode() + b"." + body
    digests = [hmac.new(key.encode(), signed, "sha256").hexdigest() for key in keys or (KEY,)]
    return ",".join([f"t={seconds}", *(f"v1={digest}" for digest in digests)])
