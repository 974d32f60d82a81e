"""The least that Python can do: ``http.client`` and one signature, nothing else.

https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

import hashlib
import hmac
import http.client
import json
import os
import ssl
import time
from urllib.parse import quote

from measuring import Send, run

NOTHING = hashlib.sha256(b"").hexdigest()


def start() -> Send:
    """Make what all messages share. A connection is kept for the next message."""
    config = json.loads(os.environ["SMS_CONNECTOR_CONFIG"])
    host = config["endpoint"].removeprefix("https://")
    context = ssl.create_default_context()
    idle: list[http.client.HTTPSConnection] = []

    def send(code: str) -> None:
        query = {
            "PhoneNumbers": "13812345678",
            "SignName": config["signName"],
            "TemplateCode": "SMS_200000002",
            "TemplateParam": json.dumps({"code": code}),
        }
        text = "&".join(f"{name}={quote(value, safe='~')}" for name, value in query.items())
        headers = {
            "host": host,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": NOTHING,
            "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "x-acs-signature-nonce": os.urandom(16).hex(),
            "x-acs-version": "2017-05-25",
        }
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        signed = ";".join(headers)
        canonical = f"POST\n/\n{text}\n{lines}\n{signed}\n{NOTHING}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"ACS3-HMAC-SHA256\n{digest}".encode()
        mac = hmac.new(config["accessKeySecret"].encode(), to_sign, "sha256").hexdigest()
        headers["Authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={config['accessKeyId']},"
            f"SignedHeaders={signed},Signature={mac}"
        )
        try:
            connection = idle.pop()
        except IndexError:
            connection = http.client.HTTPSConnection(host, context=context, timeout=5)
        connection.request("POST", f"/?{text}", headers=headers)
        answer = json.loads(connection.getresponse().read())
        idle.append(connection)
        if answer["Code"] != "OK":
            raise SystemExit(answer["Message"])

    return send


run(start)
