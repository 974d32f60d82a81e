"""The functions that can be verified with: one of this machine's settings, and a deployed one."""

import json
import os
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import quote

import msgspec

from ...function import Function
from ...provider.environment_key import role_key
from ...settings import Settings
from ..fc_context import Credentials, FcContext
from ..invoke.by_url import ByUrl
from ..invoke.one_post import NoReply

_SECONDS: Final = 15.0

Answer = Mapping[str, Any]


class Target(Protocol):
    """Starts a verification and checks its code. Each answer is the body as it was returned."""

    def start(self, phone: str, usage_type: str) -> Answer: ...

    def check(self, verification_id: str, code: str) -> Answer: ...


class HereTarget:
    """The function of this machine's settings, in this process."""

    def __init__(self, settings: Settings) -> None:
        self._function = Function(settings)

    def start(self, phone: str, usage_type: str) -> Answer:
        return self._invoke("startVerification", phone=phone, usageType=usage_type)

    def check(self, verification_id: str, code: str) -> Answer:
        return self._invoke("checkVerification", id=verification_id, code=code)

    def _invoke(self, operation: str, **fields: str) -> Answer:
        key = role_key(os.environ)
        role = Credentials(key.id, key.secret, key.security_token or "") if key else Credentials()
        event = json.dumps({"operation": operation, **fields}).encode()
        return _decoded(self._function.handle(event, FcContext("verify", role)))


class UrlTarget:
    """A function behind a URL. ``authorization`` is the whole value of the header."""

    def __init__(self, url: str, authorization: str) -> None:
        self._url = url.rstrip("/")
        self._authorization = authorization

    def start(self, phone: str, usage_type: str) -> Answer:
        return self._post("/verifications", phone=phone, usageType=usage_type)

    def check(self, verification_id: str, code: str) -> Answer:
        return self._post(f"/verifications/{quote(verification_id, safe='')}/check", code=code)

    def _post(self, path: str, **fields: str) -> Answer:
        by_url = ByUrl(self._url + path, self._authorization)
        reply = by_url.invoke(json.dumps(fields).encode(), _SECONDS)
        if isinstance(reply, NoReply):
            sent = None if reply.was_sent else False
            return _failure(f"The function cannot be reached: {reply.reason}.", sent)
        return _decoded(reply.body)


def _decoded(body: Any) -> Answer:
    try:
        answer: Answer = msgspec.json.decode(body, type=dict[str, Any])
        return answer
    except (msgspec.MsgspecError, TypeError):
        return _failure("This is no answer of the function's: check the URL.", None)


def _failure(message: str, sent: bool | None) -> Answer:
    return {"error": {"code": "general", "message": message, "sent": sent}}
