"""SendSmsVerifyCode and CheckSmsVerifyCode of the number verification service.

Follows https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
and …-checksmsverifycode.
"""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec

from .accepted_message import accepted_message, new_biz_id
from .account import AccountTemplate
from .answers import Answer
from .flow_control import FlowControl
from .inbox import ReceivedMessage
from .magic import MAGIC_NUMBERS, Behaviour, delivery_error
from .pnvs_account import GIVEN_SIGNS, GIVEN_TEMPLATES, PNVS_MAGIC_NUMBERS, PNVS_REFUSALS
from .pnvs_codes import ALPHABETS, KeptCodes, new_code
from .provider_errors import Refusal, RefusedError, refused, require
from .template_param import read_template_param

# In place of the code in `TemplateParam`: the service makes one and keeps it.
MADE_BY_SERVICE = "##code##"

_NUMBER = re.compile(r"1[3-9][0-9]{9}")
_TEMPLATES = {template.code: template for template in GIVEN_TEMPLATES}


class Pnvs:
    """Without `flow_control` the number of messages is not limited.

    With `outside_mainland` the calls come from an address outside mainland China.
    """

    def __init__(self, flow_control: FlowControl | None, *, outside_mainland: bool = False) -> None:
        self._flow_control = flow_control
        self._outside_mainland = outside_mainland
        self._codes = KeptCodes()

    def send(self, parameters: dict[str, str], request_id: str, now: datetime) -> Answer:
        """SendSmsVerifyCode: return the answer with the message.

        Raises RefusedError for what the gateway refuses; the service's refusals are answers.
        """
        require(parameters, "PhoneNumber", "SignName", "TemplateCode", "TemplateParam")
        try:
            return self._send(parameters, request_id, now)
        except RefusedError as error:
            return _refusal(error, request_id)

    def check(self, parameters: dict[str, str], request_id: str, now: datetime) -> Answer:
        """CheckSmsVerifyCode: `Model.VerifyResult` is PASS or UNKNOWN.

        Only codes that the service made are kept, so that a literal one never passes.
        """
        require(parameters, "PhoneNumber", "VerifyCode")
        try:
            number = _read_number(parameters)
            policy = _read_integer(parameters, "CaseAuthPolicy", 1, range(1, 3))
        except RefusedError as error:
            return _refusal(error, request_id)
        passes = self._codes.check(
            number,
            parameters.get("SchemeName", ""),
            parameters["VerifyCode"],
            now,
            ignore_case=policy == 1,
        )
        model = {**_out_id(parameters), "VerifyResult": "PASS" if passes else "UNKNOWN"}
        return _accepted(request_id, model)

    def _send(self, parameters: dict[str, str], request_id: str, now: datetime) -> Answer:
        number = _read_number(parameters)
        if parameters["SignName"] not in GIVEN_SIGNS:
            raise refused("isv.SMS_SIGNATURE_ILLEGAL")
        template = _TEMPLATES.get(parameters["TemplateCode"])
        if template is None:
            raise refused("isv.SMS_TEMPLATE_ILLEGAL")
        if self._outside_mainland:  # assumed: it is documented of SendSms
            raise refused("isv.DENY_IP_RANGE")
        length = _read_integer(parameters, "CodeLength", 4, range(4, 9))
        code_type = _read_integer(parameters, "CodeType", 1, ALPHABETS)
        valid = timedelta(seconds=_read_integer(parameters, "ValidTime", 300, range(1, 86_401)))
        interval = _read_integer(parameters, "Interval", 60, range(1, 86_401))
        policy = _read_integer(parameters, "DuplicatePolicy", 1, range(1, 3))
        made = new_code(length, code_type)
        values, is_made = _read_values(parameters["TemplateParam"], template, made)

        magic = PNVS_MAGIC_NUMBERS.get(number) or MAGIC_NUMBERS.get(number)
        if isinstance(magic, Refusal):
            raise RefusedError(magic)
        limits = self._flow_control if magic is None else None
        if limits is not None and not limits.take_interval(number, interval, now):
            raise RefusedError(PNVS_REFUSALS["biz.FREQUENCY"])

        behaviour = magic if isinstance(magic, Behaviour) else None
        biz_id = new_biz_id()
        messages: tuple[ReceivedMessage, ...] = ()
        if behaviour is None or behaviour.keeps_message:
            if is_made:
                scheme = parameters.get("SchemeName", "")
                self._codes.keep(number, scheme, made, now + valid, replace=policy == 1)
            message = accepted_message(
                number,
                template,
                values,
                parameters,
                biz_id,
                request_id,
                now,
                delivery_error(number),
            )
            messages = (message,)
        returned = parameters.get("ReturnVerifyCode", "").lower() == "true"
        model = {
            **({"VerifyCode": values["code"]} if returned else {}),
            "BizId": biz_id,
            **_out_id(parameters),
            "RequestId": request_id,
        }
        return _accepted(request_id, model)._replace(behaviour=behaviour, messages=messages)


def _read_number(parameters: dict[str, str]) -> str:
    number = parameters["PhoneNumber"]
    if parameters.get("CountryCode", "86") != "86" or not _NUMBER.fullmatch(number):
        raise RefusedError(PNVS_REFUSALS["MOBILE_NUMBER_ILLEGAL"])
    return number


def _read_integer(
    parameters: dict[str, str], name: str, default: int, allowed: "range | dict[int, str]"
) -> int:
    text = parameters.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) not in allowed:
        raise _invalid(name)
    return int(text)


def _read_values(text: str, template: AccountTemplate, made: str) -> tuple[dict[str, str], bool]:
    """Return the values of the variables, and whether the code is `made`, the service's."""
    try:
        whole = msgspec.json.decode(text, type=dict[str, object])
        is_made = whole.get("code") == MADE_BY_SERVICE
        if is_made:
            whole["code"] = made
        values = read_template_param(msgspec.json.encode(whole).decode(), template)
    except (msgspec.DecodeError, UnicodeError, RecursionError, RefusedError):
        raise _invalid("TemplateParam") from None
    if not values["min"].isdecimal():
        raise _invalid("TemplateParam")
    return values, is_made


def _invalid(parameter: str) -> RefusedError:
    refusal = PNVS_REFUSALS["INVALID_PARAMETERS"]
    return RefusedError(refusal._replace(message=f"{refusal.message}: {parameter}"))


def _out_id(parameters: dict[str, str]) -> dict[str, str]:
    return {"OutId": parameters["OutId"]} if parameters.get("OutId") else {}


def _accepted(request_id: str, model: dict[str, Any]) -> Answer:
    body = {
        "Code": "OK",
        "Message": "成功",
        "Success": True,
        "RequestId": request_id,
        "Model": model,
    }
    return Answer(200, body)


def _refusal(error: RefusedError, request_id: str) -> Answer:
    """Return the answer for a refusal of the service. Raises `error` if it is the gateway's."""
    code, message = error.refusal.code, error.refusal.message
    if error.refusal.status != 200:
        raise error
    body = {"Code": code, "Message": message, "Success": False, "RequestId": request_id}
    return Answer(200, body)
