"""The function as an instance builds it, and the bodies of what it returns."""

import json
import os
from typing import Any

from sms_connector.callers.sentences import Audience
from sms_connector.function import Function
from sms_connector.settings import read_settings
from sms_connector.web.http import Request

AUDIENCE = Audience()


def new_function() -> Function:
    """Start an instance with the settings of this process."""
    return Function(read_settings(os.environ))


def body_of(returned: Any) -> Any:
    """Return the body of what a direct invocation returned."""
    return json.loads(returned)


def request_of(body: object) -> Request:
    """Return a request with a JSON body."""
    return Request(json.dumps(body).encode())
