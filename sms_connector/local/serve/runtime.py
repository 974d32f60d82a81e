"""What the runtime does with the return value and the exceptions of a handler."""

import json
import traceback
from pathlib import Path

from ..checkout import PROJECT
from .http import HttpResponse, json_response


def output(returned: object) -> bytes:
    """Convert what a handler returned to bytes. Raises TypeError if JSON cannot represent it."""
    if isinstance(returned, bytes):
        return returned
    if isinstance(returned, str):
        return returned.encode()
    return json.dumps(returned, indent=4, sort_keys=True).encode()


def function_error(error: BaseException) -> HttpResponse:
    """Return the response for an exception, which includes the stack trace as in the cloud.

    https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/error-handling
    """
    frames = traceback.extract_tb(error.__traceback__)
    body = {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": [
            [f'File "{_place(frame.filename)}"', f"line {frame.lineno}", f"in {frame.name}"]
            for frame in frames
            if Path(__file__).parent not in Path(frame.filename).parents
        ],
    }
    return json_response(502, body, **{"X-Fc-Error-Type": "UnhandledInvocationError"})


def _place(filename: str) -> str:
    """Return the name of a file in the cloud, where the code is in /code."""
    path = Path(filename)
    return f"/code/{path.relative_to(PROJECT).as_posix()}" if PROJECT in path.parents else path.name
