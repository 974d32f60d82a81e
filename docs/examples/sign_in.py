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

HEAD = '<!doctype html><html lang="en"><title>Sign in</title><main>'
PHONE = '<label>Phone <input name="phone" type="tel" required></label><button>Continue</button>'
CODE = (
    '<input type="hidden" name="phone" value="{}"><label>Code <input name="code" '
    'inputmode="numeric" autocomplete="one-time-code"></label><button>Continue</button>'
    '<button name="again" value="yes">Send it again</button>'
)


def ask(path: str, **fields: str) -> tuple[int, dict[str, object]]:
    body = {"usageType": "SignIn", **fields}
    headers = {"Authorization": os.environ["SMS_AUTHORIZATION"]}
    response = requests.post(os.environ["SMS_URL"] + path, json=body, headers=headers, timeout=10)
    return response.status_code, response.json().get("error", {})


def page(title: str, fields: str = "", status: int = 200) -> Response:
    return HTMLResponse(f'{HEAD}<h1>{title}</h1><form method="post">{fields}</form>', status)


async def sign_in(request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode(errors="replace")))
    phone, code = form.get("phone", ""), form.get("code", "")
    if not phone:
        return page("Sign in", PHONE)
    asks_for_code = CODE.format(escape(phone))
    if not code or "again" in form:
        ip = request.client.host if request.client else ""
        status, error = await run_in_threadpool(ask, "/verifications", phone=phone, ip=ip)
        if status in (200, 201) or error.get("sent") is None:
            return page("Type the code", asks_for_code)
        # The code of an earlier message still serves.
        fields = asks_for_code if "again" in form else PHONE
        return page("No code was sent: try again later", fields, status)
    status, error = await run_in_threadpool(ask, "/verifications/check", phone=phone, code=code)
    if status == 200:
        return page("Welcome")  # here your session begins
    if error.get("attemptsLeft") != 0 and status == 400:
        return page("That is not the code", asks_for_code, status)
    return page("Ask for another code", PHONE, status)


app = Starlette(routes=[Route("/", sign_in, methods=["GET", "POST"])])
