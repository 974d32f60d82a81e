"""The delivery state of a message as the provider gives it when asked."""

from collections.abc import Callable, Iterable
from typing import Final

from ..errors import ConnectorError
from ..provider.query import Refused
from ..provider.refusals import cause_of, refusal
from ..provider.sdk_call import NoAnswer
from ..provider.send_details import SendDetail
from .report import milliseconds
from .state import Delivery, State

_FAILED: Final = 2
_DELIVERED: Final = 3


def query_state(
    detail_of: Callable[[str], SendDetail | Refused | NoAnswer | None], days: Iterable[str]
) -> Delivery:
    """Ask for each day (yyyyMMdd) until the message is listed; ``unknown`` if it is on none.

    Raises ConnectorError if the provider cannot be reached, or refuses the query.
    """
    for day in days:
        detail = detail_of(day)
        if isinstance(detail, Refused | NoAnswer):
            raise failed_query(detail)
        if detail is not None:
            return delivery_of(detail)
    return Delivery("unknown")


def delivery_of(detail: SendDetail) -> Delivery:
    if detail.status not in (_FAILED, _DELIVERED):
        return Delivery("accepted")
    state: State = "failed" if detail.status == _FAILED else "delivered"
    return Delivery(state, milliseconds(detail.received), detail.err_code)


def failed_query(refused: Refused | NoAnswer) -> ConnectorError:
    """Return why the provider did not answer a query: the operator's permission, for example."""
    if isinstance(refused, NoAnswer):
        reason = f"The provider could not be queried: {refused.reason}."
        return ConnectorError("unavailable", reason, sent=True)
    if cause_of(refused.provider.code) == "permission":
        problem = "Give the access key or role the permission dysms:QuerySendDetails."
        return ConnectorError("invalid_config", problem, provider=refused.provider)
    error = refusal(refused.http_status, refused.provider.code, refused.provider)
    if error.kind != "unknown_outcome":
        return error
    # A query sends nothing.
    reason = "The provider could not be queried: its server failed."
    return ConnectorError("unavailable", reason, sent=True, provider=error.provider)
