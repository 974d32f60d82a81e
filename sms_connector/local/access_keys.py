"""The key that signs on a developer's machine, where no runtime passes a role."""

from collections.abc import Mapping

from ..config import ConnectorConfig
from ..provider.client import AccessKey, signing_key
from ..provider.environment_key import role_key


def local_key(config: ConnectorConfig, environ: Mapping[str, str]) -> AccessKey | None:
    """Return the key pair of the config, else the key of the environment, else None."""
    return signing_key(config, role_key(environ))
