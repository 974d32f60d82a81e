"""Pages for a browser on this machine: plain files that load nothing from other hosts.

`shared/` is what the pages of the console and the emulator have in common.
"""

from collections.abc import Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SHARED = Path(__file__).parent / "shared"

# Not from the system's registry, where a wrong entry (it happens on Windows) stops the scripts.
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Allow the page's own scripts, styles and requests alone; no frames, no referrer, no caching."""


def page(directory: Path) -> Response:
    """Return the HTML of a page."""
    return file_response(directory / "index.html")


def page_files(directory: Path) -> list[Route]:
    """Return the routes of the files that a page loads: its own at `/page/`, and the shared."""
    return [*_routes(directory, "/page/"), *_routes(SHARED, "/page/shared/")]


def _routes(directory: Path, prefix: str) -> Iterator[Route]:
    for path in sorted(directory.rglob("*")):
        if path.suffix in MEDIA_TYPES:
            yield _route(path, prefix + path.relative_to(directory).as_posix())


def _route(path: Path, address: str) -> Route:
    async def send(_request: Request) -> Response:
        # Read for each request, so that a changed page only needs a reload.
        return file_response(path)

    return Route(address, send, methods=["GET"])


def file_response(path: Path) -> Response:
    """Return a file whose suffix is in MEDIA_TYPES."""
    return Response(
        path.read_bytes(), media_type=MEDIA_TYPES[path.suffix], headers=dict(PAGE_HEADERS)
    )
