"""`http3`: call the function as an HTTP trigger of FC 3.0 does."""

import json

from ..fc_context import FcContext
from ..http_trigger_event import http_trigger_event
from .http import HttpRequest, HttpResponse
from .instance import Code
from .reply import read_reply
from .runtime import output


def through_http_trigger(code: Code, request: HttpRequest, context: FcContext) -> HttpResponse:
    """Call the handler. What it returns without a ``statusCode`` is the body of a 200."""
    event = http_trigger_event(
        request.body,
        request.joined_headers,
        method=request.method,
        path=request.path,
        raw_path=request.raw_path,
        query=request.joined_query,
        client_ip=request.client_ip,
        protocol=request.protocol,
        request_id=context.request_id,
    )
    returned = output(code.handler(json.dumps(event).encode(), context))
    return read_reply(returned) or HttpResponse(200, returned)
