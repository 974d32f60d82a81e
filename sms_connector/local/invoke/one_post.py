"""One POST that is never made twice once anything of it has reached the other side."""

import time
from typing import Any, Final

import msgspec
from requests import PreparedRequest, Response, Session

from ...provider import wire
from ...provider.library_logs import silence_libraries
from ...provider.wire import Stage, WatchedAdapter

CONNECT_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.2


class Reply(msgspec.Struct, frozen=True):
    """An HTTP answer, whoever gave it. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class NoReply(msgspec.Struct, frozen=True):
    """No answer, or none that could be read to its end: how far the request got, and why."""

    reached: Stage
    reason: str

    @property
    def was_sent(self) -> bool:
        return self.reached not in (Stage.UNSEEN, Stage.CONNECTING)


class OnePost:
    """Makes one request, and keeps what came of it in ``outcome``.

    A connection that could not be made is tried once more. No redirect is followed, and no
    password of a ``.netrc`` takes the place of the Authorization header. ``timeout`` is in
    seconds, for the whole of it.
    """

    def __init__(self, timeout: float) -> None:
        silence_libraries()
        self._deadline = time.monotonic() + timeout
        self.outcome: Reply | NoReply = NoReply(Stage.UNSEEN, "nothing was sent")

    def __call__(self, method: str, url: str, **request: Any) -> Response:
        """Send it. Raises what `requests` does; ``outcome`` is set in any case."""
        request["timeout"] = (CONNECT_SECONDS, max(self._deadline - time.monotonic(), 0.001))
        try:
            return self._send(method, url, request)
        except Exception:
            if isinstance(self.outcome, Reply) or self.outcome.reached is not Stage.CONNECTING:
                raise
        time.sleep(_PAUSE_SECONDS)
        return self._send(method, url, request)

    def _send(self, method: str, url: str, request: dict[str, Any]) -> Response:
        is_tls = url.lower().startswith("https:")
        with wire.watch(self._deadline) as attempt, Session() as session:
            session.auth = _leave_as_it_is
            session.mount("https://" if is_tls else "http://", WatchedAdapter(tls=is_tls))
            try:
                response = session.request(method, url, **request, allow_redirects=False)
            except BaseException:
                reason = attempt.reason if attempt.stage else "no such request can be made"
                self.outcome = NoReply(attempt.stage, reason)
                raise
            headers = {name.lower(): value for name, value in response.headers.items()}
            self.outcome = Reply(response.status_code, headers, response.content)
            return response


def _leave_as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request
