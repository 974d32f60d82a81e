"""A call as it came over the wire, before anything in it is believed."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

# HTTP methods that the provider's gateway takes calls with.
METHODS = ("GET", "POST")


class Call(NamedTuple):
    """`headers` has lower-case names; `query` and `form` are decoded and in the order sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """Both places count; the form has the last word where a name is in both."""
        return dict(self.query + self.form)


def read_call(
    method: str, path: str, headers: Mapping[str, str], query: bytes, body: bytes
) -> Call:
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return Call(
        method, path, headers, decode_pairs(query), decode_pairs(body) if is_form else (), body
    )


def decode_pairs(encoded: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(encoded.decode("latin-1"), keep_blank_values=True))


def percent_encode(text: str) -> str:
    """Encode as RFC 3986 has it, which both kinds of signature are made over."""
    return quote(text, safe="~")


def canonical_query(pairs: tuple[tuple[str, str], ...]) -> str:
    """Join the pairs, encoded and sorted, as both kinds of signature want them."""
    encoded = sorted((percent_encode(name), percent_encode(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)
