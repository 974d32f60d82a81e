"""A function of FC 2.0 by its service and name, with the official client `fc2`.

The client is old and needs a firm hand: it sends again what it got no answer to, waits up to a
minute for a connection that is refused, follows redirects, and writes all request headers, the
security token among them, to the root logger. So its one way out is replaced by OnePost, and its
log by one that is disabled.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from ...provider.client import AccessKey
from .one_post import NoReply, OnePost, Reply


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

        post = OnePost(timeout)
        with _firm_hand(post):
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
            except Exception:  # noqa: BLE001  (it may quote headers; the outcome is enough)
                return post.outcome
        return post.outcome


@contextmanager
def _firm_hand(post: OnePost) -> Iterator[None]:
    import fc2.auth  # type: ignore[import-untyped]
    import fc2.client  # type: ignore[import-untyped]

    silent = logging.Logger("fc2.silent")
    silent.disabled = True
    replaced: list[tuple[Any, str, Any]] = [
        (fc2.client, "requestWithTry", post),
        (fc2.client, "logging", silent),
        (fc2.auth, "logging", silent),
    ]
    originals = [(module, name, getattr(module, name)) for module, name, _ in replaced]
    try:
        for module, name, ours in replaced:
            setattr(module, name, ours)
        yield
    finally:
        for module, name, original in originals:
            setattr(module, name, original)
