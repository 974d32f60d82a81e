"""The emulated provider: checks the signature of a call, and runs its action."""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from .account import Account
from .answers import Answer, refusal
from .api_call import METHODS, ApiCall
from .flow_control import FlowControl
from .inbox import Inbox
from .nonces import Nonces
from .pnvs import Pnvs
from .provider_errors import RefusedError, refused
from .queries import Queries
from .refused_request import action_of, refused_request
from .request_text import request_text
from .send_sms import SendSms
from .signatures import read_claim, verify

# Of Dysmsapi and of Dypnsapi.
VERSION = "2017-05-25"

_SENDING = ("SendSms", "SendSmsVerifyCode")

Action = Callable[[dict[str, str], str, datetime], Answer]


class Provider:
    """Signatures, flow control and delivery use `clock`, which returns seconds since the epoch."""

    def __init__(
        self,
        account: Account,
        inbox: Inbox,
        flow_control: FlowControl | None,
        clock: Callable[[], float],
        delivery_delay: float,
        *,
        outside_mainland: bool = False,
    ) -> None:
        self._account = account
        self._inbox = inbox
        self._clock = clock
        self._nonces = Nonces()
        queries = Queries(account, inbox, delivery_delay)
        pnvs = Pnvs(flow_control, outside_mainland=outside_mainland)
        self._actions: Mapping[str, Action] = {
            "SendSms": SendSms(account, flow_control, outside_mainland),
            "SendSmsVerifyCode": pnvs.send,
            "CheckSmsVerifyCode": pnvs.check,
            "QuerySendDetails": queries.query_send_details,
            "GetSmsSign": queries.get_sms_sign,
            "QuerySmsSignList": queries.query_sms_sign_list,
            "GetSmsTemplate": queries.get_sms_template,
            "QuerySmsTemplateList": queries.query_sms_template_list,
        }

    def answer(self, call: ApiCall, request_id: str) -> Answer:
        """Answer a call, and add its messages or its refusal to the inbox."""
        try:
            answer = self._act(call, request_id)
        except RefusedError as error:
            answer = refusal(request_id, call.headers.get("host", ""), error.refusal)
        if self._is_to_send(call):
            self._keep(call, request_id, answer)
        return answer

    def _is_to_send(self, call: ApiCall) -> bool:
        """Return whether the call sends a message, or has an unknown action."""
        action = action_of(call)
        return action in _SENDING or (
            action not in self._actions and bool(action or call.parameters)
        )

    def _keep(self, call: ApiCall, request_id: str, answer: Answer) -> None:
        text = request_text(call)
        fault = answer.behaviour.value if answer.behaviour else ""
        for message in answer.messages:
            self._inbox.add(message, text, fault)
        if not answer.messages:
            now = datetime.fromtimestamp(self._clock(), timezone.utc)
            self._inbox.add_refused(refused_request(call, request_id, answer, now), text)

    def _act(self, call: ApiCall, request_id: str) -> Answer:
        if call.method not in METHODS:
            raise refused("UnsupportedHTTPMethod")
        claim = read_claim(call)
        if claim.version != VERSION:
            raise refused("InvalidVersion")
        action = self._actions.get(claim.action)
        if action is None:
            raise refused("InvalidAction.NotFound")
        now = self._clock()
        verify(claim, self._account, self._nonces, now)
        try:
            return action(call.parameters, request_id, datetime.fromtimestamp(now, timezone.utc))
        except RefusedError as error:
            # From a magic number, since the signature is right: quote what the provider quotes.
            if error.refusal.code == "SignatureDoesNotMatch":
                raise refused("SignatureDoesNotMatch", claim.calculation) from None
            raise
