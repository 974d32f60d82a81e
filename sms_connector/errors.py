"""The errors that callers get. Codes are Logto's ``ConnectorErrorCodes`` and its i18n keys.

Nothing here knows HTTP: ``web/error_responses.py`` has the status of each kind.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

ErrorCode = Literal[
    "invalid_request_parameters",
    "insufficient_request_parameters",
    "authorization_failed",
    "invalid_config",
    "rate_limit_exceeded",
    "usage_limit_exceeded",
    "invalid_response",
    "verification_code.code_mismatch",
    "verification_code.exceed_max_try",
    "verification_code.not_found",
    "general",
]

Kind = Literal[
    "invalid_parameter",
    "missing_parameter",
    "unauthorized",
    "no_route",
    "wrong_method",
    "too_large",
    "key_reused",
    "invalid_config",
    "rate_limited",
    "usage_limited",
    "unavailable",
    "refused",
    "unknown_outcome",
    "invalid_response",
    "code_mismatch",
    "attempts_used_up",
    "not_pending",
    "bug",
]
"""What went wrong, finer than a code: one code can have several HTTP statuses."""

CODES: Final[Mapping[Kind, ErrorCode]] = {
    "invalid_parameter": "invalid_request_parameters",
    "missing_parameter": "insufficient_request_parameters",
    "unauthorized": "authorization_failed",
    "no_route": "invalid_request_parameters",
    "wrong_method": "invalid_request_parameters",
    "too_large": "invalid_request_parameters",
    "key_reused": "invalid_request_parameters",
    "invalid_config": "invalid_config",
    "rate_limited": "rate_limit_exceeded",
    "usage_limited": "usage_limit_exceeded",
    "unavailable": "general",
    "refused": "general",
    "unknown_outcome": "general",
    "invalid_response": "invalid_response",
    "code_mismatch": "verification_code.code_mismatch",
    "attempts_used_up": "verification_code.exceed_max_try",
    "not_pending": "verification_code.not_found",
    "bug": "general",
}

Sent = bool | None
"""Whether a message went out: ``False`` certainly not, ``True``, ``None`` unknown."""


class ProviderError(msgspec.Struct, frozen=True, rename="camel"):
    """The provider's refusal, masked, so that it can be shown to the caller."""

    code: str
    message: str
    request_id: str


class LimitReached(msgspec.Struct, frozen=True):
    """The rule that refused a message: ``{"rule": "perNumber", "value": "5/hour"}``."""

    rule: str
    value: str


class ConnectorError(Exception):
    """Why an operation failed. Safe to show or log: no code, secret or whole phone number in it.

    ``problem`` says what to do next. If there is a ``field``, ``problem`` is a predicate whose
    subject is the field's name ("is required."). ``retry_after`` is in seconds, and None where a
    retry is pointless. ``allow`` lists the HTTP methods of the route after a wrong method;
    ``attempts_left`` is the number of guesses left in a verification.
    """

    def __init__(
        self,
        kind: Kind,
        problem: str,
        *,
        field: str = "",
        sent: Sent = False,
        provider: ProviderError | None = None,
        retry_after: int | None = None,
        limit: LimitReached | None = None,
        attempts_left: int | None = None,
        allow: str = "",
    ) -> None:
        super().__init__(problem)
        self.kind: Kind = kind
        self.problem = problem
        self.field = field
        self.sent: Sent = sent
        self.provider = provider
        self.retry_after = retry_after
        self.limit = limit
        self.attempts_left = attempts_left
        self.allow = allow
        self.backup_refused: str | None = None
        """The provider's code, or ours, with which the backup was refused too. For the log."""

    @property
    def code(self) -> ErrorCode:
        return CODES[self.kind]

    @property
    def message(self) -> str:
        return f"`{self.field}` {self.problem}" if self.field else self.problem

    def __str__(self) -> str:
        return self.message

    def copy(self, field: str | None = None) -> "ConnectorError":
        """Return an equal error that no thread has raised yet, with another field if given."""
        return ConnectorError(
            self.kind,
            self.problem,
            field=self.field if field is None else field,
            sent=self.sent,
            provider=self.provider,
            retry_after=self.retry_after,
            limit=self.limit,
            attempts_left=self.attempts_left,
            allow=self.allow,
        )


CHECK_DELIVERY: Final = (
    "Check the delivery state before sending again: the message may have gone out."
)


def invalid_request(problem: str) -> ConnectorError:
    """Return the error for a request that is invalid as a whole."""
    return ConnectorError("invalid_parameter", problem)


def invalid_parameter(field: str, problem: str) -> ConnectorError:
    """Return the error for one invalid field of a request. It never repeats the value."""
    return ConnectorError("invalid_parameter", f"{problem}.", field=field)


def missing_parameter(field: str) -> ConnectorError:
    """Return the error for a required field that a request lacks."""
    return ConnectorError("missing_parameter", "is required.", field=field)


def invalid_config(problems: str) -> ConnectorError:
    """Return the error for settings that must change before anything can be sent."""
    return ConnectorError("invalid_config", problems)


def bug(*, sent: Sent) -> ConnectorError:
    """Return the error for an exception that should not have happened."""
    problem = "Unexpected error: the function's log says where."
    return ConnectorError(
        "bug", problem if sent is False else f"{problem} {CHECK_DELIVERY}", sent=sent
    )
