"""A page that signs a person in by phone: number, code, welcome.

Run it as `SMS_URL=… SMS_AUTHORIZATION=… uvicorn docs.examples.sign_in:app`. The browser talks to
this page alone, which alone knows the function and its credential.
"""

import hmac
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


def ask(path: str, **fields: str) -> tuple[int, dict[str, object], str]:
    headers = {"Authorization": os.environ["SMS_AUTHORIZATION"]}
    response = requests.post(os.environ["SMS_URL"] + path, json=fields, headers=headers, timeout=10)
    answer = response.json()
    return response.status_code, answer.get("error", {}), answer.get("id", "")


def cookie_of(phone: str, verification: str) -> str:
    """Return what the browser that asked for a code keeps: the id, bound to the number."""
    secret, bound = os.environ["SMS_AUTHORIZATION"], f"{verification} {phone}"
    return f"{verification}.{hmac.new(secret.encode(), bound.encode(), 'sha256').hexdigest()}"


def verification_of(request: Request, phone: str) -> str:
    """Return the id in the browser's cookie, if it is one of this number."""
    cookie = request.cookies.get("verification", "")
    verification = cookie.partition(".")[0]
    known = cookie_of(phone, verification)
    return verification if hmac.compare_digest(cookie.encode(), known.encode()) else ""


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
        message = {"phone": phone, "usageType": "SignIn", "ip": ip}
        status, error, verification = await run_in_threadpool(ask, "/verifications", **message)
        if status in (200, 201):
            response = page("Type the code", asks_for_code)
            cookie = cookie_of(phone, verification)
            response.set_cookie("verification", cookie, max_age=600, httponly=True)
            return response
        if error.get("sent") is None:  # the message may arrive; the id is unknown
            return page("Type the code", asks_for_code)
        # The code of an earlier message still serves.
        fields = asks_for_code if "again" in form else PHONE
        return page("No code was sent: try again later", fields, status)
    if verification := verification_of(request, phone):
        check, guess = f"/verifications/{verification}/check", {"code": code}
    else:
        check = "/verifications/check"
        guess = {"phone": phone, "usageType": "SignIn", "code": code}
    status, error, _ = await run_in_threadpool(ask, check, **guess)
    if status == 200:
        return page("Welcome")  # here your session begins
    if error.get("attemptsLeft") != 0 and status == 400:
        return page("That is not the code", asks_for_code, status)
    return page("Ask for another code", PHONE, status)


app = Starlette(routes=[Route("/", sign_in, methods=["GET", "POST"])])
