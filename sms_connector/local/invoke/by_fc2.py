"""A function of FC 2.0 by its service and name, with the official client `fc2`.

The client composes and signs a request well, and must not send it: it retries what got no answer,
waits up to a minute for a connection that is refused, follows redirects, and logs all request
headers, the security token among them, to the root logger. So the one function by which it sends
is replaced, and its logger by one that is disabled.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.parse import urlencode

import msgspec

from ...provider.call import Stage
from ...provider.client import AccessKey
from .one_post import NoReply, Reply, post_once


class ByFc2(msgspec.Struct, frozen=True):
    """Where a function is: the account's endpoint of FC 2.0, a service, and a name.

    With ``http``, it is called by its HTTP trigger, which has to be one that signatures open.
    """

    endpoint: str
    service: str
    function: str
    key: AccessKey
    http: bool

    @property
    def secrets(self) -> tuple[str | None, ...]:
        return (self.key.id, self.key.secret, self.key.security_token)

    def invoke(self, payload: bytes, timeout: float) -> Reply | NoReply:
        """Call the function, once. ``timeout`` is in seconds. Raises nothing but bugs."""
        import fc2  # type: ignore[import-untyped]

        with _sending_replaced(timeout) as sent:
            client = fc2.Client(
                endpoint=self.endpoint.rstrip("/"),
                accessKeyID=self.key.id,
                accessKeySecret=self.key.secret,
                securityToken=self.key.security_token or "",
            )
            try:
                if self.http:
                    client.do_http_request("POST", self.service, self.function, "/", body=payload)
                else:
                    client.invoke_function(self.service, self.function, payload=payload)
            except _Sent:
                pass
        return sent.outcome


class _Sent(Exception):  # noqa: N818  (no error)
    """Leaves the client once it has sent: the outcome is read here, not by the client."""


class _Sending:
    """Takes the place of the client's function that sends."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self.outcome: Reply | NoReply = NoReply(Stage.CONNECTING, "the client made no request")

    def __call__(
        self,
        _method: str,
        url: str,
        *,
        headers: Mapping[str, object],
        params: Mapping[str, str] | None,
        data: bytes,
        **_others: object,
    ) -> NoReturn:
        if params:
            url = f"{url}?{urlencode(params)}"
        self.outcome = post_once(url, headers, data, self._timeout)
        raise _Sent


@contextmanager
def _sending_replaced(timeout: float) -> Iterator[_Sending]:
    import fc2.auth  # type: ignore[import-untyped]
    import fc2.client  # type: ignore[import-untyped]

    silent = logging.Logger("fc2.silent")
    silent.disabled = True
    sending = _Sending(timeout)
    replaced: list[tuple[Any, str, Any]] = [
        (fc2.client, "requestWithTry", sending),
        (fc2.client, "logging", silent),
        (fc2.auth, "logging", silent),
    ]
    originals = [(module, name, getattr(module, name)) for module, name, _ in replaced]
    try:
        for module, name, ours in replaced:
            setattr(module, name, ours)
        yield sending
    finally:
        for module, name, original in originals:
            setattr(module, name, original)
