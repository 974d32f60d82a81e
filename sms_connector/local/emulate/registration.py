"""Registration of signs with the carriers (实名报备), as `SignIspRegisterDetailList` gives it.

States and reasons are those of GetSmsSign in the official models (4.6.0). That an unregistered
sign's messages are accepted and then stopped by the carrier follows
https://help.aliyun.com/document_detail/101346.html; which number is whose is assumed from the
ranges that the carriers were given, without numbers that have moved.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

CARRIERS = ("mobile", "unicom", "telecom")
"""China Mobile, China Unicom and China Telecom, as `OperatorCode` names them."""

NOT_REGISTERED = "PORT_NOT_REGISTERED"
"""The delivery error of a message whose sign the carrier does not know."""

_UNICOM = re.compile(r"1(?:3[0-2]|4[056]|5[56]|6[67]|7[156]|8[56]|96)")
_TELECOM = re.compile(r"1(?:33|49|53|62|7[0347]|8[019]|9[0139])")


class State(Enum):
    """`RegisterStatus`."""

    NOT_SUBMITTED = -2
    UNDER_WAY = -1
    FAILED = 0
    UNPROVED = 1
    LAPSED = 2
    REGISTERED = 3

    @property
    def delivers(self) -> bool:
        return self not in (State.NOT_SUBMITTED, State.FAILED, State.LAPSED)


class _Reason(NamedTuple):
    code: str
    descriptions: tuple[str, ...] = ()


_REASONS: Mapping[State, _Reason] = {
    State.NOT_SUBMITTED: _Reason("UNBINDING_QUA"),
    State.UNDER_WAY: _Reason("REGISTERING"),
    State.FAILED: _Reason("QUALIFICATION_ERROR", ("企业名称与工商登记不一致",)),
    State.UNPROVED: _Reason("DETECTING"),
    State.LAPSED: _Reason("NO_SEND_RECORD"),
    State.REGISTERED: _Reason("DETECT_SUCCESS"),
}


class Registration(NamedTuple):
    """The state of one sign at each carrier."""

    mobile: State = State.REGISTERED
    unicom: State = State.REGISTERED
    telecom: State = State.REGISTERED

    def delivers_to(self, digits: str) -> bool:
        """Return whether the carrier of a mainland number lets the sign's messages through."""
        states: Mapping[str, State] = self._asdict()
        return states[carrier_of(digits)].delivers

    def shown(self, at: str) -> list[dict[str, object]]:
        """Return `SignIspRegisterDetailList`; `at` is when the carriers answered."""
        return [_shown(carrier, state, at) for carrier, state in self._asdict().items()]


def everywhere(state: State) -> Registration:
    return Registration(state, state, state)


def carrier_of(digits: str) -> str:
    """Return the carrier that a mainland number was given to."""
    if _UNICOM.match(digits):
        return "unicom"
    return "telecom" if _TELECOM.match(digits) else "mobile"


def _shown(carrier: str, state: State, at: str) -> dict[str, object]:
    reason = _REASONS[state]
    answered = state not in (State.NOT_SUBMITTED, State.UNDER_WAY)
    return {
        "OperatorCode": carrier,
        "RegisterStatus": state.value,
        "OperatorCompleteTime": at if answered else "",
        "RegisterStatusReasons": [
            {"ReasonCode": reason.code, "ReasonDescList": list(reason.descriptions)}
        ],
    }
