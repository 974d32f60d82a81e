"""What Function Compute does with a built-in runtime: one request per instance at a time.

https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/configure-instance-concurrency
"""

from collections.abc import Callable
from dataclasses import replace

from typing_extensions import Self

from .app import in_own_thread
from .http import HttpRequest, HttpResponse, json_response
from .process import InstanceProcess


class Dispatcher:
    """Gives each request to an idle instance, or starts one. ``most`` may run at once.

    An instance whose caller gives up is ended, as in the cloud, with all that it remembers.
    ``started`` is called with the number of each instance that starts because all others are busy.
    """

    def __init__(
        self,
        start: Callable[[int], InstanceProcess],
        most: int,
        started: Callable[[int], None] = lambda number: None,  # noqa: ARG005
    ) -> None:
        self._start = start
        self._most = most
        self._started = started
        self._born = 0
        self._running: set[InstanceProcess] = set()
        self._idle: list[InstanceProcess] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End all instances."""
        for process in self._running:
            process.end()

    def start_first(self) -> bool:
        """Start an instance before anyone asks. Return whether its code loads."""
        process = self._new()
        self._idle.append(process)
        return process.has_started()

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Have the request answered. With ``most`` busy, it is refused as the platform refuses."""
        process = self._take()
        if process is None:
            return too_many()
        is_whole = False
        try:
            response = await in_own_thread(lambda: process.answer(request))
            is_whole = True
        except EOFError:
            return json_response(502, {"errorMessage": "The instance ended.", "errorType": "Exit"})
        finally:
            if is_whole:
                self._idle.append(process)
            else:
                self._running.discard(process)
                process.end()
        return replace(response, instance=process.number)

    def _take(self) -> InstanceProcess | None:
        if self._idle:
            return self._idle.pop()  # the one that was busy last: the others may end
        if len(self._running) >= self._most:
            return None
        process = self._new()
        self._started(process.number)
        return process

    def _new(self) -> InstanceProcess:
        self._born += 1
        process = self._start(self._born)
        self._running.add(process)
        return process


def too_many() -> HttpResponse:
    """Return the platform's own answer to a request above the limit; the sentence is made up.

    https://help.aliyun.com/document_detail/52736.html
    """
    body = {"errorCode": "ResourceExhausted", "errorMessage": "Too many requests at once."}
    return json_response(429, body)
