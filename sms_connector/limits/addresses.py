"""The addresses of the people who ask for messages, as services write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_LONGEST: Final = 64
_PREFIX_OF_ONE_SUBSCRIBER: Final = 64


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read one address, with or without a port; None for a list, a network or any other text."""
    # Only for messages that have one: its import costs as much as ten messages.
    from ipaddress import ip_address

    if len(text) > _LONGEST:
        return None
    text = text.strip()
    # Proxies often add the port.
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def subject_of(text: str) -> str | None:
    """Return what is counted: one IPv4 address, the /64 of an IPv6 address, or the text itself.

    None where the address is not global: it is that of a proxy, or reserved. A text that is no
    address is counted by itself: a caller that passed one would not be limited otherwise.
    """
    address = read_address(text)
    if address is None:
        return text.encode(errors="replace").decode()
    if not address.is_global:
        return None
    if address.version == 4:
        return str(address)
    from ipaddress import IPv6Network

    return str(IPv6Network((int(address), _PREFIX_OF_ONE_SUBSCRIBER), strict=False))
