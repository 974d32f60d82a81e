"""``send``: one message, in the form of the service that asks for it."""

import logging

from ..instance import Instance
from ..limits.addresses import read_address
from ..sending.codes import made_codes
from ..sending.options import SendOptions
from ..web.http import Response
from .call import Call


def send(call: Call, instance: Instance) -> Response:
    """Send the message that the caller asks for, and answer in the caller's form.

    Logs one ``sms`` line, whose fields are filled in as they become known. What is raised here
    becomes the caller's ``refused`` response.
    """
    caller, entry = call.caller, call.entry
    message = caller.message()
    entry.add(usageType=message.usage_type)
    idempotency = call.idempotency(f"send/{call.parameters.get('caller', '')}")
    services = instance.services
    connector = services.connector
    codes = () if message.code else made_codes(services.stores.names, idempotency)
    sms = connector.compose(message, *codes[:1])
    entry.composed(sms)
    near = connector.near_miss(message.usage_type)
    if near:
        problem = f"A caller's usage type differs from {near} in case only, so it uses Generic."
        instance.notices.write(call.logger, logging.ERROR, "usage_type", problem)
    if message.ip and connector.config.limits.per_address and read_address(message.ip) is None:
        problem = (
            "The address that a caller gives for the person is no IP address: limits.perAddress "
            "counts the whole text. Correct what your proxy or service puts there."
        )
        instance.notices.write(call.logger, logging.WARNING, "address", problem)
    options = SendOptions(message.ip, caller.patience, caller.waits_early, idempotency, codes)
    receipt = connector.send(sms, call.role, options)
    entry.accepted(receipt)
    return caller.accepted(receipt)
