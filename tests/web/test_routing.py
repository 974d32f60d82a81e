import pytest

from sms_connector.errors import ConnectorError
from sms_connector.operations.routes import ROUTES
from sms_connector.settings import Settings
from sms_connector.web.http import LARGEST_BODY, Request
from sms_connector.web.routing import Path, find_path

CALLERS = ("logto", "supabase")


def http(path: str, method: str = "POST", size: int = 0) -> Request:
    return Request(bytes(size), is_http=True, method=method, path=path)


def find(request: Request, base_path: str = "") -> Path:
    return find_path(ROUTES, request, Settings(base_path=base_path), CALLERS)


@pytest.mark.parametrize(
    ("path", "method", "operation", "caller"),
    [
        ("/", "POST", "send", None),
        ("", "POST", "send", None),
        ("/logto", "POST", "send", "logto"),
        ("/supabase/", "POST", "send", "supabase"),
        ("/health", "GET", "health", None),
        ("/verifications/check", "POST", "checkVerification", None),
        ("/verifications/check", "GET", "405", None),
        ("/verifications/x", "DELETE", "cancelVerification", None),
    ],
)
@pytest.mark.parametrize("base_path", ["", "/sms", "/a/b"])
def test_a_path_names_an_operation_and_a_caller(
    base_path: str, path: str, method: str, operation: str, caller: str | None
) -> None:
    request = http(base_path + path, method)
    found = find(request, base_path)
    assert found.caller == caller
    if operation == "405":
        with pytest.raises(ConnectorError, match="accepts only POST"):
            found.route_of(request)
    else:
        assert found.route_of(request).operation == operation


@pytest.mark.parametrize("path", ["/", "/health", "/smsx", "/sms2/health", "/SMS", "sms", ""])
def test_a_path_outside_the_base_path_is_not_found(path: str) -> None:
    with pytest.raises(ConnectorError) as error:
        find(http(path), "/sms")
    assert error.value.kind == "no_route"


@pytest.mark.parametrize(
    "path",
    ["/any", "//", "/logto/x", "/LOGTO", "/verifications/check/x", "/health/x", "/a/health",
     "/verifications/x/y", "/messages", "/reports", "/reports/x", f"/messages/{'x' * 8_001}"],
)  # fmt: skip
def test_a_path_that_is_not_in_the_table_is_not_found(path: str) -> None:
    with pytest.raises(ConnectorError, match="no such path"):
        find(http(path))


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "x", ""])
def test_a_wrong_method_names_the_right_one(method: str) -> None:
    request = http("/logto", method)
    with pytest.raises(ConnectorError) as error:
        find(request).route_of(request)
    assert (error.value.kind, error.value.allow) == ("wrong_method", "POST")


@pytest.mark.parametrize(("size", "allowed"), [(LARGEST_BODY, True), (LARGEST_BODY + 1, False)])
def test_a_body_may_be_64_kib(size: int, allowed: bool) -> None:
    request = http("/", size=size)
    if allowed:
        assert find(request).route_of(request).operation == "send"
    else:
        with pytest.raises(ConnectorError, match="65536 bytes"):
            find(request).route_of(request)
