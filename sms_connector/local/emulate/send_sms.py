"""SendSms: https://help.aliyun.com/document_detail/419273.html."""

from dataclasses import dataclass
from datetime import datetime

from .accepted_message import accepted_message, new_biz_id
from .account import Account, AccountSign, AccountTemplate, Review, SignTag
from .answers import Answer, ok
from .flow_control import FlowControl
from .magic import MAGIC_NUMBERS, Behaviour, delivery_error
from .phone_numbers import Recipient, read_recipient
from .provider_errors import Refusal, RefusedError, refused, require
from .registration import NOT_REGISTERED
from .template_param import read_template_param

# The most numbers in one call, separated by commas.
MAX_NUMBERS = 1000


@dataclass(frozen=True)
class SendSms:
    """Without `flow_control` the number of messages is not limited.

    With `outside_mainland` the calls come from an address outside mainland China.
    """

    account: Account
    flow_control: FlowControl | None
    outside_mainland: bool = False

    def __call__(self, parameters: dict[str, str], request_id: str, now: datetime) -> Answer:
        """Check in the provider's order, and return the answer with the messages.

        Raises RefusedError for the first check that fails.
        """
        require(parameters, "PhoneNumbers", "SignName", "TemplateCode")
        numbers = _read_numbers(parameters["PhoneNumbers"])
        sign = self._approved_sign(parameters["SignName"])
        template = self._approved_template(parameters["TemplateCode"])
        if template.overseas:
            numbers = _read_numbers(parameters["PhoneNumbers"], overseas=True)
        is_test = sign.tag is SignTag.TEST
        if is_test is not template.is_test:
            raise refused("isv.SMS_TEST_SIGN_TEMPLATE_LIMIT")
        if not sign.suits(template):
            raise refused("isv.SMS_SIGNATURE_SCENE_ILLEGAL")
        for number in numbers:
            _check_region(number, template)
        if self.outside_mainland and not template.overseas:
            raise refused("isv.DENY_IP_RANGE")
        if is_test and any(number.digits not in self.account.bound_numbers for number in numbers):
            raise refused("isv.SMS_TEST_NUMBER_LIMIT")
        values = read_template_param(parameters.get("TemplateParam", ""), template)

        magic = next((MAGIC_NUMBERS[n.digits] for n in numbers if n.digits in MAGIC_NUMBERS), None)
        if isinstance(magic, Refusal):
            raise RefusedError(magic)
        behaviour = magic if isinstance(magic, Behaviour) else None
        if self.flow_control is not None and template.for_codes and magic is None:
            for number in numbers:
                self.flow_control.check(sign.name, number.digits, now)
            for number in numbers:
                self.flow_control.count(sign.name, number.digits, now)

        biz_id = new_biz_id()
        messages = tuple(
            accepted_message(
                number.digits,
                template,
                values,
                parameters,
                biz_id,
                request_id,
                now,
                _delivery_error(number, sign),
            )
            for number in numbers
            if behaviour is None or behaviour.keeps_message
        )
        return ok(request_id, behaviour, BizId=biz_id)._replace(messages=messages)

    def _approved_sign(self, name: str) -> AccountSign:
        sign = self.account.sign(name)
        if sign is None:
            raise refused("isv.SMS_SIGNATURE_ILLEGAL")
        if sign.review is not Review.APPROVED:
            raise refused("isv.SIGN_STATE_ILLEGAL")
        return sign

    def _approved_template(self, code: str) -> AccountTemplate:
        template = self.account.template(code)
        if template is None or template.review is not Review.APPROVED:
            raise refused("isv.SMS_TEMPLATE_ILLEGAL")
        return template


def _read_numbers(text: str, *, overseas: bool = False) -> tuple[Recipient, ...]:
    """Read the numbers, each once."""
    numbers = text.split(",")
    if len(numbers) > MAX_NUMBERS:
        raise refused("isv.MOBILE_COUNT_OVER_LIMIT")
    read = (read_recipient(number.strip(), overseas=overseas) for number in numbers)
    return tuple(dict.fromkeys(read))


def _delivery_error(number: Recipient, sign: AccountSign) -> str:
    if not number.overseas and not sign.registration.delivers_to(number.digits):
        return NOT_REGISTERED
    return delivery_error(number.digits)


def _check_region(number: Recipient, template: AccountTemplate) -> None:
    if template.overseas and not number.overseas:
        raise refused("isv.DOMESTIC_NUMBER_NOT_SUPPORTED")
    if number.overseas and not template.overseas:
        raise refused("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", "境内消息模板不支持发送国际/港澳台号码")
