"""Who may call by HTTP.

A caller shows the ``Authorization`` value it was given, or signs its request: see ``webhook.py``
and ``zitadel.py``.
"""

import hmac
import logging
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec

from ..errors import ConnectorError
from ..log import Notices
from ..settings import ANONYMOUS, AUTHORIZATION, WEBHOOK_SECRETS, ZITADEL_KEYS, Settings
from .http import Request
from .routing import OpenTo
from .signature import SignatureError

if TYPE_CHECKING:
    from standardwebhooks.webhooks import Webhook

CLOSED: Final = (
    f"No HTTP request is accepted yet: set {AUTHORIZATION} to the value that callers send as their "
    f"Authorization header, or {WEBHOOK_SECRETS} or {ZITADEL_KEYS} to what they sign with; or "
    f"{ANONYMOUS}=true if something before the function authenticates its callers."
)

MALFORMED_SECRET: Final = (
    f"A secret in {WEBHOOK_SECRETS} is not of the form v1,whsec_<base64>; separate several by |."
)

UNSENDABLE: Final = (
    f"{AUTHORIZATION} has a value that no client can send as it stands: it may have no quotes or "
    "spaces around it, no control characters, and no letters outside Latin-1."
)

NOTHING_SENT: Final = "The request has neither an Authorization value nor a signature."
UNKNOWN_VALUE: Final = f"The Authorization value of the request is not in {AUTHORIZATION}."

# Base64 with or without its padding: what the library can decode.
_SECRET = re.compile(r"(?:v1,)?whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={0,2})?")

_SENDABLE = re.compile(r"[!-~\xa1-\xff](?:[ -~\xa0-\xff]*[!-~\xa1-\xff])?")
_QUOTED = re.compile(r"([\"'`]).*\1", re.DOTALL)

_LOGGED_EVERY_SECONDS: Final = 60.0


class Credential(msgspec.Struct, frozen=True):
    """What admitted a request: a name for the credential that does not give it away.

    ``webhook_id`` is the identity that a webhook's signature covers.
    """

    name: str
    webhook_id: str | None = None


INVOCATION: Final = Credential("invocation")
"""That of a direct invocation, which Function Compute has authenticated."""

ANONYMOUS_CALLER: Final = Credential("anonymous")
"""That of a request that needs none."""


class Auth:
    """The credentials that admit a request. ``problem`` says what to set or change, if anything.

    ``is_closed``: nothing admits any request. The log names the problem once, and each reason why
    a request was not admitted once a minute.
    """

    def __init__(self, settings: Settings, notices: Notices | None = None) -> None:
        self._notices = notices or Notices()
        # An environment may hold bytes that are not UTF-8: Python reads them as surrogates.
        self._authorizations = [_bytes(value) for value in settings.authorizations]
        secrets = [text for text in settings.webhook_secrets if _SECRET.fullmatch(text)]
        self._webhooks = tuple(map(_webhook, secrets))
        self._zitadel_keys = settings.zitadel_keys
        self._anonymous = settings.anonymous
        credentials = (self._authorizations, self._webhooks, self._zitadel_keys)
        self.is_closed = not (any(credentials) or self._anonymous)
        self.problem = ""
        if len(secrets) < len(settings.webhook_secrets):
            self.problem = MALFORMED_SECRET
        elif not _are_sendable(settings.authorizations):
            self.problem = UNSENDABLE
        elif self.is_closed:
            self.problem = CLOSED

    def __repr__(self) -> str:
        return "Auth()"

    def admit(
        self, request: Request, open_to: OpenTo, caller: str | None, logger: logging.Logger
    ) -> Credential:
        """Return the credential of a request for an operation that is open to some callers.

        ``caller`` is the service that the path names: ZITADEL's signature opens its own path only.
        Raises ConnectorError (``authorization_failed``), the same for whatever was wrong.
        """
        if not request.is_http:
            return INVOCATION
        if open_to in ("all", "report token"):
            return ANONYMOUS_CALLER
        if self.problem:
            self._notices.write(logger, logging.ERROR, "invalid_config", self.problem)
        shown = _bytes(request.headers.get("authorization", "").strip())
        # All are compared, each in constant time, so that the time gives none of them away.
        matches = [hmac.compare_digest(shown, known) for known in self._authorizations]
        if any(matches):
            return Credential(sha256(shown).hexdigest())
        try:
            return self._signed(request, open_to, caller)
        except SignatureError as error:
            if self._anonymous:
                return ANONYMOUS_CALLER
            reason = str(error)
        self._notices.write(logger, logging.WARNING, "unauthorized", reason, _LOGGED_EVERY_SECONDS)
        raise ConnectorError("unauthorized", "The credential is missing or not valid.")

    def _signed(self, request: Request, open_to: OpenTo, caller: str | None) -> Credential:
        """Return the credential of a signed request. Raises SignatureError: why it has none."""
        is_webhook = "webhook-signature" in request.headers
        if not is_webhook and "zitadel-signature" not in request.headers:
            shown = request.headers.get("authorization")
            raise SignatureError(UNKNOWN_VALUE if shown else NOTHING_SENT)
        if open_to != "signature":
            raise SignatureError("A signature opens the sending of messages alone.")
        # Imported only where they are used: few functions check signatures.
        if is_webhook:
            from .webhook import signed_id

            return Credential("webhook", signed_id(request, self._webhooks))
        if caller != "zitadel":
            raise SignatureError("ZITADEL's signature opens /zitadel alone.")
        from .zitadel import signed_identity

        return Credential("zitadel", signed_identity(request, self._zitadel_keys))


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _are_sendable(values: Sequence[str]) -> bool:
    # The quotes may stand around all of them too, as an env file keeps them.
    quoted = any(map(_QUOTED.fullmatch, (*values, ",".join(values))))
    return not quoted and all(map(_SENDABLE.fullmatch, values))


def _webhook(secret: str) -> "Webhook":
    # Imported only where it is used, as above.
    from standardwebhooks.webhooks import Webhook

    return Webhook(secret.removeprefix("v1,"))
