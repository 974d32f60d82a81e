"""The console over HTTP: the page at `/`, and its API under `/api/`."""

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
from ...web.error_responses import error_body
from ..pages import page, page_files
from ..pages.docs import doc_routes
from .actions import Actions, SendRequest
from .connector_file import UnreadableFileError
from .form import Form
from .form_check import InvalidFormError
from .guard import Guard
from .verifying import CodeRequest

PAGE = Path(__file__).parent / "page"

Body = TypeVar("Body", Form, SendRequest, CodeRequest)


def create_app(actions: Actions, token: str) -> ASGIApp:
    """Return the application. Its API answers only requests of the page, with the token."""

    async def show_page(_request: Request) -> Response:
        return page(PAGE)

    async def settings(_request: Request) -> Response:
        return JSONResponse(actions.settings())

    async def validate(request: Request) -> Response:
        body = await _read(request, SendRequest)
        return JSONResponse(await run_in_threadpool(actions.validate, body))

    async def save(request: Request) -> Response:
        form = await _read(request, Form)
        try:
            await run_in_threadpool(actions.save, form)
        except OSError as error:
            message = f"The file could not be written: {error.strerror}."
            raise HTTPException(500, message) from None
        return JSONResponse({"saved": True})

    async def check(request: Request) -> Response:
        checks = actions.checks(await _read(request, Form))
        return StreamingResponse(_lines(checks), media_type="application/x-ndjson")

    async def send(request: Request) -> Response:
        body = await _read(request, SendRequest)
        return JSONResponse(await run_in_threadpool(actions.send, body))

    async def start_verification(request: Request) -> Response:
        body = await _read(request, SendRequest)
        return JSONResponse(await run_in_threadpool(actions.start_verification, body))

    async def check_verification(request: Request) -> Response:
        body = await _read(request, CodeRequest)
        return JSONResponse(await run_in_threadpool(actions.check_verification, body))

    async def cancel_verification(request: Request) -> Response:
        body = await _read(request, CodeRequest)
        return JSONResponse(await run_in_threadpool(actions.cancel_verification, body))

    async def sent(request: Request) -> Response:
        found = await run_in_threadpool(actions.delivery, request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return JSONResponse(found)

    async def traffic(request: Request) -> Response:
        hours = request.query_params.get("hours", "24")
        return JSONResponse(await run_in_threadpool(actions.traffic, hours))

    async def lookup(request: Request) -> Response:
        body = await _read(request, SendRequest)
        return JSONResponse(await run_in_threadpool(actions.lookup, body))

    routes = [
        Route("/", show_page, methods=["GET"]),
        *page_files(PAGE),
        *doc_routes(),
        Route("/api/settings", settings, methods=["GET"]),
        Route("/api/validate", validate, methods=["POST"]),
        Route("/api/save", save, methods=["POST"]),
        Route("/api/check", check, methods=["POST"]),
        Route("/api/send", send, methods=["POST"]),
        Route("/api/verifications", start_verification, methods=["POST"]),
        Route("/api/verifications/check", check_verification, methods=["POST"]),
        Route("/api/verifications/cancel", cancel_verification, methods=["POST"]),
        Route("/api/sent/{name}", sent, methods=["GET"]),
        Route("/api/traffic", traffic, methods=["GET"]),
        Route("/api/lookup", lookup, methods=["POST"]),
    ]
    handlers: Any = {
        HTTPException: _http_error,
        ConnectorError: _connector_error,
        InvalidFormError: _invalid_form,
        UnreadableFileError: _unreadable,
        Exception: _unexpected,
    }
    return Guard(Starlette(routes=routes, exception_handlers=handlers), token)


async def _read(request: Request, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise HTTPException(400, "The body is not a request of the page.") from None


def _lines(checks: Iterator[object]) -> Iterator[bytes]:
    for check in checks:
        yield msgspec.json.encode(check) + b"\n"


async def _http_error(_request: Request, error: HTTPException) -> Response:
    message = error.detail or HTTPStatus(error.status_code).phrase
    return JSONResponse({"message": message}, error.status_code, headers=error.headers)


async def _connector_error(_request: Request, error: ConnectorError) -> Response:
    # A refused test message is a result, not a failure of the console.
    return JSONResponse(error_body(error))


async def _invalid_form(_request: Request, error: InvalidFormError) -> Response:
    problems = msgspec.to_builtins(error.problems)
    return JSONResponse({"message": "The settings are invalid.", "problems": problems}, 422)


async def _unreadable(_request: Request, _error: UnreadableFileError) -> Response:
    message = "The file is not a connector JSON: correct it, or move it away."
    return JSONResponse({"message": message}, 409)


async def _unexpected(_request: Request, _error: Exception) -> Response:
    # Its text may hold anything.
    return JSONResponse({"message": "Unexpected error in the console."}, 500)
