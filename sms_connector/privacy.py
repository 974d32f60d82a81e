"""Masking: nothing that is shown or logged holds a code, a key or a whole phone number."""

import re
from collections.abc import Iterable
from urllib.parse import quote

_MASK = "****"
_LONG_NUMBER = re.compile(r"(?<![0-9A-Fa-f])\+?[0-9]{8,15}(?![0-9A-Fa-f])")
# The provider quotes a hash of the request, from which a short code could be guessed.
_HASH = re.compile(r"[0-9A-Fa-f]{40,}")
_LONGEST_SHOWN = 500


class Mask:
    """Hides the secrets of one request in a text that somebody else wrote.

    The provider's ``SignatureDoesNotMatch`` quotes the whole string to sign, in which the
    parameters stand URL-encoded twice; so each secret is looked for in all three forms.
    """

    def __init__(self, secrets: Iterable[str | None]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        # The longest first, so that a secret that holds another is hidden whole.
        ordered = sorted(forms, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """Give the text with every secret, and any other long number or hash, hidden."""
        # Hashes first: a code in one would split it into halves that are shown.
        return _LONG_NUMBER.sub(_MASK, self.secrets_in(_HASH.sub(_MASK, text)))

    def secrets_in(self, text: str) -> str:
        """Give the text with the secrets hidden and nothing else: an id stays an id."""
        hidden = self._secrets.sub(_MASK, text) if self._secrets.pattern else text
        return hidden[:_LONGEST_SHOWN]


def _forms(secret: str) -> Iterable[str]:
    once = quote(secret, safe="~")
    return secret, once, quote(once, safe="~")
