"""A second SMS service, written without the emulator: it answers with more and other fields.

It shows that nothing here depends on what the emulator happens to answer: numbers as strings and
strings as numbers, fields and carriers that are not documented, lists that are missing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from typing_extensions import Self

KEY_ID, KEY_SECRET = "LTAI-stand-in", "stand-in-secret"
SIGN, TEMPLATE, ABROAD = "备用签名", "SMS_900000001", "SMS_900000002"

EXTRA: dict[str, Any] = {"AccessDeniedDetail": None, "Trace": {"Hops": [1, 2]}, "success": True}

_SIGN = {
    "SignName": SIGN,
    "SignStatus": "1",
    "SignTag": 2,
    "SignUsage": None,
    "SignIspRegisterDetailList": [
        {"OperatorCode": "mobile", "RegisterStatus": "3", "Region": "all"},
        {"OperatorCode": "unicom", "RegisterStatus": 3, "RegisterStatusReasons": None},
        {"OperatorCode": "telecom", "RegisterStatus": 1},
        {"OperatorCode": "broadnet", "RegisterStatus": 9},
    ],
}
_TEMPLATES = {TEMPLATE: 0, ABROAD: "3"}


def _answer(action: str, query: dict[str, str]) -> dict[str, Any]:
    match action:
        case "SendSms":
            return _send(query)
        case "GetSmsSign":
            return _SIGN if query.get("SignName") == SIGN else {"Code": "isv.SMS_SIGNATURE_ILLEGAL"}
        case "GetSmsTemplate":
            code = query.get("TemplateCode", "")
            if code not in _TEMPLATES:
                return {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}
            text = "code ${code}"
            return {"TemplateStatus": 1, "TemplateType": _TEMPLATES[code], "TemplateContent": text}
        case "QuerySendDetails":
            sent = {"SendStatus": "3", "ErrCode": "DELIVERED", "PhoneNum": "hidden", "Cost": 0.045}
            listed = [sent] if query.get("BizId", "").startswith("stand-in") else []
            return {"TotalCount": len(listed), "SmsSendDetailDTOs": {"SmsSendDetailDTO": listed}}
        case _:
            return {"Success": "true", "Model": {"VerifyResult": "UNKNOWN", "More": []}}


def _send(query: dict[str, str]) -> dict[str, Any]:
    number = query.get("PhoneNumbers", "")
    is_mainland = len(number) == 11 and number.startswith("1")
    if not number.isdigit() or len(number) < 7:
        return {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}
    if query.get("SignName") != SIGN:
        return {"Code": "isv.SMS_SIGNATURE_ILLEGAL"}
    if query.get("TemplateCode") not in _TEMPLATES:
        return {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}
    if is_mainland != (query["TemplateCode"] == TEMPLATE):
        return {"Code": "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"}
    return {"BizId": "stand-in^0", "Channel": 7}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = self._judge(query)
        whole = {"Code": "OK", "Message": "OK", "RequestId": "STAND-IN-1", **EXTRA, **body}
        raw = json.dumps(whole).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _judge(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        given = self.headers["authorization"]
        credential, covered, signature = (part.partition("=")[2] for part in given.split(","))
        if credential != KEY_ID:
            return 404, {"Code": "InvalidAccessKeyId.NotFound"}
        lines = (f"{name}:{self.headers[name].strip()}" for name in covered.split(";"))
        pairs = sorted(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in query.items())
        digest = self.headers["x-acs-content-sha256"]
        parts = ("POST", "/", "&".join(pairs), *lines, "", covered, digest)
        hashed = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        to_sign = f"ACS3-HMAC-SHA256\n{hashed}".encode()
        expected = hmac.digest(KEY_SECRET.encode(), to_sign, "sha256")
        if signature != expected.hex():
            return 400, {"Code": "SignatureDoesNotMatch"}
        return 200, _answer(self.headers["x-acs-action"], query)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class StandIn:
    """Serves within its `with` block."""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
