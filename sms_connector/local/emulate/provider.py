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
from .send_sms import SendSms
from .signatures import read_claim, verify

# Of Dysmsapi and of Dypnsapi.
VERSION = "2017-05-25"

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
    ) -> None:
        self._account = account
        self._clock = clock
        self._nonces = Nonces()
        queries = Queries(account, inbox, delivery_delay)
        pnvs = Pnvs(inbox, flow_control)
        self._actions: Mapping[str, Action] = {
            "SendSms": SendSms(account, inbox, flow_control),
            "SendSmsVerifyCode": pnvs.send,
            "CheckSmsVerifyCode": pnvs.check,
            "QuerySendDetails": queries.query_send_details,
            "GetSmsSign": queries.get_sms_sign,
            "QuerySmsSignList": queries.query_sms_sign_list,
            "GetSmsTemplate": queries.get_sms_template,
            "QuerySmsTemplateList": queries.query_sms_template_list,
        }

    def answer(self, call: ApiCall, request_id: str) -> Answer:
        try:
            return self._act(call, request_id)
        except RefusedError as error:
            return refusal(request_id, call.headers.get("host", ""), error.refusal)

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
