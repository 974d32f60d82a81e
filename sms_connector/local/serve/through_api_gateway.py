"""`apigw`: API Gateway with the function as its back end.

https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/user-guide/function-compute
"""

import json

from ..fc_context import FcContext
from .event_body import event_body
from .http import HttpRequest, HttpResponse, json_response
from .instance import Code
from .reply import read_reply
from .runtime import output


def through_api_gateway(code: Code, request: HttpRequest, context: FcContext) -> HttpResponse:
    """Call the handler. Whatever it returns without a ``statusCode``, or raises, is a 503."""
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
    """Say what the gateway says of a back end that failed, and no more: it tells no reason."""
    return json_response(503, {"message": "The back-end service is unavailable."})
