"""How a body goes into an event: as text if it is text, else Base64."""

import base64


def event_body(body: bytes) -> dict[str, object]:
    try:
        return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
