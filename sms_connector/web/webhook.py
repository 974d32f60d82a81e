"""How a webhook is signed by the specification of Standard Webhooks, as Supabase does.

``webhook-signature`` is HMAC-SHA256 over ``<webhook-id>.<webhook-timestamp>.<body>`` in Base64,
after ``v1,``; there may be several. https://www.standardwebhooks.com
"""

import re
from collections.abc import Sequence
from typing import Final

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from .http import Request
from .signature import ANOTHER_KEY, BODY_UNREADABLE, SignatureError, check_age

_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")

_SIGNATURE = re.compile(r"v1,(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![A-Za-z0-9+/=])")


def webhook(secret: str) -> Webhook:
    """Return what verifies the signatures of a secret ``v1,whsec_<base64>``."""
    return Webhook(secret.removeprefix("v1,"))


def signed_id(request: Request, webhooks: Sequence[Webhook]) -> str:
    """Return the ``webhook-id`` of a request that one of the secrets has signed.

    Raises SignatureError for any other.
    """
    for name in _HEADERS:
        if not request.headers.get(name):
            raise SignatureError(f"The request has a webhook's headers, but no {name}.")
    if request.body is None:
        raise SignatureError(BODY_UNREADABLE)
    # The specification separates signatures by a space; Supabase puts a comma before it.
    # What has another form is left out, so that it does not make the others invalid.
    signatures = " ".join(_SIGNATURE.findall(request.headers["webhook-signature"]))
    if not signatures:
        raise SignatureError("The webhook-signature is malformed: it has no v1,<base64>.")
    check_age(request.headers["webhook-timestamp"])
    headers = {**request.headers, "webhook-signature": signatures}
    if not any(_verifies(webhook, request.body, headers) for webhook in webhooks):
        raise SignatureError(ANOTHER_KEY)
    return request.headers["webhook-id"]


def _verifies(webhook: Webhook, body: bytes, headers: dict[str, str]) -> bool:
    try:
        webhook.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: headers or body are malformed
        return False
    return True
