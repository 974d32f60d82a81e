"""The calls that only look: delivery state, signs and templates.

Each follows its page under https://help.aliyun.com/document_detail/419298.html.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from ..shanghai import day_of, show
from .account import Account, AccountSign, AccountTemplate, IntlType, Review
from .answers import Answer, ok
from .inbox import Inbox, ReceivedMessage
from .magic import MAGIC_NUMBERS, FailedDelivery
from .phone_numbers import read_recipient
from .provider_errors import missing, refused

# When everything in the account was made and reviewed.
CREATED = "2024-06-03 10:02:34"
REVIEWED = "2024-06-03 11:20:34"

_NUMBER = re.compile(r"[0-9]{1,9}")

Item = TypeVar("Item")


@dataclass(frozen=True)
class Queries:
    """`delivery_delay` is how long a message is on its way to the phone, in seconds."""

    account: Account
    inbox: Inbox
    delivery_delay: float

    def query_send_details(
        self, parameters: dict[str, str], request_id: str, now: datetime
    ) -> Answer:
        for name in ("PhoneNumber", "SendDate", "PageSize", "CurrentPage"):
            if not parameters.get(name):
                raise missing(name)
        digits = read_recipient(parameters["PhoneNumber"]).digits
        biz_id = parameters.get("BizId")
        sent = [
            message
            for message in self.inbox.messages(digits)
            if message.phone == digits
            and day_of(message.received_at) == parameters["SendDate"]
            and (not biz_id or message.biz_id == biz_id)
        ]
        _, _, page = _page(sent, parameters, "CurrentPage")
        details = [self._detail(message, now) for message in page]
        return ok(
            request_id,
            TotalCount=str(len(sent)),
            SmsSendDetailDTOs={"SmsSendDetailDTO": details},
        )

    def _detail(self, message: ReceivedMessage, now: datetime) -> dict[str, Any]:
        detail = {
            "PhoneNum": message.phone,
            "TemplateCode": message.template_code,
            "Content": message.content,
            "SendDate": show(message.received_at),
            "SendStatus": 1,
        }
        if message.out_id is not msgspec.UNSET:
            detail["OutId"] = message.out_id
        done_at = message.received_at + timedelta(seconds=self.delivery_delay)
        if now < done_at:
            return detail
        outcome = MAGIC_NUMBERS.get(message.phone)
        failed = isinstance(outcome, FailedDelivery)
        return {
            **detail,
            "SendStatus": 2 if failed else 3,
            "ErrCode": outcome.err_code if isinstance(outcome, FailedDelivery) else "DELIVERED",
            "ReceiveDate": show(done_at),
        }

    def get_sms_sign(self, parameters: dict[str, str], request_id: str, _now: datetime) -> Answer:
        if not parameters.get("SignName"):
            raise missing("SignName")
        sign = self.account.sign(parameters["SignName"])
        if sign is None:
            raise refused("isv.SMS_SIGNATURE_ILLEGAL")
        return ok(
            request_id,
            SignName=sign.name,
            SignStatus=sign.review.number,
            SignTag=2,
            SignUsage=sign.scene.value,
            ApplyScene=sign.scene.value,
            ThirdParty=False,
            CreateDate=CREATED,
            OrderId="20044156924",
            AuditInfo=_audit_info(sign),
        )

    def query_sms_sign_list(
        self, parameters: dict[str, str], request_id: str, _now: datetime
    ) -> Answer:
        index, size, page = _page(self.account.signs, parameters, "PageIndex")
        return ok(
            request_id,
            TotalCount=len(self.account.signs),
            CurrentPage=index,
            PageSize=size,
            SmsSignList=[
                {
                    "SignName": sign.name,
                    "AuditStatus": sign.review.audit_status,
                    "BusinessType": sign.scene.value,
                    "CreateDate": CREATED,
                    "OrderId": "20044156924",
                    "Reason": _reason(sign),
                }
                for sign in page
            ],
        )

    def get_sms_template(
        self, parameters: dict[str, str], request_id: str, _now: datetime
    ) -> Answer:
        if not parameters.get("TemplateCode"):
            raise missing("TemplateCode")
        template = self.account.template(parameters["TemplateCode"])
        if template is None:
            raise refused("isv.SMS_TEMPLATE_ILLEGAL")
        fields: dict[str, Any] = {
            "TemplateCode": template.code,
            "TemplateName": template.name,
            "TemplateContent": template.content,
            # These two are numbers in strings: so the official models have them.
            "TemplateStatus": str(template.review.number),
            "TemplateType": str(template.kind.number),
            "TemplateTag": 2,
            "CreateDate": CREATED,
            "OrderId": "20044156925",
            "AuditInfo": _audit_info(template),
        }
        if isinstance(template.intl_type, IntlType):
            fields["IntlType"] = template.intl_type.value
        return ok(request_id, **fields)

    def query_sms_template_list(
        self, parameters: dict[str, str], request_id: str, _now: datetime
    ) -> Answer:
        index, size, page = _page(self.account.templates, parameters, "PageIndex")
        return ok(
            request_id,
            TotalCount=len(self.account.templates),
            CurrentPage=index,
            PageSize=size,
            SmsTemplateList=[
                {
                    "TemplateCode": template.code,
                    "TemplateName": template.name,
                    "TemplateContent": template.content,
                    "AuditStatus": template.review.audit_status,
                    "TemplateType": template.kind.number_in_list,
                    "OuterTemplateType": template.kind.number,
                    "CreateDate": CREATED,
                    "OrderId": "20044156925",
                    "Reason": _reason(template),
                }
                for template in page
            ],
        )


def _page(
    items: "list[Item] | tuple[Item, ...]", parameters: dict[str, str], index_name: str
) -> "tuple[int, int, list[Item]]":
    """Cut out the page that is asked for: 1 and 10 items by default, 50 items at most."""
    index, size = parameters.get(index_name, "1"), parameters.get("PageSize", "10")
    numbers = _NUMBER.fullmatch(index) and _NUMBER.fullmatch(size)
    if not numbers or int(index) < 1 or not 1 <= int(size) <= 50:
        raise refused("isv.INVALID_PARAMETERS")
    start = (int(index) - 1) * int(size)
    return int(index), int(size), list(items[start : start + int(size)])


def _audit_info(item: AccountSign | AccountTemplate) -> dict[str, str]:
    if item.review is Review.PENDING:
        return {}
    return {"AuditDate": REVIEWED, "RejectInfo": item.reject_info}


def _reason(item: AccountSign | AccountTemplate) -> dict[str, str]:
    if item.review is not Review.REJECTED:
        return {"RejectInfo": "无审核备注"}
    return {"RejectInfo": item.reject_info, "RejectDate": REVIEWED, "RejectSubInfo": ""}
