"""Requests as ZITADEL makes and signs them."""

import hmac
import json
import time
from typing import Any

KEY = "FQLrPXVZVVt9Wv7rAsP7bLcKnIWpFwAaQVpi"
OTHER_KEY = "kZ2bTqfD0mWcXoUu8h1sE5yGjNn4RrLlVv6M"


def body_of(phone: str = "+8613812345678", code: str = "246810", **changes: Any) -> bytes:
    """Return a body as Go's encoder writes it: without spaces, with ``&`` as an escape."""
    body = {
        "contextInfo": {
            "eventType": "session.otp.sms.challenged",
            "provider": {"id": "285181292935381355", "description": "Alibaba Cloud"},
            "recipientPhoneNumber": phone,
        },
        "templateData": {
            "title": "Zitadel - Verify OTP",
            "text": f"{code} is your one-time password for example.com. It expires in 5m0s.\n"
            f"@example.com #{code}",
            "url": "https://example.com/login?a=1&b=2",
        },
        "args": {
            "changeDate": "2026-11-24T10:58:50.73237+02:00",
            "code": code,
            "displayName": "José 王",
            "lastPhone": phone,
            "loginNames": ["jose"],
            "otp": code,
            "verifiedPhone": "",
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
