"""Whether the carriers know a sign (实名报备): if not, messages are accepted and not delivered.

States and reasons are those of ``SignIspRegisterDetailList`` in the official models (4.6.0), what
to do about them is that of https://help.aliyun.com/document_detail/2873145.html.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ..lookup import CarrierRegistration, ReviewedSign
from . import links
from .finding import Check, Registered

_CARRIERS: Final[Mapping[str, str]] = {
    "mobile": "China Mobile (中国移动)",
    "unicom": "China Unicom (中国联通)",
    "telecom": "China Telecom (中国电信)",
}

_NOT_SUBMITTED, _UNDER_WAY, _FAILED, _UNPROVED, _LAPSED, _REGISTERED = -2, -1, 0, 1, 2, 3

_REASONS: Final[Mapping[str, str]] = {
    "UNBINDING_QUA": "no qualification (资质) is linked to the sign",
    "BINDING_INCOMPLETE_QUA": "the linked qualification (资质) is incomplete",
    "NON_REGISTER": "the registration was not started",
    "QUALIFICATION_ERROR": "something is wrong with the qualification (资质)",
    "SIGNATURE_ERROR": "something is wrong with the sign name",
    "SIGNATURE_QUALIFICATION_ERROR": "the sign name does not belong to the qualification (资质)",
    "ONE_CODE_MULTIPLE_SIGN": "its extension code belongs to another sign",
    "OTHERS_ERROR": "another reason",
    "REGISTER_TIMEOUT": "the carrier did not answer in time",
    "NO_SEND_RECORD": "nothing was sent with the sign for more than 6 months",
    "EXT_CODE_RECYCLE": "its extension code was taken back",
    "SUBPORT_RECYCLE": "the carrier closed the port that it sends by",
}
"""Those that say more than the state."""

_MAY_NOT_ARRIVE: Final = "messages to its numbers may be accepted and not arrive"

# A warning, then what has to be fixed: what is the case, and what to do.
_WARNINGS: Final[Mapping[int | None, tuple[str, str]]] = {
    _UNPROVED: (
        f"has registered the sign, which no message has proved yet: {_MAY_NOT_ARRIVE}",
        "Send a few codes to numbers of this carrier, and see with `send --wait` whether they "
        f"arrive: {links.SIGNS}.",
    ),
    _UNDER_WAY: (
        f"is registering the sign: {_MAY_NOT_ARRIVE}",
        f"Wait: it takes 5 to 10 working days after the review, not promised: {links.SIGNS}.",
    ),
}
_PROBLEMS: Final[Mapping[int | None, tuple[str, str]]] = {
    _FAILED: (
        "has not registered the sign: messages to its numbers do not arrive",
        f"Correct what the console says, and submit the registration again: {links.SIGNS}.",
    ),
    _LAPSED: (
        "no longer has the sign registered: messages to its numbers do not arrive",
        f"Submit the registration again, and send with the sign at least every 6 months: "
        f"{links.SIGNS}.",
    ),
    _NOT_SUBMITTED: (
        "was never asked to register the sign: messages to its numbers do not arrive",
        "Link a complete qualification (资质) to the sign, and submit the registration: "
        f"{links.SIGNS}.",
    ),
}

_UNKNOWN: Final = (
    "The provider does not say whether the carriers have registered the sign.",
    f"Look at its registration (实名报备): {links.SIGNS}.",
)

_UNDOCUMENTED: Final = (
    f"gives a state that is not documented: {_MAY_NOT_ARRIVE}",
    _UNKNOWN[1],
)


def check_registration(path: str, name: str, sign: ReviewedSign) -> Iterator[Check]:
    """Say of each carrier whether it knows a sign that sends to the mainland."""
    if not sign.registrations:
        yield Check(path, True, *_UNKNOWN)
    for registration in sign.registrations:
        yield _check(path, name, registration)


def _check(path: str, name: str, found: CarrierRegistration) -> Check:
    carrier = _CARRIERS.get(found.carrier, found.carrier)
    state = Registered(name, found.carrier, found.status)
    if found.status == _REGISTERED:
        message = f"{carrier} has registered the sign."
        return Check(path, True, message, registration=state)
    problem = _PROBLEMS.get(found.status)
    if problem is not None:
        words, remedy = problem
        message = f"{carrier} {words}{_why(found)}."
        return Check(path, False, message, remedy, registration=state)
    words, remedy = _WARNINGS.get(found.status, _UNDOCUMENTED)
    return Check(path, True, f"{carrier} {words}.", remedy, registration=state)


def _why(found: CarrierRegistration) -> str:
    reasons = [_REASONS[code] for code in found.reasons if code in _REASONS]
    reasons += [code for code in found.reasons if code not in _REASONS]
    return f" ({', '.join((*reasons, *found.details))})" if reasons or found.details else ""
