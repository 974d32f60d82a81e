import re

import pytest

from sms_connector.web.request_id import request_id_of


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("0123456789abcdef", True),
        ("Root_1.a-" * 14, True),
        ("13812345678", False),
        ("13812345678abcdefg", False),
        ("sms-to-8613812345678", False),
        ("req-138-1234-5678-x", False),
        ("req_138.12-34_56.78", False),
        ("+8613812345678", False),
        ("0123456789abcde", False),
        ("a" * 129, False),
        ('0123456789abcdef","sent":false', False),
        ("0123456789abcdef\u00e9", False),
        ("", False),
    ],
)
def test_a_request_id_is_kept_if_it_may_be_logged(given: str, is_kept: bool) -> None:
    found = request_id_of({"HTTP_X_REQUEST_ID": given})
    assert (found == given) is is_kept
    assert is_kept or re.fullmatch("[0-9a-f]{32}", found)


def test_each_request_without_an_id_gets_its_own() -> None:
    assert request_id_of({}) != request_id_of({})
