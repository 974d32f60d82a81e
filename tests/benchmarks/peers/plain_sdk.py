"""The official SDK, used as its own example shows: import, build a client, send."""

import json
import os

from measuring import Send, run


def start() -> Send:
    """Import the SDK whole and build a client."""
    from alibabacloud_dysmsapi20170525.client import Client
    from alibabacloud_dysmsapi20170525.models import SendSmsRequest
    from alibabacloud_tea_openapi.models import Config
    from darabonba.runtime import RuntimeOptions

    config = json.loads(os.environ["SMS_CONNECTOR_CONFIG"])
    client = Client(
        Config(
            access_key_id=config["accessKeyId"],
            access_key_secret=config["accessKeySecret"],
            endpoint=config["endpoint"].removeprefix("https://"),
            protocol="HTTPS",
            max_idle_conns=200,
        )
    )

    def send(code: str) -> None:
        request = SendSmsRequest(
            phone_numbers="13812345678",
            sign_name=config["signName"],
            template_code="SMS_200000002",
            template_param=json.dumps({"code": code}),
        )
        answer = client.send_sms_with_options(request, RuntimeOptions())
        if answer.body.code != "OK":
            raise SystemExit(answer.body.message)

    return send


run(start)
