"""The access key in the environment, where no runtime passes a role."""

from collections.abc import Mapping
from typing import Final

from .client import AccessKey

KEY_ID: Final = "ALIBABA_CLOUD_ACCESS_KEY_ID"
KEY_SECRET: Final = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
SECURITY_TOKEN: Final = "ALIBABA_CLOUD_SECURITY_TOKEN"


def role_key(environ: Mapping[str, str]) -> AccessKey | None:
    """Return the key of the variables that the official tools read; with a token, a role's."""
    key_id, secret = environ.get(KEY_ID, "").strip(), environ.get(KEY_SECRET, "").strip()
    if not key_id or not secret:
        return None
    return AccessKey(key_id, secret, environ.get(SECURITY_TOKEN, "").strip() or None)
