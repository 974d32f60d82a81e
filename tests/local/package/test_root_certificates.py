"""The directory of roots. tests/provider/test_tls.py shows that OpenSSL finds a root in it."""

import base64
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import certifi
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from sms_connector.local.package.root_certificates import subject_hash, write_directory

BUNDLE = Path(certifi.where()).read_text("ascii")

# As `openssl x509 -subject_hash` prints them: names in ASCII, with accents, with an address.
LONG_LIVED = ("4042bcee", "607986c7", "988a38cb", "8160b96c")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates") / "roots"
    write_directory(BUNDLE, made)
    return made


def test_every_certificate_has_a_file_of_its_own(directory: Path) -> None:
    files = sorted(directory.iterdir())
    assert len(files) == BUNDLE.count("BEGIN CERTIFICATE")
    assert all(re.fullmatch(r"[0-9a-f]{8}\.[0-9]", file.name) for file in files)
    pems = {file.read_text("ascii").strip() for file in files}
    assert len(pems) == len(files)
    assert all(pem in BUNDLE for pem in pems)


@pytest.mark.parametrize("name", LONG_LIVED)
def test_roots_that_will_stay_have_the_names_that_openssl_gave_them(
    directory: Path, name: str
) -> None:
    assert (directory / f"{name}.0").is_file()


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl command")
def test_openssl_computes_the_same_name_for_every_root(directory: Path, tmp_path: Path) -> None:
    for place, file in enumerate(directory.iterdir()):
        (tmp_path / f"{place}.pem").write_bytes(file.read_bytes())
    subprocess.run(["openssl", "rehash", tmp_path], check=True)  # noqa: S603, S607
    names = [file.name for file in tmp_path.iterdir() if file.is_symlink()]
    assert sorted(names) == sorted(file.name for file in directory.iterdir())


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ([(NameOID.ORGANIZATION_NAME, "größe ca", _ASN1Type.UTF8String)], "2c63d8ff"),
        ([(NameOID.ORGANIZATION_NAME, "Größe  CA", _ASN1Type.BMPString)], "2c63d8ff"),
        ([(NameOID.ORGANIZATION_NAME, "Größe CA", _ASN1Type.UniversalString)], "2c63d8ff"),
        ([(NameOID.ORGANIZATION_NAME, "Grosse CA", _ASN1Type.T61String)], "8e12ad20"),
        ([(NameOID.EMAIL_ADDRESS, "ca@example.com", _ASN1Type.IA5String)], "4736c92d"),
        (
            [
                (NameOID.COMMON_NAME, "AAAA", _ASN1Type.BMPString),
                (NameOID.ORGANIZATION_NAME, "BBBBBB", _ASN1Type.UTF8String),
            ],
            "9ff37d2a",
        ),
    ],
)
def test_names_in_every_kind_of_string_have_the_hash_of_openssl(
    attributes: list[tuple[x509.ObjectIdentifier, str, _ASN1Type]], name: str
) -> None:
    assert subject_hash(certificate(attributes)) == name


def certificate(attributes: list[tuple[x509.ObjectIdentifier, str, _ASN1Type]]) -> bytes:
    """Make one whose subject has all these attributes in one part, in DER."""
    part = x509.RelativeDistinguishedName([x509.NameAttribute(*one) for one in attributes])
    subject, key, day = (
        x509.Name([part]),
        ec.generate_private_key(ec.SECP256R1()),
        datetime(2026, 1, 1),
    )
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 1, day, day)
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_two_certificates_of_one_name_have_two_files(tmp_path: Path) -> None:
    pem = trustme.CA().cert_pem.bytes().decode()
    write_directory(pem + pem, tmp_path / "roots")
    assert sorted(file.suffix for file in (tmp_path / "roots").iterdir()) == [".0", ".1"]


def test_two_spellings_of_a_name_have_the_same_hash() -> None:
    def written(name: str) -> str:
        pem = trustme.CA(organization_name=name, organization_unit_name="Unit").cert_pem.bytes()
        der = base64.b64decode(b"".join(pem.split(b"-----")[2].split()))
        return subject_hash(der)

    assert written(" Some  Authority ") == written("SOME authority")
    assert written("Some Authority") != written("Another")
