"""``send``: one message, in the form of the service that asks for it."""

import logging

from ..instance import Instance
from ..limits.addresses import read_address
from ..sending.codes import generated_codes
from ..sending.options import SendOptions
from ..web.http import Response
from .call import Call, compose


def send(call: Call, instance: Instance) -> Response:
    """Send the message that the caller asks for, and answer in the caller's form.

    Logs one ``sms`` line, whose fields are filled in as they become known. What is raised here
    becomes the caller's ``refused`` response.
    """
    caller = call.caller
    message = caller.message()
    idempotency = call.idempotency(f"send/{call.parameters.get('caller', '')}")
    services = instance.services
    connector = services.connector
    codes = () if message.code else generated_codes(services.stores.names, idempotency)
    sms = compose(call, instance, message, *codes[:1])
    if message.ip and connector.config.limits.per_address and read_address(message.ip) is None:
        problem = (
            "A caller sent an address that is no IP address: limits.perAddress counts the text. "
            "Correct what your proxy or service puts there."
        )
        instance.notices.write(call.logger, logging.WARNING, "address", problem)
    options = SendOptions(message.ip, caller.max_wait, caller.waits_early, idempotency, codes)
    receipt = connector.send(sms, call.role, options)
    call.entry.accepted(receipt)
    return caller.accepted(receipt)
