"""Certifi's bundle as a directory in which OpenSSL finds a certificate by the hash of its subject.

Parsing the bundle takes a seventh of a cold start; from such a directory OpenSSL reads only the
one root that a chain ends in. ``openssl rehash`` makes the same, but is not on every machine. https://docs.openssl.org/3.0/man1/openssl-rehash/
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_PEM = re.compile(
    r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----", re.ASCII
)
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_UTF8: Final = 0x0C
_VERSION: Final = 0xA0
# How each type of string in a name is decoded. T61 is read as Latin-1, as is common.
_ENCODINGS: Final = {
    _UTF8: "utf-8",
    0x13: "ascii",  # PrintableString
    0x14: "latin-1",  # T61String
    0x16: "ascii",  # IA5String
    0x1A: "ascii",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}
_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class _Element(NamedTuple):
    """One element of DER: its tag, its content, and the whole element with its header."""

    tag: int
    content: bytes
    whole: bytes


def write_directory(bundle: str, directory: Path) -> None:
    """Write each certificate of a PEM bundle to a file ``<hash of its subject>.<n>``."""
    directory.mkdir(exist_ok=True)
    taken: Counter[str] = Counter()
    for pem in _PEM.finditer(bundle):
        name = subject_hash(base64.b64decode(pem[1]))
        (directory / f"{name}.{taken[name]}").write_text(f"{pem[0]}\n", "ascii")
        taken[name] += 1


def subject_hash(certificate: bytes) -> str:
    """Return the hash of a certificate's subject as OpenSSL computes it for the file name."""
    (whole,) = _elements(certificate)
    signed = next(_elements(whole.content))
    parts = [part for part in _elements(signed.content) if part.tag != _VERSION]
    subject = parts[4]  # after serial number, algorithm, issuer, validity
    digest = hashlib.sha1(b"".join(map(_canonical, _elements(subject.content))))  # noqa: S324
    return f"{int.from_bytes(digest.digest()[:4], 'little'):08x}"


def _canonical(relative_name: _Element) -> bytes:
    """Encode one part of a name so that different spellings of it give the same bytes."""
    pairs = []
    for pair in _elements(relative_name.content):
        kind, value = _elements(pair.content)
        written = value.whole
        if value.tag in _ENCODINGS:
            text = value.content.decode(_ENCODINGS[value.tag])
            plain = re.sub(r"[ \t\n\v\f\r]+", " ", text).strip(" ").translate(_LOWER)
            written = _element(_UTF8, plain.encode())
        pairs.append(_element(_SEQUENCE, kind.whole + written))
    return _element(_SET, b"".join(sorted(pairs)))


def _elements(der: bytes) -> Iterator[_Element]:
    start = 0
    while start < len(der):
        length, content = der[start + 1], start + 2
        if length & 0x80:
            content += length & 0x7F
            length = int.from_bytes(der[start + 2 : content], "big")
        yield _Element(der[start], der[content : content + length], der[start : content + length])
        start = content + length


def _element(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content
