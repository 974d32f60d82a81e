"""The access key in the environment, where no platform passes a role with each request."""

from collections.abc import Mapping
from typing import Final

from ..context import Role
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


def environment_role(environ: Mapping[str, str]) -> Role:
    """Return the same key as a context has it; without one, an empty role."""
    key = role_key(environ)
    return Role(key.id, key.secret, key.security_token or "") if key else Role()
