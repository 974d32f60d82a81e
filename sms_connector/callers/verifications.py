"""Our own request format for verifications, for your own back end.

Start ``{"phone", "usageType", "ip"?}``; check ``{"code"}`` by id, or ``{"phone", "usageType",
"code"}``. A check returns 200 only if it approves the code.
"""

import time
from collections.abc import Mapping

import msgspec

from ..errors import invalid_parameter
from ..log import CheckEntry, MessageEntry
from ..message import Message, is_usage_type
from ..provider.client import AccessKey
from ..reports.deliveries import Deliveries
from ..sending.connector import SmsConnector
from ..sending.options import SendOptions
from ..store.outage import StoreAwayError
from ..verification.outcomes import Approved, Started
from ..verification.record import State
from ..verification.service import Verifications
from ..web.auth import Credential
from ..web.http import NO_CONTENT, Request, Response
from ..web.idempotency import idempotency_of
from ..web.routes import Operation
from .fields import optional_text, required_text


class Verifier:
    """Reads the requests of the operations on verifications, and answers them."""

    def __init__(
        self, verifications: Verifications, connector: SmsConnector, deliveries: Deliveries
    ) -> None:
        self._verifications = verifications
        self._connector = connector
        self._deliveries = deliveries

    def start(
        self, request: Request, credential: Credential, role: AccessKey | None, entry: MessageEntry
    ) -> Response:
        """Answer ``startVerification``, and fill in the log line of its message."""
        idempotency = idempotency_of(request, credential, "startVerification")
        fields = request.fields
        message = Message(
            required_text(fields, "phone"),
            required_text(fields, "usageType"),
            ip=optional_text(fields, "ip"),
        )
        entry.usage_type = message.usage_type
        entry.sms = sms = self._connector.compose(message)
        options = SendOptions(message.ip, key=idempotency)
        started = self._verifications.start(sms, self._connector.sender(role), options)
        entry.accepted(started.receipt)
        return _started(started)

    def answer(
        self,
        operation: Operation,
        request: Request,
        parameters: Mapping[str, str],
        credential: Credential,
        entry: CheckEntry,
    ) -> Response:
        """Answer an operation that sends nothing, and write its log line."""
        if operation == "getVerification":
            return self._get(request, parameters, entry)
        if operation == "cancelVerification":
            return self._cancel(request, parameters, entry)
        return self._check(request, parameters, credential, entry)

    def _check(
        self,
        request: Request,
        parameters: Mapping[str, str],
        credential: Credential,
        entry: CheckEntry,
    ) -> Response:
        named = _id_of(request, parameters)
        idempotency = idempotency_of(request, credential, f"checkVerification {named or ''}")
        fields = request.fields
        if named is not None:
            code = required_text(fields, "code")
            approved = self._verifications.check(named, code, idempotency)
        else:
            phone, usage_type = required_text(fields, "phone"), required_text(fields, "usageType")
            code = required_text(fields, "code")
            if not is_usage_type(usage_type):
                raise invalid_parameter("usageType", "must be a name such as SignIn or Generic")
            approved = self._verifications.check_number(phone, usage_type, code, idempotency)
        entry.done("approved")
        return _approved(approved)

    def _get(self, request: Request, parameters: Mapping[str, str], entry: CheckEntry) -> Response:
        state, biz_id = self._verifications.get(_required_id(request, parameters))
        body = _state(state)
        if biz_id:
            try:
                body["delivery"] = self._deliveries.get(biz_id).shown(biz_id)
            except StoreAwayError as away:
                raise away.as_error() from None
        entry.done(state.status)
        return Response(200, body)

    def _cancel(
        self, request: Request, parameters: Mapping[str, str], entry: CheckEntry
    ) -> Response:
        self._verifications.cancel(_required_id(request, parameters))
        entry.done("cancelled")
        return Response(NO_CONTENT, {})


def _id_of(request: Request, parameters: Mapping[str, str]) -> str | None:
    """Return the id in a path, or in a direct payload; None in a check by number."""
    return parameters.get("id") if request.is_http else optional_text(request.fields, "id")


def _required_id(request: Request, parameters: Mapping[str, str]) -> str:
    return parameters["id"] if request.is_http else required_text(request.fields, "id")


def _started(started: Started) -> Response:
    receipt = started.receipt
    message = {
        "bizId": receipt.biz_id,
        "requestId": receipt.request_id,
        "templateCode": receipt.template_code,
    }
    body = _state(started.verification) | {"message": message}
    return Response(201 if started.is_new else 200, body)


def _approved(approved: Approved) -> Response:
    return Response(200, {"status": "approved", **msgspec.to_builtins(approved)})


def _state(state: State) -> dict[str, object]:
    seconds = state.expires_at // 1000
    fields: dict[str, object] = msgspec.to_builtins(state)
    return fields | {"expiresAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))}
