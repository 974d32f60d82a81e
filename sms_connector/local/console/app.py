"""The console over HTTP: the page at `/`, and under `/api/` what its scripts ask for."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from ...errors import ConnectorError
from ...web.http import error_body
from ..pages import page, page_files
from .connector_file import UnreadableFileError
from .desk import Desk, NotValidError, Trial
from .form import Form
from .guard import Guard

PAGE = Path(__file__).parent / "page"

Wanted = TypeVar("Wanted", Form, Trial)


def create_app(desk: Desk, token: str) -> ASGIApp:
    """Make the application. Only what carries the token, and comes from the page, is answered."""

    async def show_page(_request: Request) -> Response:
        return page(PAGE)

    async def settings(_request: Request) -> Response:
        return JSONResponse(desk.settings())

    async def validate(request: Request) -> Response:
        trial = await _read(request, Trial)
        return JSONResponse(await run_in_threadpool(desk.validate, trial))

    async def save(request: Request) -> Response:
        form = await _read(request, Form)
        try:
            await run_in_threadpool(desk.save, form)
        except OSError as error:
            message = f"The file could not be written: {error.strerror}."
            raise HTTPException(500, message) from None
        return JSONResponse({"saved": True})

    async def check(request: Request) -> Response:
        checks = desk.checks(await _read(request, Form))
        return StreamingResponse(_lines(checks), media_type="application/x-ndjson")

    async def send(request: Request) -> Response:
        trial = await _read(request, Trial)
        return JSONResponse(await run_in_threadpool(desk.send, trial))

    async def sent(request: Request) -> Response:
        found = await run_in_threadpool(desk.sent, request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return JSONResponse(found)

    routes = [
        Route("/", show_page, methods=["GET"]),
        *page_files(PAGE),
        Route("/api/settings", settings, methods=["GET"]),
        Route("/api/validate", validate, methods=["POST"]),
        Route("/api/save", save, methods=["POST"]),
        Route("/api/check", check, methods=["POST"]),
        Route("/api/send", send, methods=["POST"]),
        Route("/api/sent/{name}", sent, methods=["GET"]),
    ]
    handlers: Any = {
        HTTPException: _http_error,
        ConnectorError: _connector_error,
        NotValidError: _not_valid,
        UnreadableFileError: _unreadable,
        Exception: _unforeseen,
    }
    return Guard(Starlette(routes=routes, exception_handlers=handlers), token)


async def _read(request: Request, wanted: type[Wanted]) -> Wanted:
    try:
        return msgspec.json.decode(await request.body(), type=wanted)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise HTTPException(400, "This is not what the page sends.") from None


def _lines(checks: Iterator[object]) -> Iterator[bytes]:
    for check in checks:
        yield msgspec.json.encode(check) + b"\n"


async def _http_error(_request: Request, error: HTTPException) -> Response:
    message = error.detail or HTTPStatus(error.status_code).phrase
    return JSONResponse({"message": message}, error.status_code, headers=error.headers)


async def _connector_error(_request: Request, error: ConnectorError) -> Response:
    # The outcome of a trial is what was asked for: it is no failure of the console.
    return JSONResponse(error_body(error))


async def _not_valid(_request: Request, error: NotValidError) -> Response:
    problems = msgspec.to_builtins(error.problems)
    return JSONResponse({"message": "The settings must be mended.", "problems": problems}, 422)


async def _unreadable(_request: Request, _error: UnreadableFileError) -> Response:
    message = "The file is not a connector JSON: mend it, or move it away."
    return JSONResponse({"message": message}, 409)


async def _unforeseen(_request: Request, _error: Exception) -> Response:
    # Its text may hold anything.
    return JSONResponse({"message": "Something unforeseen happened in the console."}, 500)
