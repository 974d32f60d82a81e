"""The project's own documentation as pages: the Markdown files of this checkout."""

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..checkout import IS_CHECKOUT, PROJECT
from . import MEDIA_TYPES, PAGE_HEADERS, file_response

# The files that the pages link to, besides each other and the pictures.
_AS_TEXT: Final = (
    *("s.yaml", "s.web.yaml", "docs/openapi.yaml", "docs/examples/connector.example.json"),
    *("docs/examples/sign_in.py", "tests/node/emulator.test.js"),
)

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


_NOT_INSTALLED: Final = (
    "<p>The documentation is in the project's directory: pip installs the commands without it.</p>"
    '<p lang="zh-CN">文档在项目目录中，pip 安装的命令不包含文档。</p>\n'
)


def doc_routes() -> list[Route]:
    """Return the routes of `README.md`, of `docs/` and of what they link to, by their paths."""
    if not IS_CHECKOUT:
        return [Route("/{page:path}.md", _not_installed, methods=["GET"])]
    return [_route(path) for path in sorted(_files())]


def _files() -> Iterator[Path]:
    yield from PROJECT.glob("[A-Z]*.md")  # not notes that somebody keeps there
    docs = (PROJECT / "docs").rglob("*")
    yield from (path for path in docs if path.suffix in (".md", *MEDIA_TYPES))
    yield from (PROJECT / name for name in _AS_TEXT)


def _route(path: Path) -> Route:
    name = path.relative_to(PROJECT).as_posix()

    async def send(_request: Request) -> Response:
        if path.suffix == ".md":
            return Response(_rendered(path), media_type="text/html", headers=dict(PAGE_HEADERS))
        if name in _AS_TEXT:
            return Response(path.read_bytes(), media_type="text/plain", headers=dict(PAGE_HEADERS))
        return file_response(path)

    return Route(f"/{name}", send, methods=["GET"])


async def _not_installed(_request: Request) -> Response:
    page = _PAGE.format(language="en", title="Documentation", body=_NOT_INSTALLED)
    return Response(page, status_code=404, media_type="text/html", headers=dict(PAGE_HEADERS))


def _rendered(path: Path) -> str:
    # HTML in a Markdown file is not escaped: PAGE_HEADERS keep it from loading or running anything.
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(path.read_text("utf-8"))
    title = path.stem
    for token, content in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(content.content))
            if token.tag == "h1":
                title = content.content
    body = parser.renderer.render(tokens, parser.options, {})
    # Wide ones scroll: the focus lets the keyboard scroll them.
    body = re.sub("<(pre|table)>", r'<\1 tabindex="0">', body)
    language = "zh-CN" if ".zh-CN." in path.name else "en"
    return _PAGE.format(language=language, title=html.escape(title), body=body)


def _anchor(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
