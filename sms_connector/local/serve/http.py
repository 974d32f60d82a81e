"""An HTTP request and its answer as they are on the wire: before any event, after any reply."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class HttpRequest:
    """A request that has arrived whole.

    ``path`` is decoded, ``raw_path`` as it was sent; neither holds the query. ``headers`` are in
    the order sent, their names in lower case; one name may be there several times.
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
        """Each name once and as ``Content-Type`` is written; several values have commas between."""
        return _joined((_capitalized(name), value) for name, value in self.headers)

    @property
    def joined_query(self) -> dict[str, str]:
        """Each parameter once; several values have commas between."""
        return _joined(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True)
class HttpResponse:
    """What goes back. Length and connection headers are the server's own business."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


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
