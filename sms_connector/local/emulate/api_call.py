"""A call as it was received, before anything in it is verified."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

# The HTTP methods that the provider's gateway accepts.
METHODS = ("GET", "POST")


class ApiCall(NamedTuple):
    """`headers` has lower-case names; `query` and `form` are decoded, in the order received."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of both; where a name is in both, the form wins."""
        return dict(self.query + self.form)


def read_api_call(
    method: str, path: str, headers: Mapping[str, str], query: bytes, body: bytes
) -> ApiCall:
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return ApiCall(
        method, path, headers, decode_pairs(query), decode_pairs(body) if is_form else (), body
    )


def decode_pairs(encoded: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(encoded.decode("latin-1"), keep_blank_values=True))


def percent_encode(text: str) -> str:
    """Encode by RFC 3986, as both kinds of signature require."""
    return quote(text, safe="~")


def canonical_query(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return the pairs encoded, sorted and joined, as both kinds of signature require."""
    encoded = sorted((percent_encode(name), percent_encode(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)
