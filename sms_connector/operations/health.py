"""``health``: whether the function could send. Open to all, so it answers with codes only."""

import logging

from ..errors import ConnectorError, invalid_config
from ..instance import Instance
from ..store import diagnose
from ..web.http import Response
from .call import Call


def read(call: Call, instance: Instance) -> Response:
    """Answer 200 if the settings are valid and everything is loaded, else 503.

    What is wrong with the settings is in the log, once.
    """
    try:
        if instance.auth.problem:
            raise invalid_config(instance.auth.problem)
        services = instance.services
        services.connector.prepare(call.role)
    except ConnectorError as error:
        instance.notices.write(call.logger, logging.ERROR, error.code, error.message)
        return Response(503, {"status": "unavailable", "errors": [error.code]})
    store = {"store": "away"} if diagnose(services.stores) else {}
    return Response(200, {"status": "ok", **store})
