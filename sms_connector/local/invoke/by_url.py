"""A function behind a URL: an HTTP trigger, an API gateway, or a server on this machine."""

import msgspec

from .one_post import NoReply, Reply, post_once


class ByUrl(msgspec.Struct, frozen=True):
    """``authorization`` is the header's whole value; with an empty one, none is sent."""

    url: str
    authorization: str

    def __repr__(self) -> str:
        return "ByUrl()"

    @property
    def secrets(self) -> tuple[str | None, ...]:
        return (self.authorization,)

    def invoke(self, payload: bytes, timeout: float) -> Reply | NoReply:
        """POST the payload, once. ``timeout`` is in seconds. Raises nothing."""
        headers = {"content-type": "application/json"}
        if self.authorization:
            headers["authorization"] = self.authorization
        return post_once(self.url, headers, payload, timeout)
