"""Phone numbers that make the emulator refuse, fail or misbehave in a certain way.

This table is the only place that defines them; docs/emulator.md documents it. A call to such a
number has to pass every other check first. Flow control does not count it, so that its outcome
is always the same.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from .provider_errors import REFUSALS, Refusal


class Behaviour(Enum):
    """A fault of the answer on its way to the client."""

    SLOW = "answers after 1 s"
    HUNG = "never answers"
    RESET_BEFORE = "resets the connection before the message is accepted"
    RESET_AFTER = "resets the connection after the message was accepted"
    CUT_OFF = "closes in the middle of the answer"
    HTML_502 = "HTTP 502 with an HTML page"
    HTML_200 = "HTTP 200 with an HTML page"
    EMPTY = "HTTP 200 with an empty body"
    LIST = "HTTP 200 with the JSON []"
    NO_CODE = "HTTP 200 with JSON that has no Code"
    REDIRECT_302 = "redirects with 302; following it sends a second message"
    REDIRECT_307 = "redirects with 307; following it sends a second message"

    @property
    def keeps_message(self) -> bool:
        """Return whether the message is accepted, whatever the client gets to see."""
        return self not in (Behaviour.RESET_BEFORE, Behaviour.HTML_502, Behaviour.HTML_200)


class FailedDelivery(NamedTuple):
    """SendSms accepts the message; QuerySendDetails later reports this error of the carrier."""

    err_code: str
    meaning: str


class Reporting(Enum):
    """How the delivery report of an accepted message is pushed; the message itself arrives."""

    LATE = "ten times as late"
    TWICE = "twice"
    OUT_OF_ORDER = "delivered first, then an earlier failure"
    NEVER = "never"


Outcome = Refusal | Behaviour | FailedDelivery | Reporting

MAGIC_NUMBERS: Mapping[str, Outcome] = {
    # Frequency, caps and balance.
    "19900000101": REFUSALS["isv.BUSINESS_LIMIT_CONTROL"],
    "19900000102": REFUSALS["isv.DAY_LIMIT_CONTROL"],
    "19900000103": REFUSALS["isv.MONTH_LIMIT_CONTROL"],
    "19900000104": REFUSALS["isv.SMS_TEST_SIGN_TEMPLATE_LIMIT"],
    "19900000105": REFUSALS["isv.AMOUNT_NOT_ENOUGH"],
    "19900000106": REFUSALS["isv.OUT_OF_SERVICE"],
    # The number and the parameters.
    "19900000201": REFUSALS["isv.MOBILE_NUMBER_ILLEGAL"],
    "19900000202": REFUSALS["isv.DOMESTIC_NUMBER_NOT_SUPPORTED"],
    "19900000203": REFUSALS["isv.MOBILE_COUNT_OVER_LIMIT"],
    "19900000204": REFUSALS["isv.INVALID_PARAMETERS"],
    "19900000205": REFUSALS["isv.PARAM_LENGTH_LIMIT"],
    "19900000206": REFUSALS["isv.PARAM_NOT_SUPPORT_URL"],
    "19900000207": REFUSALS["isv.INVALID_JSON_PARAM"],
    "19900000208": REFUSALS["isv.BLACK_KEY_CONTROL_LIMIT"],
    "19900000209": REFUSALS["isv.CUSTOMER_REFUSED"],
    "19900000210": REFUSALS["isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL"],
    # Sign and template.
    "19900000301": REFUSALS["isv.TEMPLATE_MISSING_PARAMETERS"],
    "19900000302": REFUSALS["isv.TEMPLATE_PARAMS_ILLEGAL"],
    "19900000303": REFUSALS["isv.SMS_TEMPLATE_ILLEGAL"],
    "19900000304": REFUSALS["isv.SMS_SIGNATURE_ILLEGAL"],
    "19900000305": REFUSALS["isv.SMS_SIGNATURE_SCENE_ILLEGAL"],
    "19900000306": REFUSALS["isv.SIGN_STATE_ILLEGAL"],
    "19900000307": REFUSALS["isv.SIGN_NAME_ILLEGAL"],
    "19900000308": REFUSALS["isv.SMS_SIGN_ILLEGAL"],
    "19900000309": REFUSALS["isv.SMS_CONTENT_ILLEGAL"],
    "19900000310": REFUSALS["isv.EXTEND_CODE_ERROR"],
    "19900000311": REFUSALS["isv.ONE_CODE_MULTIPLE_SIGN"],
    "19900000312": REFUSALS["isv.CODE_EXCEED_LIMIT"],
    "19900000313": REFUSALS["isv.CODE_ERROR"],
    "19900000314": REFUSALS["isv.SIGNATURE_BLACKLIST"],
    "19900000315": REFUSALS["isv.SMS_SIGN_EMOJI_ILLEGAL"],
    "19900000316": REFUSALS["isv.UNSUPPORTED_CONTENT"],
    "19900000317": REFUSALS["isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE"],
    "19900000318": REFUSALS["template_parameter_count_illegal"],
    "19900000319": REFUSALS["isv.SMS_TEST_NUMBER_LIMIT"],
    # The account.
    "19900000401": REFUSALS["isp.RAM_PERMISSION_DENY"],
    "19900000402": REFUSALS["isv.ACCOUNT_NOT_EXISTS"],
    "19900000403": REFUSALS["isv.ACCOUNT_ABNORMAL"],
    "19900000404": REFUSALS["isv.PRODUCT_UN_SUBSCRIPT"],
    "19900000405": REFUSALS["isv.PRODUCT_UNSUBSCRIBE"],
    "19900000406": REFUSALS["isv.DENY_IP_RANGE"],
    "19900000407": REFUSALS["isv.SECURITY_FROZEN_ACCOUNT"],
    # Errors inside the service, and a code that is not documented.
    "19900000501": REFUSALS["isp.SYSTEM_ERROR"],
    "19900000502": REFUSALS["isp.GATEWAY_ERROR"],
    "19900000503": REFUSALS["isv.UNHEARD_OF"],
    # The gateway: the caller.
    "19900001001": REFUSALS["InvalidAccessKeyId.NotFound"],
    "19900001002": REFUSALS["InvalidAccessKeyId.Inactive"],
    "19900001003": REFUSALS["SignatureDoesNotMatch"],
    "19900001004": REFUSALS["InvalidTimeStamp.Expired"],
    "19900001005": REFUSALS["SignatureNonceUsed"],
    "19900001006": REFUSALS["InvalidSecurityToken.Expired"],
    "19900001007": REFUSALS["InvalidSecurityToken.MismatchWithAccessKey"],
    "19900001008": REFUSALS["Forbidden.RAM"],
    "19900001009": REFUSALS["NoPermission"],
    "19900001010": REFUSALS["MissingSecurityToken"],
    # The gateway: an endpoint of another service.
    "19900001011": REFUSALS["InvalidVersion"],
    "19900001012": REFUSALS["InvalidAction.NotFound"],
    # The gateway: rate, errors inside it, and a code that is not documented.
    "19900001101": REFUSALS["Throttling"],
    "19900001102": REFUSALS["Throttling.Api"],
    "19900001103": REFUSALS["Throttling.User"],
    "19900001104": REFUSALS["TooManyRequests"],
    "19900001105": REFUSALS["InternalError"],
    "19900001106": REFUSALS["ServiceUnavailable"],
    "19900001107": REFUSALS["GatewayTimeout"],
    "19900001108": REFUSALS["InvalidParameter.Unheard"],
    # Slow, silent or broken connections.
    "19900002001": Behaviour.SLOW,
    "19900002002": Behaviour.HUNG,
    "19900002003": Behaviour.RESET_BEFORE,
    "19900002004": Behaviour.RESET_AFTER,
    "19900002005": Behaviour.CUT_OFF,
    # Answers that do not come from the provider, or are malformed.
    "19900002101": Behaviour.HTML_502,
    "19900002102": Behaviour.HTML_200,
    "19900002103": Behaviour.EMPTY,
    "19900002104": Behaviour.LIST,
    "19900002105": Behaviour.NO_CODE,
    "19900002201": Behaviour.REDIRECT_302,
    "19900002202": Behaviour.REDIRECT_307,
    # Accepted, then not delivered.
    "19900003001": FailedDelivery("MOBILE_NOT_ON_SERVICE", "停机、空号、暂停服务"),
    "19900003002": FailedDelivery("MOBILE_SEND_LIMIT", "单个号码日、月发送上限"),
    "19900003003": FailedDelivery("MOBILE_IN_BLACK", "号码在黑名单中"),
    "19900003004": FailedDelivery("MK:0001", "空号"),
    # Accepted and delivered, but for the report.
    "19900004001": Reporting.LATE,
    "19900004002": Reporting.TWICE,
    "19900004003": Reporting.OUT_OF_ORDER,
    "19900004004": Reporting.NEVER,
}


def delivery_error(number: str) -> str:
    """Return the carrier's error code for messages to this number, or "" if they arrive."""
    outcome = MAGIC_NUMBERS.get(number)
    return outcome.err_code if isinstance(outcome, FailedDelivery) else ""


def number_for(outcome: str | Behaviour | Reporting) -> str:
    """Return the number for a provider code, an error code of delivery, or what is done to it.

    Raises KeyError if no number has this outcome.
    """
    for number, listed in MAGIC_NUMBERS.items():
        match listed:
            case Refusal(code=name) | FailedDelivery(err_code=name) if name == outcome:
                return number
            case Behaviour() | Reporting() if listed is outcome:
                return number
    raise KeyError(outcome)
