"""An HTTP request and its response, independent of any event or reply."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class HttpRequest:
    """A complete request.

    ``path`` is decoded, ``raw_path`` is as it was sent; neither includes the query. ``headers``
    are in the order received, with lower-case names; a name may occur several times.
    """

    method: str
    path: str = field(repr=False)
    raw_path: str = field(repr=False)
    query: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    client_ip: str = field(repr=False)
    server: tuple[str, int]
    protocol: str

    @property
    def joined_headers(self) -> dict[str, str]:
        """Each name once, written like ``Content-Type``; several values are joined by commas."""
        return _joined((_capitalized(name), value) for name, value in self.headers)

    @property
    def joined_query(self) -> dict[str, str]:
        """Each parameter once; several values are joined by commas."""
        return _joined(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True)
class HttpResponse:
    """A response. The server adds the length and connection headers.

    ``instance`` is the number of the process that answered, 0 where there is one.
    """

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    instance: int = 0


def json_response(status: int, body: object, **headers: str) -> HttpResponse:
    return HttpResponse(
        status, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
    )


def _capitalized(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
