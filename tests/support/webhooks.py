"""Standard Webhooks as a service signs them."""

import time
from datetime import datetime, timezone

from standardwebhooks.webhooks import Webhook

SECRET = "v1,whsec_dGhlIGZpcnN0IHdlYmhvb2sgc2VjcmV0"


def signed_headers(body: bytes, identity: str = "msg-1") -> dict[str, str]:
    """Return the three headers of a webhook that is signed now."""
    now = datetime.fromtimestamp(int(time.time()), tz=timezone.utc)
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET.removeprefix("v1,")).sign(identity, now, body.decode()),
    }
