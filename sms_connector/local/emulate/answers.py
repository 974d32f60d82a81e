"""The shapes of answers: https://help.aliyun.com/document_detail/419273.html."""

from typing import Any, NamedTuple
from uuid import uuid4

from .inbox import ReceivedMessage
from .magic import Behaviour
from .provider_errors import Refusal


class Answer(NamedTuple):
    """An HTTP status and a JSON object; `behaviour` is the fault that it is sent with, if any.

    `messages` are those that phones receive from this call.
    """

    status: int
    body: dict[str, Any]
    behaviour: Behaviour | None = None
    messages: tuple[ReceivedMessage, ...] = ()


def new_request_id() -> str:
    return str(uuid4()).upper()


def ok(request_id: str, behaviour: Behaviour | None = None, /, **fields: Any) -> Answer:
    body = {"RequestId": request_id, "Message": "OK", "Code": "OK", **fields}
    return Answer(200, body, behaviour)


def refusal(request_id: str, host: str, refused: Refusal) -> Answer:
    """Return the answer of a refusal; the gateway adds `HostId` and `Recommend`."""
    body = {"RequestId": request_id, "Message": refused.message, "Code": refused.code}
    if refused.status != 200:
        body["HostId"] = host
        body["Recommend"] = (
            "https://api.aliyun.com/troubleshoot"
            f"?q={refused.code}&product=Dysmsapi&requestId={request_id}"
        )
    return Answer(refused.status, body)
