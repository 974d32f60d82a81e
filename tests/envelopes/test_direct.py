import pytest

from sms_connector.envelopes import envelope_of
from sms_connector.envelopes.direct import Direct
from sms_connector.errors import ConnectorError
from sms_connector.exchange import Response


@pytest.mark.parametrize("event", [b'{"phone":"1"}', '{"phone":"1"}', {"phone": "1"}])
def test_the_payload_is_the_request(event: object) -> None:
    envelope = envelope_of(event)
    assert isinstance(envelope, Direct)
    assert envelope.open().body == b'{"phone":"1"}'


@pytest.mark.parametrize("event", [object(), {1: object()}, {"a": {"b": object()}}])
def test_an_event_that_is_not_json_is_refused(event: object) -> None:
    with pytest.raises(ConnectorError, match="not JSON"):
        Direct(event).open()


def test_the_body_alone_goes_back() -> None:
    assert Direct(b"").seal(Response(429, {"error": {}}, {"Retry-After": "1"})) == {"error": {}}
