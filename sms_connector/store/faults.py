"""Names what a server raised or replied, without passing its text on."""

import re
from collections.abc import Iterator
from typing import Final

from valkey.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    ValkeyError,
)
from valkey.exceptions import ConnectionError as Broken
from valkey.exceptions import TimeoutError as Silent

from .address import Address
from .outage import Fault, StoreAwayError

_REFUSALS: Final = (ResponseError, AuthenticationError, BusyLoadingError)

_BY_ERROR: Final[tuple[tuple[type[Exception], Fault], ...]] = (
    (Silent, "silent"),
    (AuthenticationError, "password"),
    (BusyLoadingError, "loading"),
    (NoPermissionError, "permission"),
    (OutOfMemoryError, "full"),
    (ReadOnlyError, "read_only"),
)

_BY_TEXT: Final[tuple[tuple[str, Fault], ...]] = (
    # Inside a script, most versions put what the command said into a longer sentence.
    ("OOM", "full"),
    ("READONLY", "read_only"),
    ("MISCONF", "read_only"),
    ("NOREPLICAS", "read_only"),
    ("MASTERDOWN", "read_only"),
    ("user executing the script", "permission"),
    ("MOVED", "cluster"),
    ("ASK ", "cluster"),
    ("CROSSSLOT", "cluster"),
    ("TRYAGAIN", "cluster"),
    ("CLUSTERDOWN", "cluster_down"),
    ("BUSY", "busy"),
    # Tair and Redis of Alibaba Cloud: help.aliyun.com/zh/redis/support/usage-of-lua-scripts
    ("bad lua script", "script_check"),
    ("illegal address", "allowlist"),
    ("not support", "no_scripts"),
    ("unknown command", "no_scripts"),
    ("AUTH", "password"),
    ("DB index", "database"),
    ("SELECT", "database"),
)

_MOVED: Final = re.compile(r"MOVED \d+ (.*):(\d+)")

_UNREADABLE: Final = "Protocol Error: b'"
"""What the client puts before a reply that it cannot parse."""

_MOST_WORDS: Final = 8
_PLAIN_WORD: Final = re.compile(r"(?!.*\d{5})[A-Za-z0-9/._-]{1,20}[.,:;!]?")


def as_away(error: Exception, address: Address, *, sent: bool) -> StoreAwayError:
    """Return what was raised as a fault with a name. ``sent`` is whether commands had been."""
    fault = _fault(error)
    is_reply = fault == "protocol" and isinstance(error, ValkeyError)
    words = _first_words(error, address) if is_reply else ""
    # Where a server says why not, it has done nothing.
    is_refused = isinstance(error, _REFUSALS) or fault == "connections"
    return StoreAwayError(fault, words, maybe_done=sent and not is_refused)


def moved_to(error: Exception, address: Address) -> tuple[str, int] | None:
    """Return host and port of the node that a node of a cluster refers to, or None."""
    match = _MOVED.match(str(error)) if isinstance(error, ResponseError) else None
    # A node that does not know its own name leaves it out: it is the one that was asked.
    return (match[1].strip("[]") or address.host, int(match[2])) if match else None


def _fault(error: Exception) -> Fault:
    for kind, fault in _BY_ERROR:
        if isinstance(error, kind):
            return fault
    text = str(error)
    for part, fault in _BY_TEXT:
        if part in text and isinstance(error, _REFUSALS):
            return fault
    if "max number of clients" in text:  # to the client, a broken connection
        return "connections"
    is_broken = isinstance(error, (Broken, OSError)) and not isinstance(error, _REFUSALS)
    return "closed" if is_broken else "protocol"


def _first_words(error: Exception, address: Address) -> str:
    """Return how a reply begins, as far as it is plain words of the server's own.

    Some services quote in an error what they were sent, keys and passwords among it.
    """
    own = f"{address.host} {address.username} {address.password}".lower().split()

    def plain() -> Iterator[str]:
        text = str(error).removeprefix(_UNREADABLE)
        for word in text.split()[:_MOST_WORDS]:
            if not _PLAIN_WORD.fullmatch(word) or any(part in word.lower() for part in own):
                return
            yield word

    return " ".join(plain())
