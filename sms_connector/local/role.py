"""The key that signs on a person's machine, where no runtime hands over a role."""

from collections.abc import Mapping
from typing import Final

from ..config import ConnectorConfig
from ..provider.client import AccessKey

KEY_ID: Final = "ALIBABA_CLOUD_ACCESS_KEY_ID"
KEY_SECRET: Final = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
SECURITY_TOKEN: Final = "ALIBABA_CLOUD_SECURITY_TOKEN"


def role_of(environ: Mapping[str, str]) -> AccessKey | None:
    """Read the key that the official tools read too: with a security token it is a role's."""
    key_id, secret = environ.get(KEY_ID, "").strip(), environ.get(KEY_SECRET, "").strip()
    if not key_id or not secret:
        return None
    return AccessKey(key_id, secret, environ.get(SECURITY_TOKEN, "").strip() or None)


def key_of(config: ConnectorConfig, environ: Mapping[str, str]) -> AccessKey | None:
    """Give the key pair of the config, else the role of the environment, else nothing."""
    if config.access_key_id and config.access_key_secret:
        return AccessKey(config.access_key_id, config.access_key_secret)
    return role_of(environ)
