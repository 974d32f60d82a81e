"""A request to copy: a signed SendSms of the emulated account, for curl."""

import base64
import hmac
import uuid
from datetime import datetime

from .account import Account, Review
from .api_call import canonical_query, percent_encode

PHONE = "13812345678"
CODE = "246810"


def example_command(account: Account, url: str, now: datetime) -> str:
    """Return a shell command that sends one message to the emulator at `url`.

    It is accepted once, within 15 minutes. Empty if the account cannot send a code to the mainland.
    """
    key = next((key for key in account.access_keys if key.active and not key.security_token), None)
    pairs = (
        (sign, template)
        for sign in account.signs
        for template in account.templates
        if sign.review is template.review is Review.APPROVED
        and sign.suits(template)
        and template.for_codes
        and not template.overseas
        and template.variables == {"code"}
    )
    sign, template = next(pairs, (None, None))
    if key is None or sign is None or template is None:
        return ""
    message = (
        ("Action", "SendSms"),
        ("PhoneNumbers", PHONE),
        ("SignName", sign.name),
        ("TemplateCode", template.code),
        ("TemplateParam", f'{{"code":"{CODE}"}}'),
    )
    caller = (
        ("AccessKeyId", key.id),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureNonce", str(uuid.uuid4())),
        ("SignatureVersion", "1.0"),
        ("Timestamp", now.strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("Version", "2017-05-25"),
    )
    to_sign = f"POST&%2F&{percent_encode(canonical_query(message + caller))}"
    digest = hmac.digest(f"{key.secret}&".encode(), to_sign.encode(), "sha1")
    signed = (*caller, ("Signature", base64.b64encode(digest).decode()))
    fields = (f'-d "{canonical_query((pair,))}"' for pair in message + signed)
    return " \\\n  ".join((f"curl {url}", *fields))
