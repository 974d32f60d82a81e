"""How a webhook is signed by the specification of Standard Webhooks, as Supabase does.

``webhook-signature`` is HMAC-SHA256 over ``<webhook-id>.<webhook-timestamp>.<body>`` in Base64,
after ``v1,``; there may be several. https://www.standardwebhooks.com
"""

import re
from collections.abc import Sequence
from typing import Final

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from .http import Request
from .signature import ANOTHER_KEY, SignatureError, check_age

HEADER: Final = "webhook-signature"

_SIGNATURE = re.compile(r"v1,(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![A-Za-z0-9+/=])")


def signed_id(request: Request, webhooks: Sequence[Webhook]) -> str:
    """Return the ``webhook-id`` of a request that one of the secrets has signed.

    Raises SignatureError for any other request.
    """
    identity = request.headers.get("webhook-id", "")
    timestamp = request.headers.get("webhook-timestamp", "")
    # The specification separates signatures by a space; Supabase puts a comma before it.
    # What has another form is left out, so that it does not make the others invalid.
    signatures = " ".join(_SIGNATURE.findall(request.headers[HEADER]))
    if not (identity and timestamp and signatures):
        raise SignatureError("The webhook-signature is malformed, or the id or timestamp missing.")
    check_age(timestamp)
    headers = {**request.headers, HEADER: signatures}
    if not any(_verifies(webhook, request.body, headers) for webhook in webhooks):
        raise SignatureError(ANOTHER_KEY)
    return identity


def _verifies(webhook: Webhook, body: bytes | None, headers: dict[str, str]) -> bool:
    if body is None:
        return False
    try:
        webhook.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: headers or body are malformed
        return False
    return True
