"""Who may call by HTTP.

A caller shows the ``Authorization`` value it was given, or signs its request: by the Standard
Webhooks specification (https://www.standardwebhooks.com) as Supabase does, or as ZITADEL does.
"""

import hmac
import re
from hashlib import sha256
from typing import Final, Protocol

import msgspec

from ..errors import ConnectorError
from ..settings import ANONYMOUS, AUTHORIZATION, WEBHOOK_SECRETS, ZITADEL_KEYS, Settings
from .http import Request

CLOSED: Final = (
    f"No HTTP request is accepted yet: set {AUTHORIZATION} to the value that callers send as their "
    f"Authorization header, or {WEBHOOK_SECRETS} or {ZITADEL_KEYS} to what they sign with; or "
    f"{ANONYMOUS}=true if something before the function authenticates its callers."
)

MALFORMED_SECRET: Final = (
    f"A secret in {WEBHOOK_SECRETS} is not of the form v1,whsec_<base64>; separate several by |."
)

# Base64 with or without its padding: what the library can decode.
_SECRET = re.compile(r"(?:v1,)?whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={0,2})?")

_SIGNATURE = re.compile(r"v1,(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![A-Za-z0-9+/=])")


class Credential(msgspec.Struct, frozen=True):
    """What admitted a request: a name for the credential that does not give it away.

    ``webhook_id`` is the identity that a webhook's signature covers.
    """

    name: str
    webhook_id: str | None = None


INVOCATION: Final = Credential("invocation")
"""That of a direct invocation, which Function Compute has authenticated."""


class _Webhook(Protocol):
    def verify(self, data: bytes, headers: dict[str, str], *, json_parse: bool) -> object: ...


class Auth:
    """The credentials that admit a request. ``problem`` says what to set or change, if anything.

    ``is_closed``: nothing admits any request.
    """

    def __init__(self, settings: Settings) -> None:
        # An environment may hold bytes that are not UTF-8: Python reads them as surrogates.
        self._authorizations = [_bytes(value) for value in settings.authorizations]
        secrets = [text for text in settings.webhook_secrets if _SECRET.fullmatch(text)]
        self._webhooks = [_webhook(secret) for secret in secrets]
        self._zitadel_keys = settings.zitadel_keys
        self._anonymous = settings.anonymous
        credentials = (self._authorizations, self._webhooks, self._zitadel_keys)
        self.is_closed = not (any(credentials) or self._anonymous)
        self.problem = ""
        if len(secrets) < len(settings.webhook_secrets):
            self.problem = MALFORMED_SECRET
        elif self.is_closed:
            self.problem = CLOSED

    def __repr__(self) -> str:
        return "Auth()"

    def admit(
        self, request: Request, *, sends: bool = True, caller: str | None = None
    ) -> Credential:
        """Return the credential of a request. A signature opens only what ``sends`` a message.

        ``caller`` is the service that the path names: ZITADEL's signature opens its own path only.
        Raises ConnectorError (``authorization_failed``), the same for whatever was wrong.
        """
        shown = _bytes(request.headers.get("authorization", "").strip())
        # All are compared, each in constant time, so that the time gives none of them away.
        matches = [hmac.compare_digest(shown, known) for known in self._authorizations]
        if any(matches):
            return Credential(sha256(shown).hexdigest())
        if sends and self._is_signed(request):
            return Credential("webhook", request.headers["webhook-id"])
        if sends and caller == "zitadel" and (identity := self._signed_by_zitadel(request)):
            return Credential("zitadel", identity)
        if self._anonymous:
            return Credential("anonymous")
        raise ConnectorError("unauthorized", "The credential is missing or not valid.")

    def _is_signed(self, request: Request) -> bool:
        signature = request.headers.get("webhook-signature")
        if request.body is None or signature is None:
            return False
        # The specification separates signatures by a space; Supabase puts a comma before it.
        # What has another form is left out, so that it does not make the others invalid.
        signatures = " ".join(_SIGNATURE.findall(signature))
        headers = {**request.headers, "webhook-signature": signatures}
        return any(_verifies(webhook, request.body, headers) for webhook in self._webhooks)

    def _signed_by_zitadel(self, request: Request) -> str | None:
        if not self._zitadel_keys:
            return None
        # Imported only where it is used.
        from .zitadel import signed_identity

        return signed_identity(request, self._zitadel_keys)


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _webhook(secret: str) -> _Webhook:
    # Imported only where it is used.
    from standardwebhooks.webhooks import Webhook

    return Webhook(secret.removeprefix("v1,"))


def _verifies(webhook: _Webhook, body: bytes, headers: dict[str, str]) -> bool:
    from standardwebhooks.webhooks import WebhookVerificationError

    try:
        webhook.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: headers or body are malformed
        return False
    return True
