"""`apigw`: call the function as API Gateway does, whose back end it is.

https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/user-guide/function-compute
"""

import json

from ..fc_context import FcContext
from ..http_trigger_event import event_body
from .http import HttpRequest, HttpResponse, json_response
from .instance import Code
from .reply import read_reply
from .runtime import output


def through_api_gateway(code: Code, request: HttpRequest, context: FcContext) -> HttpResponse:
    """Call the handler. What it returns without a ``statusCode``, or raises, is a 503."""
    event = {
        "path": request.path,
        "httpMethod": request.method,
        "headers": request.joined_headers,
        "queryParameters": request.joined_query,
        "pathParameters": {},
        **event_body(request.body),
    }
    returned = output(code.handler(json.dumps(event).encode(), context))
    return read_reply(returned) or unavailable()


def unavailable() -> HttpResponse:
    """Return the gateway's response for a back end that failed, which gives no reason."""
    return json_response(503, {"message": "The back-end service is unavailable."})
