"""The inbox entry of a request to send that was refused, or lost by a magic number."""

from datetime import datetime

from .answers import Answer
from .api_call import ApiCall
from .inbox import RefusedRequest
from .magic import MAGIC_NUMBERS, Behaviour
from .pnvs_account import PNVS_MAGIC_NUMBERS
from .provider_errors import Refusal
from .request_text import shortened, without_credentials


def action_of(call: ApiCall) -> str:
    """Return the action that a call names, or an empty text."""
    return call.headers.get("x-acs-action") or call.parameters.get("Action", "")


def refused_request(
    call: ApiCall, request_id: str, answer: Answer, now: datetime
) -> RefusedRequest:
    """Return the inbox entry of a call that delivered no message."""
    parameters = call.parameters
    phone = parameters.get("PhoneNumbers") or parameters.get("PhoneNumber", "")
    is_lost = answer.body["Code"] == "OK"
    code = "" if is_lost else answer.body["Code"]
    reason = answer.behaviour.value if answer.behaviour else answer.body["Message"]
    return RefusedRequest(
        action=shortened(action_of(call)),
        phone=shortened(phone),
        sign_name=shortened(parameters.get("SignName", "")),
        template_code=shortened(parameters.get("TemplateCode", "")),
        template_param=shortened(parameters.get("TemplateParam", "")),
        request_id=request_id,
        received_at=now,
        status=answer.status,
        code=code,
        reason=without_credentials(reason, call),
        magic=_is_magic(phone, code),
    )


def _is_magic(phones: str, code: str) -> bool:
    """Return whether one of the numbers is refused with this code, or lost if it is empty."""
    for phone in phones.split(","):
        number = phone.strip()[-11:]
        for numbers in (PNVS_MAGIC_NUMBERS, MAGIC_NUMBERS):
            match numbers.get(number):
                case Refusal(code=listed) if listed == code:
                    return True
                case Behaviour() if not code:
                    return True
    return False
