"""The event of an HTTP trigger of FC 3.0.

https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/http-trigger-invoking-function
"""

import base64
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote


def http_trigger_event(
    body: bytes,
    headers: Mapping[str, str],
    *,
    method: str = "POST",
    path: str = "/",
    raw_path: str = "",
    query: Mapping[str, str] | None = None,
    client_ip: str = "127.0.0.1",
    protocol: str = "HTTP/1.1",
    request_id: str = "",
) -> dict[str, Any]:
    """Return the event of one request. ``path`` is decoded, ``raw_path`` is as it was sent.

    Several values of one header or query parameter are joined by commas.
    """
    by_name = {name.lower(): value for name, value in headers.items()}
    domain = by_name.get("host", "")
    now = time.time()
    return {
        "version": "v1",
        "rawPath": raw_path or quote(path),
        **event_body(body),
        "headers": dict(headers),
        "queryParameters": dict(query or {}),
        "requestContext": {
            "accountId": "",
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": method,
                "path": path,
                "protocol": protocol,
                "sourceIp": client_ip,
                "userAgent": by_name.get("user-agent", ""),
            },
            "requestId": request_id,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
            "timeEpoch": str(int(now * 1000)),
        },
    }


def event_body(body: bytes) -> dict[str, Any]:
    """Return the body as an event has it: as text, or in Base64 if it is not UTF-8."""
    try:
        return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
