"""The operations on verifications, in our own form, for your own back end.

Start ``{"phone", "usageType", "ip"?}``; check ``{"code"}`` by id, or ``{"phone", "usageType",
"code"}``; read and cancel by id. A check returns 200 only if it approves the code.
"""

import time

import msgspec

from ..callers.fields import optional_address, required_text
from ..errors import invalid_parameter
from ..instance import Instance
from ..message import Message, is_usage_type
from ..reports.deliveries import Deliveries
from ..sending.options import SendOptions
from ..verification.record import State
from ..web.http import NO_CONTENT, Response
from .call import Call, compose


def start(call: Call, instance: Instance) -> Response:
    """Send a code, the same code while a verification is pending; 201 for a new one.

    Logs the ``sms`` line of its message.
    """
    verifications = instance.services.verifications
    idempotency = call.idempotency("startVerification")
    fields = call.request.fields
    message = Message(
        required_text(fields, "phone"),
        required_text(fields, "usageType"),
        ip=optional_address(fields, "ip"),
    )
    connector = instance.services.connector
    sms = compose(call, instance, message)
    options = SendOptions(message.ip, key=idempotency)
    started = verifications.start(sms, connector.sender(call.role), options)
    receipt = started.receipt
    call.entry.accepted(receipt)
    sent = {
        "bizId": receipt.biz_id,
        "requestId": receipt.request_id,
        "templateCode": receipt.template_code,
    }
    status = 201 if started.is_new else 200
    return Response(status, _body_of(started.verification) | {"message": sent})


def check(call: Call, instance: Instance) -> Response:
    """Approve a verification by its code, or count the guess. Named by id, or by its number."""
    verifications = instance.services.verifications
    verification_id = call.parameter("id")
    idempotency = call.idempotency(f"checkVerification {verification_id or ''}")
    fields = call.request.fields
    if verification_id is not None:
        code = required_text(fields, "code")
        approved = verifications.check(verification_id, code, idempotency)
    else:
        phone, usage_type = required_text(fields, "phone"), required_text(fields, "usageType")
        code = required_text(fields, "code")
        if not is_usage_type(usage_type):
            raise invalid_parameter("usageType", "must be a name such as SignIn or Generic")
        approved = verifications.check_number(phone, usage_type, code, idempotency)
    call.entry.done("approved")
    return Response(200, {"status": "approved", **msgspec.to_builtins(approved)})


def read(call: Call, instance: Instance) -> Response:
    """Answer with the state of a verification, and the delivery of its latest message."""
    verifications = instance.services.verifications
    state, biz_id = verifications.get(call.required_parameter("id"))
    body = _body_of(state)
    if biz_id:
        deliveries = Deliveries(instance.services.stores, instance.services.figures)
        body["delivery"] = deliveries.get(biz_id).shown(biz_id)
    call.entry.done(state.status)
    return Response(200, body)


def cancel(call: Call, instance: Instance) -> Response:
    """Cancel a pending verification: 204, without a body."""
    instance.services.verifications.cancel(call.required_parameter("id"))
    call.entry.done("cancelled")
    return Response(NO_CONTENT, {})


def _body_of(state: State) -> dict[str, object]:
    seconds = state.expires_at // 1000
    fields: dict[str, object] = msgspec.to_builtins(state)
    return fields | {"expiresAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))}
