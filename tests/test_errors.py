import pytest

from sms_connector.errors import CODES, ConnectorError, Kind, LimitReached, ProviderError, bug
from sms_connector.web.error_responses import STATUS


def test_a_copy_has_every_part_of_the_error() -> None:
    error = ConnectorError(
        "unavailable",
        "wait",
        field="phone",
        sent=None,
        provider=ProviderError("code", "message", "id"),
        retry_after=7,
        limit=LimitReached("perNumber", "5/hour"),
        attempts_left=2,
        allow="POST",
    )
    copy = error.copy()
    assert copy is not error
    assert vars(copy) == vars(error)
    assert vars(error.copy("to")) == vars(error) | {"field": "to"}


@pytest.mark.parametrize("kind", CODES)
def test_every_kind_has_an_http_status(kind: Kind) -> None:
    assert 400 <= STATUS[kind] < 600


def test_a_field_begins_the_message() -> None:
    assert ConnectorError("invalid_parameter", "is bad.", field="phone").message == (
        "`phone` is bad."
    )


@pytest.mark.parametrize("sent", [False, None])
def test_a_bug_advises_to_check_the_delivery_only_if_a_message_may_have_gone_out(
    sent: bool | None,
) -> None:
    assert ("delivery state" in bug(sent=sent).message) is (sent is None)
