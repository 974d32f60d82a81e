"""Which certificates are trusted: the platform's roots (``SSL_CERT_FILE`` counts) and certifi's.

Parsing a bundle of roots takes a seventh of a cold start, and there are two. The package holds
certifi's as a directory instead, in which OpenSSL looks up only the certificate that it needs.
There, the platform's bundle is parsed only after a certificate was not found in this directory,
nor in the platform's.
"""

import os
import ssl
from functools import cache
from typing import Final

import certifi

_CODE_DIRECTORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOTS: Final = os.path.join(_CODE_DIRECTORY, "roots")
"""The directory: one file for each of certifi's certificates. Only the package has it, and there
certifi is a stub."""


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context of all connections.

    In the package it trusts what is found without parsing a bundle, elsewhere everything.
    """
    if not os.path.isdir(ROOTS):
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        return context
    context = ssl.create_default_context(capath=ROOTS)
    platform = ssl.get_default_verify_paths()
    if platform.capath:
        context.load_verify_locations(capath=platform.capath)
    # A file that SSL_CERT_FILE names, and not the platform's own one, must count at once.
    if platform.cafile and platform.cafile != platform.openssl_cafile:
        context.load_verify_locations(cafile=platform.cafile)
    return context


@cache
def trust_all() -> None:
    """Add the bundle that was not parsed, before a connection is retried."""
    if os.path.isdir(ROOTS):
        tls_context().set_default_verify_paths()
