"""The meaning of carriers' codes for messages that were not delivered.

Follows https://help.aliyun.com/document_detail/101347.html.
"""

from typing import Final

LIST: Final = "https://help.aliyun.com/document_detail/101347.html"

_NO_NUMBER: Final = "the number is not in use"

_MEANINGS: Final = {
    "MOBILE_NOT_ON_SERVICE": "the number is not in use, suspended, switched off or out of reach",
    "MOBILE_SEND_LIMIT": "the number has received too many messages today or this month",
    "MOBILE_IN_BLACK": "the number is on a block list of the carrier or of the provider",
    "MOBILE_ACCOUNT_ABNORMAL": "the number's account is in arrears, or it moved to another carrier",
    "MOBILE_TERMINAL_ERROR": "the phone could not store it: its memory or SIM card is full",
    # The provider's own spelling.
    "MOBLLE_TERMINAL_ERROR": "the phone could not store it: its memory or SIM card is full",
    "INVALID_NUMBER": "the number does not exist, or cannot be reached",
    "USER_REJECT": "the owner of the number has unsubscribed from such messages",
    "SP_NOT_BY_INTER_SMS": "the number is not open to international messages",
    "SP_UNKNOWN_ERROR": "the carrier gives no reason",
    "REQUEST_SUCCESS": "the carrier accepted it and reported no result",
    "CONTENT_KEYWORD": "the carrier blocked it for a word in it",
    "CONTENT_ERROR": "it does not say how to unsubscribe: the template is a promotion",
    "SIGNATURE_BLACKLIST": "the sign is on a block list of the carrier",
    "PORT_NOT_REGISTERED": "the sign is not registered with the carrier: check shows it",
    "NO_ROUTE": "the provider has no route for such a message to this number",
    "IS_CLOSE": "the route it was sent by was closed: try again later",
    "PARAMS_ILLEGAL": "the carrier rejected its sign, its content or its number",
    # Codes of single carriers.
    "MK:0000": _NO_NUMBER,
    "MK:0001": _NO_NUMBER,
    "MK:0005": "the number may not receive messages",
    "MK:0012": _NO_NUMBER,
}


def explain(code: str) -> str:
    """Return what a code means; for an unknown one, where to look it up."""
    return _MEANINGS.get(code, f"a code of the carrier: see {LIST}")
