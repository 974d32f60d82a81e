"""`http3`: the HTTP trigger of FC 3.0.

https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/http-trigger-invoking-function
"""

import json
import time

from ..fc_context import FcContext
from .event_body import event_body
from .http import HttpRequest, HttpResponse
from .instance import Code
from .reply import read_reply
from .runtime import output


def through_http_trigger(code: Code, request: HttpRequest, context: FcContext) -> HttpResponse:
    """Call the handler. What it returns without a ``statusCode`` is the body of a 200."""
    headers = request.joined_headers
    domain = headers.get("Host", "")
    now = time.time()
    event = {
        "version": "v1",
        "rawPath": request.raw_path,
        **event_body(request.body),
        "headers": headers,
        "queryParameters": request.joined_query,
        "requestContext": {
            "accountId": "",
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.client_ip,
                "userAgent": headers.get("User-Agent", ""),
            },
            "requestId": context.request_id,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
            "timeEpoch": str(int(now * 1000)),
        },
    }
    returned = output(code.handler(json.dumps(event).encode(), context))
    return read_reply(returned) or HttpResponse(200, returned)
