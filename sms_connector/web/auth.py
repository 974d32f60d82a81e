"""The door: who may have an SMS sent by way of HTTP.

A caller shows the ``Authorization`` value it was given, or signs its request by the Standard
Webhooks specification (https://www.standardwebhooks.com), as Supabase does.
"""

import hmac
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Protocol

import msgspec

from ..errors import ConnectorError
from .http import Request

AUTHORIZATION: Final = "SMS_CONNECTOR_AUTHORIZATION"
WEBHOOK_SECRETS: Final = "SMS_CONNECTOR_WEBHOOK_SECRETS"
ANONYMOUS: Final = "SMS_CONNECTOR_ANONYMOUS"

CLOSED: Final = (
    f"Nobody may call by HTTP: set {AUTHORIZATION} to the value that callers send as their "
    f"Authorization header, or {WEBHOOK_SECRETS} to the secret that they sign with; or "
    f"{ANONYMOUS}=true if something before the function checks who calls."
)


MALFORMED_SECRET: Final = (
    f"A secret in {WEBHOOK_SECRETS} is not of the form v1,whsec_<base64>; several have | between."
)

# Base64 with or without its padding: what the library can decode.
_SECRET = re.compile(r"(?:v1,)?whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={0,2})?")

_SIGNATURE = re.compile(r"v1,(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![A-Za-z0-9+/=])")


class _Webhook(Protocol):
    def verify(self, data: bytes, headers: dict[str, str], *, json_parse: bool) -> object: ...


class Door(msgspec.Struct, frozen=True):
    """What opens the door: one of the credentials, or nothing at all if it stands open."""

    authorizations: tuple[bytes, ...]
    webhooks: tuple[_Webhook, ...]
    stands_open: bool
    problem: str = ""

    def __repr__(self) -> str:
        return "Door()"

    def admit(self, request: Request) -> None:
        """Let a request in.

        Raises ConnectorError (``authorization_failed``), which is the same whatever was wrong.
        """
        if not (self.stands_open or self._is_authorized(request) or self._is_signed(request)):
            raise ConnectorError(
                "authorization_failed", 401, "The credential is missing or not valid."
            )

    def _is_authorized(self, request: Request) -> bool:
        shown = request.headers.get("authorization", "").strip().encode(errors="surrogatepass")
        # All are compared, each in constant time, so that the time tells nothing of any.
        matches = [hmac.compare_digest(shown, known) for known in self.authorizations]
        return any(matches)

    def _is_signed(self, request: Request) -> bool:
        signature = request.headers.get("webhook-signature")
        if request.body is None or signature is None:
            return False
        # The specification has a space between signatures; Supabase puts a comma before it.
        # What has another form is left out, so that it does not spoil the others.
        signatures = " ".join(_SIGNATURE.findall(signature))
        headers = {**request.headers, "webhook-signature": signatures}
        return any(_verifies(webhook, request.body, headers) for webhook in self.webhooks)


def door_of(environ: Mapping[str, str]) -> Door:
    """Read the door's settings. ``problem`` says what to set or mend, if anything."""
    return _build(*(environ.get(name, "") for name in (AUTHORIZATION, WEBHOOK_SECRETS, ANONYMOUS)))


@lru_cache(maxsize=1)  # the settings change with the instance, not with the request
def _build(authorization: str, webhook_secrets: str, anonymous: str) -> Door:
    authorizations = tuple(value.encode() for value in _split(authorization, ","))
    secrets = _split(webhook_secrets, "|")
    webhooks = tuple(_webhook(secret) for secret in secrets if _SECRET.fullmatch(secret))
    stands_open = anonymous.strip().lower() == "true"
    problem = ""
    if len(webhooks) < len(secrets):
        problem = MALFORMED_SECRET
    elif not (authorizations or webhooks or stands_open):
        problem = CLOSED
    return Door(authorizations, webhooks, stands_open, problem)


def _split(values: str, separator: str) -> list[str]:
    return [value.strip() for value in values.split(separator) if value.strip()]


def _webhook(secret: str) -> _Webhook:
    # Imported only by those who use it.
    from standardwebhooks.webhooks import Webhook

    return Webhook(secret.removeprefix("v1,"))


def _verifies(webhook: _Webhook, body: bytes, headers: dict[str, str]) -> bool:
    from standardwebhooks.webhooks import WebhookVerificationError

    try:
        webhook.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: headers or body are malformed
        return False
    return True
