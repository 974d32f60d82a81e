"""Which certificates are trusted: the platform's roots (``SSL_CERT_FILE`` counts) and certifi's.

Parsing a bundle of roots takes a seventh of a cold start, and there are two. The package has
certifi's also as a directory in which OpenSSL looks up the one certificate that it needs, and
where the platform has such a directory too, neither bundle is parsed before it is missed.
"""

import os
import ssl
from contextlib import suppress
from functools import cache
from typing import Final

import certifi

_CODE_DIRECTORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOTS: Final = os.path.join(_CODE_DIRECTORY, "roots")
"""The directory, if this is the package: one file for each of certifi's certificates."""


@cache
def tls_context() -> ssl.SSLContext:
    """Give the context of all connections, with what is cheap to trust, or all there is."""
    if not os.path.isdir(ROOTS):
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        return context
    context = ssl.create_default_context(capath=ROOTS)
    platform = ssl.get_default_verify_paths()
    directory = os.environ.get(platform.openssl_capath_env) or platform.openssl_capath
    context.load_verify_locations(capath=directory)
    # A file that somebody names is the one that counts.
    if file := os.environ.get(platform.openssl_cafile_env):
        with suppress(OSError):
            context.load_verify_locations(cafile=file)
    return context


@cache
def trust_all() -> None:
    """Add the bundles that were not parsed, for a connection that is tried again.

    A chain that ends in none of the directories' roots may end in one of theirs.
    """
    if os.path.isdir(ROOTS):
        context = tls_context()
        context.set_default_verify_paths()
        context.load_verify_locations(certifi.where())
