"""The failure of a request, as a record can hold it."""

import msgspec

from ..errors import CHECK_DELIVERY, ConnectorError, Kind, LimitReached, ProviderError


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A ConnectorError without its traceback, which would keep the request in memory."""

    kind: Kind
    problem: str
    field: str = ""
    sent: bool | None = False
    provider: ProviderError | None = None
    retry_after: int | None = None
    limit: LimitReached | None = None
    attempts_left: int | None = None

    @classmethod
    def of(cls, error: ConnectorError) -> "Failure":
        return cls(**{name: getattr(error, name) for name in cls.__struct_fields__})

    def error(self) -> ConnectorError:
        return ConnectorError(**{name: getattr(self, name) for name in self.__struct_fields__})


def key_reused() -> ConnectorError:
    """Return the error for an idempotency key that was used with another body."""
    return ConnectorError(
        "key_reused", "The idempotency key was used for a request with another body."
    )


def still_under_way() -> ConnectorError:
    """Return the error for a request whose duplicate is under way for longer than it can wait."""
    problem = f"The same request is under way, and its outcome is not known. {CHECK_DELIVERY}"
    return ConnectorError("unknown_outcome", problem, sent=None)
