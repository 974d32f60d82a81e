"""The errors a caller can get. Codes are Logto's ``ConnectorErrorCodes``."""

from typing import Literal

import msgspec

ErrorCode = Literal[
    "invalid_request_parameters",
    "insufficient_request_parameters",
    "authorization_failed",
    "invalid_config",
    "rate_limit_exceeded",
    "usage_limit_exceeded",
    "invalid_response",
    "general",
]

Sent = bool | None
"""Whether a message went out: ``False`` surely not, ``True``, ``None`` nobody can say."""


class ProviderError(msgspec.Struct, frozen=True, rename="camel"):
    """What the provider said, masked, so that it can be shown to the caller."""

    code: str
    message: str
    request_id: str


class ConnectorError(Exception):
    """Why no message was accepted, in a form that can be shown to anyone.

    ``message`` says what to do next and holds no code, secret or whole phone number.
    ``retry_after`` is in seconds, and given only where trying again makes sense. ``allow`` holds
    the HTTP methods that would have been right, where it was the method that was wrong.
    """

    def __init__(
        self,
        code: ErrorCode,
        http_status: int,
        message: str,
        *,
        sent: Sent = False,
        provider: ProviderError | None = None,
        retry_after: int | None = None,
        allow: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.http_status = http_status
        self.message = message
        self.sent = sent
        self.provider = provider
        self.retry_after = retry_after
        self.allow = allow

    def again(self, message: str | None = None) -> "ConnectorError":
        """Give an equal error that no thread has raised yet, in other words if there are any."""
        return ConnectorError(
            self.code,
            self.http_status,
            self.message if message is None else message,
            sent=self.sent,
            provider=self.provider,
            retry_after=self.retry_after,
            allow=self.allow,
        )

    def to_reply(self) -> dict[str, object]:
        """Give the body of a failure: ``{"error": {"code", "http_code", "message", "sent"}}``."""
        error: dict[str, object] = {
            "code": self.code,
            "http_code": self.http_status,
            "message": self.message,
            "sent": self.sent,
        }
        if self.provider is not None:
            error["provider"] = msgspec.to_builtins(self.provider)
        return {"error": error}


def bad_request(message: str) -> ConnectorError:
    """Refuse a request as a whole."""
    return ConnectorError("invalid_request_parameters", 400, message)


def bad_parameter(field: str, problem: str) -> ConnectorError:
    """Refuse one field of a request. The value itself is never repeated."""
    return bad_request(f"`{field}` {problem}.")


def missing_parameter(field: str) -> ConnectorError:
    """Say which required field a request lacks."""
    return ConnectorError("insufficient_request_parameters", 400, f"`{field}` is required.")


def bad_config(problems: str) -> ConnectorError:
    """Say what must change in the connector's settings before anything can be sent."""
    return ConnectorError("invalid_config", 500, problems)


def unforeseen() -> ConnectorError:
    """Own up to a bug: nobody can say whether the message went out."""
    return ConnectorError(
        "general",
        500,
        "Something unforeseen happened: the function's log says where. Look at the delivery "
        "state before sending again.",
        sent=None,
    )
