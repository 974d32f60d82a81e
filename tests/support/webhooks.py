"""Standard Webhooks as a service signs them."""

import time
from datetime import datetime, timezone

from standardwebhooks.webhooks import Webhook

SECRET = "v1,whsec_dGhlIGZpcnN0IHdlYmhvb2sgc2VjcmV0"
OTHER = "v1,whsec_dGhlIG90aGVyIHdlYmhvb2sgc2VjcmV0"


def signed_headers(
    body: bytes, identity: str = "msg-1", secret: str = SECRET, age: float = 0
) -> dict[str, str]:
    """Return the three headers of a webhook that was signed ``age`` seconds ago."""
    sent = datetime.fromtimestamp(int(time.time() - age), tz=timezone.utc)
    webhook = Webhook(secret.removeprefix("v1,"))
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": webhook.sign(identity, sent, body.decode()),
    }
