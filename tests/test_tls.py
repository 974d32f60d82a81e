"""Which roots are trusted, with the bundles and with the package's directory in their place."""

import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import certifi
import pytest
import trustme
from pytest_mock import MockerFixture

from sms_connector import tls
from sms_connector.local.package.root_certificates import write_directory
from sms_connector.web.error_responses import error_body
from tests.support.scripted_provider import ScriptedProvider, accept, tunnel_to
from tests.support.sending import connector_at, failure, send

Providers = Callable[..., ScriptedProvider]
Reach = Callable[[ScriptedProvider], str]


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    def forget() -> None:
        tls.tls_context.cache_clear()
        tls.trust_all.cache_clear()

    forget()
    yield
    forget()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "sms.example").configure_cert(context)
    return context


@pytest.fixture
def bundle(authority: trustme.CA) -> str:
    """A bundle with the authority among others, as certifi's is."""
    return Path(certifi.where()).read_text("ascii") + authority.cert_pem.bytes().decode()


@pytest.fixture
def roots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    directory = tmp_path / "roots"
    monkeypatch.setattr(tls, "ROOTS", str(directory))
    return directory


@pytest.fixture
def no_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))


@pytest.fixture(params=["directly", "through a proxy's tunnel"])
def reach(
    request: pytest.FixtureRequest, provider: Providers, monkeypatch: pytest.MonkeyPatch
) -> Reach:
    """Give the endpoint at which a provider is reached, once without a proxy and once with one."""

    def through_tunnel(secure: ScriptedProvider) -> str:
        monkeypatch.setenv("HTTPS_PROXY", provider(tunnel_to(secure.endpoint)).endpoint)
        return secure.endpoint.replace("localhost", "sms.example")

    return through_tunnel if "tunnel" in request.param else lambda secure: secure.endpoint


@pytest.mark.usefixtures("no_platform")
def test_certifi_s_roots_are_trusted_from_the_bundle() -> None:
    assert len(tls.tls_context().get_ca_certs()) > 100


@pytest.mark.usefixtures("no_platform")
def test_the_directory_is_trusted_without_parsing_the_bundle(
    provider: Providers, server: ssl.SSLContext, bundle: str, roots: Path, reach: Reach
) -> None:
    write_directory(bundle, roots)
    assert send(connector_at(reach(provider(accept, tls=server)))).biz_id == "BIZ-1"
    assert len(tls.tls_context().get_ca_certs()) == 1  # the one that was looked up


def test_a_file_named_in_the_environment_is_trusted_in_the_package(
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


@pytest.mark.usefixtures("no_platform")
@pytest.mark.parametrize("named", [True, False])
def test_the_platform_s_directory_is_trusted_in_the_package(
    provider: Providers,
    server: ssl.SSLContext,
    authority: trustme.CA,
    roots: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mocker: MockerFixture,
    named: bool,
) -> None:
    roots.mkdir()
    directory = tmp_path / "platform"
    write_directory(authority.cert_pem.bytes().decode(), directory)
    if named:
        monkeypatch.setenv("SSL_CERT_DIR", str(directory))
    else:
        monkeypatch.delenv("SSL_CERT_DIR")
        built_in = ssl.get_default_verify_paths()._replace(capath=str(directory))
        mocker.patch("ssl.get_default_verify_paths", return_value=built_in)
    answering = provider(accept, tls=server)
    assert send(connector_at(answering.endpoint)).biz_id == "BIZ-1"
    assert answering.connections == 1


def test_a_root_that_only_the_platform_s_bundle_has_is_found_at_the_second_attempt(
    provider: Providers,
    server: ssl.SSLContext,
    bundle: str,
    roots: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reach: Reach,
) -> None:
    roots.mkdir()
    (tmp_path / "bundle.pem").write_text(bundle, "ascii")
    tls.tls_context()
    # The path of the platform's is built into OpenSSL: one that is set only now stands in for it.
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "bundle.pem"))
    answering = provider(accept, tls=server)
    connector = connector_at(reach(answering))
    assert send(connector).biz_id == "BIZ-1"
    assert (answering.connections, len(answering.requests)) == (2, 1)


@pytest.mark.parametrize("packaged", [True, False])
def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    provider: Providers, server: ssl.SSLContext, roots: Path, reach: Reach, packaged: bool
) -> None:
    if packaged:
        write_directory(Path(certifi.where()).read_text("ascii"), roots)
    stranger = provider(accept, tls=server)
    error = failure(connector_at(reach(stranger)))
    assert "certificate" in json.dumps(error_body(error))
    assert stranger.requests == []


@pytest.mark.parametrize("packaged", [True, False])
def test_nothing_is_weaker_than_python_s_own_default(roots: Path, packaged: bool) -> None:
    if packaged:
        roots.mkdir()
    ours, default = tls.tls_context(), ssl.create_default_context()
    for setting in ("verify_mode", "check_hostname", "verify_flags", "minimum_version", "options"):
        assert getattr(ours, setting) == getattr(default, setting)
