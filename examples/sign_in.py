"""A page that signs a person in by phone: number, code, welcome.

Run it as `SMS_URL=… SMS_AUTHORIZATION=… uvicorn examples.sign_in:app`. The browser talks to this
page alone, which alone knows the function and its credential.
"""

import os
from html import escape
from urllib.parse import parse_qsl

import requests
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PAGE = '<!doctype html><html lang="en"><title>Sign in</title><h1>{}</h1>{}</html>'
FORM = '<form method="post">{}<button>Continue</button></form>'
PHONE = '<label>Phone <input name="phone" type="tel" required></label>'
CODE = (
    '<input type="hidden" name="phone" value="{}"><label>Code '
    '<input name="code" inputmode="numeric" autocomplete="one-time-code"></label>'
)


def ask(path: str, **fields: str) -> tuple[int, dict[str, object]]:
    response = requests.post(
        os.environ["SMS_URL"] + path,
        json={"usageType": "SignIn", **fields},
        headers={"Authorization": os.environ["SMS_AUTHORIZATION"]},
        timeout=10,
    )
    return response.status_code, response.json().get("error", {})


def page(title: str, fields: str = "", status: int = 200) -> Response:
    return HTMLResponse(PAGE.format(title, fields and FORM.format(fields)), status)


async def sign_in(request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode(errors="replace")))
    phone, code = form.get("phone", ""), form.get("code", "")
    if not phone:
        return page("Sign in", PHONE)
    if not code:
        ip = request.client.host if request.client else ""
        status, error = await run_in_threadpool(ask, "/verifications", phone=phone, ip=ip)
        if status in (200, 201) or error.get("sent") is None:
            return page("Type the code", CODE.format(escape(phone)))
        return page("No code was sent: try again later", PHONE, status)
    status, error = await run_in_threadpool(ask, "/verifications/check", phone=phone, code=code)
    if status == 200:
        return page("Welcome")  # here your session begins
    if error.get("attemptsLeft") != 0 and status == 400:
        return page("That is not the code", CODE.format(escape(phone)), status)
    return page("Ask for another code", PHONE, status)


app = Starlette(routes=[Route("/", sign_in, methods=["GET", "POST"])])
