"""Which HTTP requests are ours: what is judged before anyone's credential is."""

from ..errors import ConnectorError
from .http import LARGEST_BODY, Request


def is_health(request: Request) -> bool:
    """Say whether a request asks how the function is. Anyone may."""
    return request.method == "GET" and _is_health_path(request.path)


def judge(request: Request) -> None:
    """Let a request pass that has a method of ours and is not too large.

    Raises ConnectorError (405 with ``allow``, or 413).
    """
    if request.method != "POST" and not is_health(request):
        raise ConnectorError(
            "invalid_request_parameters",
            405,
            "Send a message with POST; ask for the function's health with GET …/health.",
            allow="GET, POST" if _is_health_path(request.path) else "POST",
        )
    if request.body is not None and len(request.body) > LARGEST_BODY:
        raise ConnectorError(
            "invalid_request_parameters", 413, f"A request may hold {LARGEST_BODY} bytes."
        )


def _is_health_path(path: str) -> bool:
    return path.rstrip("/").endswith("/health")
