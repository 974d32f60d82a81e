import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_connector.callers.form import fields_of
from sms_connector.errors import ConnectorError
from sms_connector.web.http import Request

FORM = "application/x-www-form-urlencoded"


def read(body: bytes | None, content_type: str = FORM) -> dict[str, object]:
    return dict(fields_of(Request(body, is_http=True, headers={"content-type": content_type})))


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", {}),
        (b"a=1&b=%2B86+1", {"a": "1", "b": "+86 1"}),
        (b"a=+86+1&b=%2086", {"a": "+86 1", "b": "+86"}),
        (b"=x&a=", {"": "x", "a": ""}),
        (b"a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        (b"a=%ff\xff&b", {"a": "��", "b": ""}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        ("a=验证".encode(), {"a": "验证"}),
        (b'{"a": "1"}', {'{"a": "1"}': ""}),
    ],
)
def test_a_form_becomes_its_fields(body: bytes, fields: dict[str, object]) -> None:
    assert read(body) == fields


@pytest.mark.parametrize(
    "content_type", [FORM, f"{FORM}; charset=UTF-8", f" {FORM.upper()} ;x", f"{FORM};"]
)
def test_the_content_type_says_that_it_is_a_form(content_type: str) -> None:
    assert read(b"a=1", content_type) == {"a": "1"}


@pytest.mark.parametrize("content_type", ["", "application/json", "text/plain", f"{FORM}x"])
def test_anything_else_is_read_as_json(content_type: str) -> None:
    assert read(b'{"a": "1"}', content_type) == {"a": "1"}
    with pytest.raises(ConnectorError, match="not valid JSON"):
        read(b"a=1", content_type)


@pytest.mark.parametrize(("body", "problem"), [(None, "not a valid form"), (b"&a" * 101, "100")])
def test_an_invalid_form_is_an_error(body: bytes | None, problem: str) -> None:
    with pytest.raises(ConnectorError, match=problem):
        read(body)


@given(st.binary(max_size=200))
def test_any_bytes_become_fields(body: bytes) -> None:
    assert all(isinstance(name, str) for name in read(body))
