import pytest

from sms_connector.web.envelopes import envelope_of
from sms_connector.web.envelopes.direct import Direct
from sms_connector.web.envelopes.event import read_event
from sms_connector.web.http import Response


@pytest.mark.parametrize("event", [b'{"phone": "1"}', '{"phone": "1"}', {"phone": "1"}])
def test_the_payload_is_the_request(event: object) -> None:
    envelope = envelope_of(read_event(event, None))
    assert isinstance(envelope, Direct)
    request = envelope.open()
    assert request.body == b'{"phone": "1"}'
    assert not request.is_http


@pytest.mark.parametrize("event", [b"", b"{", b"[]", b"\xff", "\ud800", 5, None, object()])
def test_whatever_is_not_wrapped_is_a_payload(event: object) -> None:
    assert isinstance(envelope_of(read_event(event, None)), Direct)


def test_the_body_alone_is_returned_as_utf_8() -> None:
    envelope = Direct(read_event(b"", None))
    sealed = envelope.seal(Response(429, {"error": "流控"}, {"Retry-After": "1"}))
    assert sealed == '{"error":"流控"}'.encode()
