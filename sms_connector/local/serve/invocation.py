"""One invocation for one request, and the response if it fails."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ..fc_context import FcContext
from .http import HttpRequest, HttpResponse
from .instance import Code, Instance, new_context, new_request_id
from .invocation_log import logger_of_invocation
from .runtime import function_error
from .through_api_gateway import through_api_gateway, unavailable
from .through_http_trigger import through_http_trigger
from .through_wsgi import through_wsgi

Envelope = Callable[[Code, HttpRequest, FcContext], HttpResponse]

INVOKE_THROUGH: Final[Mapping[str, Envelope]] = {
    "http3": through_http_trigger,
    "apigw": through_api_gateway,
    "http2": through_wsgi,
}


def invoke(instance: Instance, envelope: str, request: HttpRequest) -> HttpResponse:
    """Invoke the function once. An exception of the function is returned as a response.

    ``envelope`` is a key of INVOKE_THROUGH. The response has the request id of the log lines.
    """
    request_id = new_request_id()
    by_gateway = envelope == "apigw"
    try:
        context = new_context(request_id)
        answer = INVOKE_THROUGH[envelope](instance.code, request, context)
    except (Exception, SystemExit) as error:  # noqa: BLE001  (the runtime catches these too)
        # Without the exception's text: it may hold personal data, and a log is kept.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger_of_invocation(request_id).error("%s\n%s", type(error).__name__, where.rstrip())
        answer = unavailable() if by_gateway else function_error(error)
    header = "X-Ca-Request-Id" if by_gateway else "X-Fc-Request-Id"
    return replace(answer, headers={**answer.headers, header: request_id})
