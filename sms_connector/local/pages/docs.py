"""The project's own documentation as pages: the Markdown files of this checkout."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import MEDIA_TYPES, PAGE_HEADERS, file_response

ROOT: Final = Path(__file__).parents[3]

# What the Markdown files link to, beside each other and the pictures.
_AS_TEXT: Final = ("openapi.yaml", "s.yaml", "connector.example.json", "examples/sign_in.py")

_PAGE: Final = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="/page/shared/icon.svg">
<link rel="stylesheet" href="/page/shared/base.css">
<link rel="stylesheet" href="/page/shared/docs.css">
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def doc_routes() -> list[Route]:
    """Return the routes of `README.md`, of `docs/` and of what they link to, by their paths."""
    return [_route(path) for path in sorted(_files())]


def _files() -> Iterator[Path]:
    yield from ROOT.glob("*.md")
    yield from (path for path in (ROOT / "docs").rglob("*") if path.suffix in (".md", *MEDIA_TYPES))
    yield from (ROOT / name for name in _AS_TEXT)


def _route(path: Path) -> Route:
    async def give(_request: Request) -> Response:
        if path.suffix == ".md":
            return Response(_rendered(path), media_type="text/html", headers=dict(PAGE_HEADERS))
        if path.suffix in MEDIA_TYPES and path.parts[-2] != "examples":
            return file_response(path)
        return Response(path.read_bytes(), media_type="text/plain", headers=dict(PAGE_HEADERS))

    return Route(f"/{path.relative_to(ROOT).as_posix()}", give, methods=["GET"])


def _rendered(path: Path) -> str:
    # Nothing that HTML in a file of the project could load or run passes PAGE_HEADERS.
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(path.read_text("utf-8"))
    title = path.stem
    for token, content in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(content.content))
            if token.tag == "h1":
                title = content.content
        elif token.type == "table_open":
            # Without it, a wide table cannot be scrolled by keyboard.
            token.attrSet("tabindex", "0")
    body = parser.renderer.render(tokens, parser.options, {})
    language = "zh-CN" if ".zh-CN." in path.name else "en"
    return _PAGE.format(language=language, title=html.escape(title), body=body)


def _anchor(heading: str) -> str:
    """Return the anchor that a link to a heading names, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
