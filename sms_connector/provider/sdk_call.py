"""One call of the official SDK, and its answer in one form, however the SDK hands it over.

The SDK returns a response for most answers, and raises an exception for those with a status of 400
and above. Its exceptions quote the request, so none is passed on.
"""

from collections.abc import Callable
from traceback import clear_frames
from typing import Any

import msgspec
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from .call import Stage, TrackedCall, track


class ProviderAnswer(msgspec.Struct, frozen=True):
    """The provider's answer, unmasked: it may quote the phone number and the code.

    ``code`` is ``OK`` if the call succeeded; with any other code it was refused. ``body`` is the
    SDK's object with all fields of the answer; None for one that the SDK raised.
    """

    http_status: int
    code: str
    message: str
    request_id: str
    body: Any = None


class NoAnswer(msgspec.Struct, frozen=True):
    """There is no valid answer. ``reached`` is how far the request got, ``reason`` says why.

    ``needs_settings`` says that the settings must change before another try can succeed.
    """

    reached: Stage
    reason: str
    needs_settings: bool = False

    @property
    def may_connect_again(self) -> bool:
        """Whether nothing was sent, and another try may find a connection."""
        return self.reached is Stage.CONNECTING and not self.needs_settings


def call_sdk(call: TrackedCall, send: Callable[[], Any]) -> ProviderAnswer | NoAnswer:
    """Call ``send``, which calls the SDK once, and return the answer. Raises nothing."""
    answer = None
    with track(call):
        try:
            answer = _read(send())
        except AlibabaCloudException as refusal:
            answer = _read_refusal(refusal)
            _forget(refusal)
        except Exception as error:  # noqa: BLE001  (it quotes the request: not passed on)
            _forget(error)
    return answer or NoAnswer(call.stage, call.reason, call.needs_settings)


def _read(response: Any) -> ProviderAnswer | None:
    body = response.body
    if body is None or not isinstance(body.code, str) or not body.code:
        return None
    return ProviderAnswer(
        response.status_code, body.code, text(body.message), text(body.request_id), body
    )


def _read_refusal(refusal: AlibabaCloudException) -> ProviderAnswer | None:
    # The exception's message may quote the request; `data` is the provider's JSON.
    data = refusal.data if isinstance(refusal.data, dict) else {}
    # The provider writes `Code`; a `code` is a proxy's, and says nothing about the message.
    code = data.get("Code")
    if not isinstance(code, str) or not code or code == "OK":
        return None
    return ProviderAnswer(
        refusal.status_code, code, text(data.get("Message")), text(data.get("RequestId"))
    )


def text(value: object) -> str:
    """Return a field of an answer, or nothing if it is not a string."""
    return value if isinstance(value, str) else ""


def _forget(error: Exception) -> None:
    """Clear what the frames of a finished SDK call hold: the phone number, the code, the keys.

    The SDK keeps its exceptions in its own frames, a cycle that lives until the next collection.
    """
    clear_frames(error.__traceback__)
