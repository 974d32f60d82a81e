"""Requests to a console, as its own page and as others make them."""

from __future__ import annotations

from typing import Any

import requests

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.account import ORDINARY_KEY

PHONE = "13812345678"

FORM: dict[str, Any] = {
    "accessKeyId": ORDINARY_KEY.id,
    "accessKeySecret": "",
    "signName": "码上登录",
    "templates": [
        {"usageType": "Register", "code": "SMS_200000001", "overseas": ""},
        {"usageType": "SignIn", "code": "SMS_200000002", "overseas": "SMS_200000102"},
        {"usageType": "ForgotPassword", "code": "SMS_200000003", "overseas": ""},
        {"usageType": "Generic", "code": "SMS_200000004", "overseas": ""},
    ],
    "strict": False,
    "endpoint": "",
}


class Page:
    """The console's own page: it has the token, and the browser's headers name its origin."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.headers = {
            "Origin": console.url,
            "Sec-Fetch-Site": "same-origin",
            "X-Console-Token": console.token,
        }

    def get(self, path: str, **headers: str | None) -> requests.Response:
        return self.request("GET", path, None, **headers)

    def post(self, path: str, body: Any, **headers: str | None) -> requests.Response:
        return self.request("POST", path, body, **headers)

    def request(
        self, method: str, path: str, body: Any, **headers: str | None
    ) -> requests.Response:
        """Send with some headers changed, or left out if None; `_` in a name becomes `-`."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method,
            self._console.url + path,
            headers=self.headers | changed,  # type: ignore[arg-type]
            json=body,
            timeout=10,
            allow_redirects=False,
        )
