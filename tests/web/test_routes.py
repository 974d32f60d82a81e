import pytest

from sms_connector.errors import ConnectorError
from sms_connector.web.http import LARGEST_BODY, Request
from sms_connector.web.routes import Operation, find_route

CALLERS = ("logto", "supabase")


@pytest.mark.parametrize(
    ("path", "method", "operation", "caller"),
    [
        ("/", "POST", "send", None),
        ("", "POST", "send", None),
        ("/logto", "POST", "send", "logto"),
        ("/supabase/", "POST", "send", "supabase"),
        ("/health", "GET", "health", None),
    ],
)
@pytest.mark.parametrize("base_path", ["", "/sms", "/a/b"])
def test_a_path_names_an_operation_and_a_caller(
    base_path: str, path: str, method: str, operation: Operation, caller: str | None
) -> None:
    route = find_route(base_path + path, base_path, CALLERS)
    assert route.operation_of(Request(b"", is_http=True, method=method)) == operation
    assert route.caller == caller


@pytest.mark.parametrize("path", ["/", "/health", "/smsx", "/sms2/health", "/SMS", "sms", ""])
def test_a_path_outside_the_base_path_is_not_found(path: str) -> None:
    with pytest.raises(ConnectorError) as error:
        find_route(path, "/sms", CALLERS)
    assert error.value.kind == "no_route"


def test_a_wrong_method_names_the_right_one() -> None:
    with pytest.raises(ConnectorError) as error:
        find_route("/logto", "", CALLERS).operation_of(Request(b"", is_http=True, method="GET"))
    assert (error.value.kind, error.value.allow) == ("wrong_method", "POST")


@pytest.mark.parametrize(("size", "allowed"), [(LARGEST_BODY, True), (LARGEST_BODY + 1, False)])
def test_a_body_may_be_64_kib(size: int, allowed: bool) -> None:
    route, request = find_route("/", "", CALLERS), Request(bytes(size), is_http=True)
    if allowed:
        assert route.operation_of(request) == "send"
    else:
        with pytest.raises(ConnectorError, match="65536 bytes"):
            route.operation_of(request)
