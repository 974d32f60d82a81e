"""Whether messages go to an emulator, where they cost nothing, or are real."""

import ipaddress
from urllib.parse import urlsplit

from ..config import ConnectorConfig


def is_emulator(config: ConnectorConfig) -> bool:
    """Return whether the endpoint is an address of this machine."""
    host = urlsplit(f"//{config.host or ''}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
