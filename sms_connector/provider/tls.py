"""Which certificates are trusted: the platform's roots (``SSL_CERT_FILE`` counts) and certifi's.

Parsing a bundle of roots takes a seventh of a cold start, and there are two. The package holds
certifi's roots also as a directory, in which OpenSSL looks up only the certificate that it needs.
There, a bundle is parsed only after a certificate was not found in this directory, nor in the
platform's.
"""

import os
import ssl
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from typing import Final

_CODE_DIRECTORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOTS: Final = os.path.join(_CODE_DIRECTORY, "roots")
"""The directory: one file for each of certifi's certificates. Only the package has it."""


def certifi_bundle() -> str:
    """Return the path of certifi's roots.

    It is what ``certifi.where()`` returns, without the import of ``importlib.resources``.
    """
    spec = find_spec("certifi")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("certifi is not installed", name="certifi")
    return os.path.join(spec.submodule_search_locations[0], "cacert.pem")


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context of all connections.

    In the package it trusts what is found without parsing a bundle, elsewhere everything.
    """
    if not os.path.isdir(ROOTS):
        context = ssl.create_default_context()
        context.load_verify_locations(certifi_bundle())
        return context
    context = ssl.create_default_context(capath=ROOTS)
    platform = ssl.get_default_verify_paths()
    directory = os.environ.get(platform.openssl_capath_env) or platform.openssl_capath
    context.load_verify_locations(capath=directory)
    # A file named by the operator must count at once.
    if file := os.environ.get(platform.openssl_cafile_env):
        with suppress(OSError):
            context.load_verify_locations(cafile=file)
    return context


@cache
def trust_all() -> None:
    """Add the bundles that were not parsed, before a connection is retried."""
    if os.path.isdir(ROOTS):
        context = tls_context()
        context.set_default_verify_paths()
        context.load_verify_locations(certifi_bundle())
