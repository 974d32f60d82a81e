"""The actions that only read: delivery state, signs and templates.

Each follows its page under https://help.aliyun.com/document_detail/419298.html.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from ..shanghai import day_of, show
from .account import SIGNS, Account, AccountSign, AccountTemplate, IntlType, Review
from .answers import Answer, ok
from .delivery import delivery_of
from .inbox import Inbox, ReceivedMessage
from .phone_numbers import read_recipient
from .provider_errors import refused, require
from .registration import Registration

# When everything in the account was created and reviewed.
CREATED = "2024-06-03 10:02:34"
REVIEWED = "2024-06-03 11:20:34"

QUALIFICATION_ID = 20043930001

_PAPERS_OF_A_SIGN = {
    "AppIcpRecordId": 0,
    "AuthorizationLetterId": 0,
    "TrademarkId": 0,
}

_NUMBER = re.compile(r"[0-9]{1,9}")

Item = TypeVar("Item")


@dataclass(frozen=True)
class Queries:
    """`delivery_delay` is the time from accepting a message to its delivery, in seconds."""

    account: Account
    inbox: Inbox
    delivery_delay: float

    def query_send_details(
        self, parameters: dict[str, str], request_id: str, now: datetime
    ) -> Answer:
        require(parameters, "PhoneNumber", "SendDate", "PageSize", "CurrentPage")
        digits = read_recipient(parameters["PhoneNumber"]).digits
        biz_id = parameters.get("BizId")
        sent = [
            message
            for message in self.inbox.messages(digits)
            if message.phone == digits
            and day_of(message.received_at) == parameters["SendDate"]
            and (not biz_id or message.biz_id == biz_id)
        ]
        details = [
            self._detail(message, now) for message in _page(parameters, "CurrentPage").of(sent)
        ]
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
        delivery = delivery_of(message, now, self.delivery_delay)
        if delivery.state == "pending":
            return detail
        return {
            **detail,
            "SendStatus": 2 if delivery.state == "failed" else 3,
            "ErrCode": delivery.code or "DELIVERED",
            "ReceiveDate": show(delivery.at),
        }

    def get_sms_sign(self, parameters: dict[str, str], request_id: str, _now: datetime) -> Answer:
        require(parameters, "SignName")
        sign = self.account.sign(parameters["SignName"])
        if sign is None:
            raise refused("isv.SMS_SIGNATURE_ILLEGAL")
        return ok(
            request_id,
            SignName=sign.name,
            SignStatus=sign.review.number,
            SignTag=sign.tag.value,
            SignUsage=sign.scene.value,
            SignIspRegisterDetailList=sign.registration.shown(REVIEWED),
            SignCode="SIGN_100000077042023_1717466554000_ZM2Kv",
            RegisterResult=1 if sign.registration == Registration() else -1,
            ApplyScene=sign.scene.value,
            ThirdParty=False,
            CreateDate=CREATED,
            OrderId="20044156924",
            Remark="登录场景",
            AuditInfo=_audit_info(sign),
            FileUrlList=[],
            **_PAPERS_OF_A_SIGN,
            QualificationId=QUALIFICATION_ID,
            AuthorizationLetterAuditPass=True,
        )

    def query_sms_sign_list(
        self, parameters: dict[str, str], request_id: str, _now: datetime
    ) -> Answer:
        return _list(request_id, "SmsSignList", self.account.signs, parameters, _listed_sign)

    def get_sms_template(
        self, parameters: dict[str, str], request_id: str, _now: datetime
    ) -> Answer:
        require(parameters, "TemplateCode")
        template = self.account.template(parameters["TemplateCode"])
        if template is None:
            raise refused("isv.SMS_TEMPLATE_ILLEGAL")
        fields: dict[str, Any] = {
            "TemplateCode": template.code,
            "TemplateName": template.name,
            "TemplateContent": template.content,
            # These two are numbers in strings, as in the official models.
            "TemplateStatus": str(template.review.number),
            "TemplateType": str(template.kind.number),
            "TemplateTag": 4 if template.is_test else 2,
            "VariableAttribute": _variable_attribute(template),
            "ApplyScene": "登录",
            "Remark": "登录场景",
            "RelatedSignName": self.account.signs[0].name,
            "SignList": {"SignList": [self.account.signs[0].name]},
            "FileUrlList": {"FileUrl": []},
            "MoreDataFileUrlList": {"MoreDataFileUrl": []},
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
        return _list(
            request_id, "SmsTemplateList", self.account.templates, parameters, _listed_template
        )


class _Page(NamedTuple):
    number: int
    size: int

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        start = (self.number - 1) * self.size
        return items[start : start + self.size]


def _page(parameters: dict[str, str], number_name: str) -> _Page:
    """Return the requested page: by default the first, of 10 items; 50 items at most."""
    number, size = parameters.get(number_name, "1"), parameters.get("PageSize", "10")
    are_numbers = _NUMBER.fullmatch(number) and _NUMBER.fullmatch(size)
    if not are_numbers or int(number) < 1 or not 1 <= int(size) <= 50:
        raise refused("isv.INVALID_PARAMETERS")
    return _Page(int(number), int(size))


def _list(
    request_id: str,
    name: str,
    items: Sequence[Item],
    parameters: dict[str, str],
    show: Callable[[Item], dict[str, Any]],
) -> Answer:
    page = _page(parameters, "PageIndex")
    listed = {name: [show(item) for item in page.of(items)]}
    return ok(
        request_id,
        TotalCount=len(items),
        CurrentPage=page.number,
        PageSize=page.size,
        **listed,
    )


def _listed_sign(sign: AccountSign) -> dict[str, Any]:
    return {
        "SignName": sign.name,
        "AuditStatus": sign.review.audit_status,
        "BusinessType": sign.scene.value,
        "CreateDate": CREATED,
        "OrderId": "20044156924",
        "Reason": _reason(sign),
        **_PAPERS_OF_A_SIGN,
        # The provider's own spelling.
        "authorizationLetterAuditPass": True,
    }


def _listed_template(template: AccountTemplate) -> dict[str, Any]:
    return {
        "TemplateCode": template.code,
        "TemplateName": template.name,
        "TemplateContent": template.content,
        "AuditStatus": template.review.audit_status,
        "TemplateType": template.kind.number_in_list,
        "OuterTemplateType": template.kind.number,
        "CreateDate": CREATED,
        "OrderId": "20044156925",
        "Reason": _reason(template),
        "SignatureName": SIGNS[0].name,
        "TrafficDriving": "",
    }


def _variable_attribute(template: AccountTemplate) -> str:
    """Return `VariableAttribute`: JSON of each variable's type, empty for what has no rule."""
    if template.variable is None:
        return ""
    names = sorted(template.variables)
    return msgspec.json.encode(dict.fromkeys(names, template.variable.value)).decode()


def _audit_info(item: AccountSign | AccountTemplate) -> dict[str, str]:
    if item.review is Review.PENDING:
        return {}
    return {"AuditDate": REVIEWED, "RejectInfo": item.reject_info}


def _reason(item: AccountSign | AccountTemplate) -> dict[str, str]:
    if item.review is not Review.REJECTED:
        return {"RejectInfo": "无审核备注"}
    return {"RejectInfo": item.reject_info, "RejectDate": REVIEWED, "RejectSubInfo": ""}
