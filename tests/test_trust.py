"""Which roots are trusted, with the bundles and with the package's directory in their place."""

import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import certifi
import pytest
import trustme

from sms_connector import trust
from sms_connector.local.packaging.root_certificates import write_directory
from tests.support.scripted_provider import ScriptedProvider, accept
from tests.support.sending import connector_at, failure, send

Providers = Callable[..., ScriptedProvider]


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    def forget() -> None:
        trust.tls_context.cache_clear()
        trust.trust_all.cache_clear()

    forget()
    yield
    forget()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def bundle(authority: trustme.CA) -> str:
    """A bundle with the authority among others, as certifi's is."""
    return Path(certifi.where()).read_text("ascii") + authority.cert_pem.bytes().decode()


@pytest.fixture
def roots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    directory = tmp_path / "roots"
    monkeypatch.setattr(trust, "ROOTS", str(directory))
    return directory


@pytest.fixture
def no_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))


@pytest.mark.usefixtures("no_platform")
def test_certifi_s_roots_are_trusted_from_the_bundle() -> None:
    assert len(trust.tls_context().get_ca_certs()) > 100


@pytest.mark.usefixtures("no_platform")
def test_and_from_the_directory_without_parsing_the_bundle(
    provider: Providers, server: ssl.SSLContext, bundle: str, roots: Path
) -> None:
    write_directory(bundle, roots)
    assert send(connector_at(provider(accept, tls=server).endpoint)).biz_id == "BIZ-1"
    assert len(trust.tls_context().get_ca_certs()) == 1  # the one that was looked up


def test_so_is_a_file_that_the_platform_is_told_of(
    provider: Providers,
    server: ssl.SSLContext,
    authority: trustme.CA,
    roots: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roots.mkdir()
    authority.cert_pem.write_to_path(str(tmp_path / "own.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    answering = provider(accept, tls=server)
    assert send(connector_at(answering.endpoint)).biz_id == "BIZ-1"
    assert answering.connections == 1


def test_a_root_that_only_a_bundle_has_is_found_at_the_second_try(
    provider: Providers,
    server: ssl.SSLContext,
    bundle: str,
    roots: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roots.mkdir()
    (tmp_path / "certifi.pem").write_text(bundle, "ascii")
    monkeypatch.setattr(certifi, "where", lambda: str(tmp_path / "certifi.pem"))
    answering = provider(accept, tls=server)
    connector = connector_at(answering.endpoint)
    assert send(connector).biz_id == "BIZ-1"
    assert (answering.connections, len(answering.requests)) == (2, 1)


@pytest.mark.parametrize("packaged", [True, False])
def test_nobody_else_is_trusted(
    provider: Providers, server: ssl.SSLContext, roots: Path, packaged: bool
) -> None:
    if packaged:
        write_directory(Path(certifi.where()).read_text("ascii"), roots)
    stranger = provider(accept, tls=server)
    error = failure(connector_at(stranger.endpoint))
    assert "certificate" in json.dumps(error.to_reply())
    assert stranger.requests == []


@pytest.mark.parametrize("packaged", [True, False])
def test_nothing_is_weaker_than_python_s_own_default(roots: Path, packaged: bool) -> None:
    if packaged:
        roots.mkdir()
    ours, default = trust.tls_context(), ssl.create_default_context()
    for setting in ("verify_mode", "check_hostname", "verify_flags", "minimum_version", "options"):
        assert getattr(ours, setting) == getattr(default, setting)
