"""What the platform asks of a custom runtime, by the header that no client can send.

https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/principles-1
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

Control = Literal["invocation", "lifecycle", "http"]

_HEADER: Final = "HTTP_X_FC_CONTROL_PATH"

# Method, path and ``x-fc-control-path``. The platform lets no client send headers that begin with
# ``x-fc-``; the server drops names with underscores, and joins values of a repeated one by commas.
_CONTROLS: Final[Mapping[tuple[str, str, str], Control]] = {
    ("POST", "/invoke", "/invoke"): "invocation",
    ("POST", "/initialize", "/initialize"): "lifecycle",
    ("GET", "/pre-stop", "/pre-stop"): "lifecycle",
}


def control_of(environ: Mapping[str, Any], path: str) -> Control:
    """Return what a request is; all but an exact match is HTTP, which needs a credential."""
    return _CONTROLS.get((environ["REQUEST_METHOD"], path, environ.get(_HEADER, "")), "http")
