"""A function behind a URL: an HTTP trigger, an API gateway, or a server on this machine."""

import msgspec

from .one_post import NoReply, OnePost, Reply


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
        post = OnePost(timeout)
        headers = {"Content-Type": "application/json"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        try:
            post("POST", self.url, headers=headers, data=payload)
        except Exception:  # noqa: BLE001  (its text may quote the request; the outcome is enough)
            return post.outcome
        return post.outcome
