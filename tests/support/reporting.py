"""Delivery reports in the forms of the provider, and what is kept of them."""

from __future__ import annotations

import json
from typing import Any

from sms_connector.config import parse_config
from sms_connector.reports.deliveries import Deliveries
from sms_connector.reports.figures import Figures, hour_of
from sms_connector.store import Stores
from sms_connector.store.names import Names
from sms_connector.store.transaction import Store, Transaction
from tests.support.configs import config

BIZ_ID = "932702304080415357^0"
PHONE = "13812345678"
TOKEN = "a-token-of-reports"
SECRETS = ("a-secret-of-32-characters-or-more",)


def mainland(**changes: object) -> dict[str, object]:
    """Return an item of SmsReport and of DypnsSmsVerifyReport."""
    return {
        "phone_number": PHONE,
        "send_time": "2026-01-01 00:00:00",
        "report_time": "2026-01-01 00:00:03",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": BIZ_ID,
        "out_id": "",
        **changes,
    }


def failed(code: str = "MK:0001", **changes: object) -> dict[str, object]:
    return mainland(success=False, err_code=code, err_msg="空号", **changes)


def overseas(**changes: object) -> dict[str, object]:
    """Return an item of the form for numbers outside the mainland."""
    return {
        "To": "85251234567",
        "Status": "1",
        "MessageId": "MESSAGE-1",
        "TaskId": BIZ_ID,
        "SmsSize": "1",
        "SendDate": "Wed, 31 Dec 2025 16:00:00 GMT",
        "ReceiveDate": "Wed, 31 Dec 2025 16:00:03 GMT",
        "ErrorCode": "",
        "ErrorDescription": "",
        **changes,
    }


class Recording:
    """The delivery states and figures of one instance over a store."""

    def __init__(self, store: Store, secrets: tuple[str, ...] = SECRETS, **changes: Any) -> None:
        self.stores = Stores(store, store, store, Names(secrets))
        self.figures = Figures(self.stores.names, parse_config(json.dumps(config(**changes))))
        self.deliveries = Deliveries(self.stores, self.figures)

    def accept(self, biz_id: str = BIZ_ID, country: str = "CN", usage_type: str = "SignIn") -> None:
        """Write what the outcome of an accepted message writes."""
        now = self.stores.shared.transact(Transaction()).now
        write = self.figures.accepted(country, usage_type, biz_id, now)
        self.stores.shared.transact(Transaction(write=write))

    def count(
        self, country: str, usage_type: str, outcome: str, count: int = 1, hours_ago: int = 0
    ) -> None:
        """Add to a figure."""
        hour = hour_of(self.stores.shared.transact(Transaction()).now) - hours_ago
        figure = self.figures.figure(hour, country, usage_type, outcome, count)
        self.stores.shared.transact(Transaction(add=(figure,)))
