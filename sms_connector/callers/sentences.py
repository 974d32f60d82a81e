"""What the person who waits for a code reads when none can be sent.

What the operator has to do is in the log, and never in these sentences.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from ..errors import ConnectorError
from ..message import FALLBACK_USAGE_TYPE

Locale = Literal["en", "zh-CN"]

Sentence = Mapping[Locale, str]

_WAIT: Final[Sentence] = {
    "en": "Too many messages were requested. Please wait before requesting another.",
    "zh-CN": "验证码发送过于频繁，请稍后再试。",
}
_WAIT_FOR_NUMBER: Final[Sentence] = {
    "en": "Too many messages were sent to this number. Please wait before requesting another.",
    "zh-CN": "该手机号的验证码发送过于频繁，请稍后再试。",
}
_NUMBER: Final[Sentence] = {
    "en": "This phone number cannot receive a code.",
    "zh-CN": "该手机号无法接收验证码。",
}
_NOT_SENT: Final[Sentence] = {
    "en": "The message could not be sent. Please try again later.",
    "zh-CN": "短信发送失败，请稍后再试。",
}
_UNKNOWN: Final[Sentence] = {
    "en": "The message may be on its way. Please wait a minute before requesting another.",
    "zh-CN": "短信可能已发出，请等待一分钟后再试。",
}
_REFERENCE: Final[Sentence] = {"en": " (Reference: {})", "zh-CN": "（参考号：{}）"}


class Audience(msgspec.Struct, frozen=True):
    """For whom a response is: the settings of the people who may read it.

    ``locale`` is their language where the request names none. ``reference`` finds the log line.
    """

    locale: Locale = "en"
    default_usage_type: str = FALLBACK_USAGE_TYPE
    reference: str = ""


def sentence_for(error: ConnectorError, locale: Locale) -> str:
    """Say what the person can do."""
    if error.sent is not False:
        return _UNKNOWN[locale]
    if error.kind == "rate_limited":
        # The rules per address and per prefix count the messages of other people too.
        is_of_the_number = error.limit is not None and error.limit.rule == "perNumber"
        return (_WAIT_FOR_NUMBER if is_of_the_number else _WAIT)[locale]
    # Another field is the caller's mistake, and the person can do nothing about it.
    is_of_the_number = error.field == "phone" or error.provider is not None
    is_refused = error.kind == "invalid_parameter" and is_of_the_number
    return (_NUMBER if is_refused else _NOT_SENT)[locale]


def operator_sentence(error: ConnectorError) -> str:
    """Say what the operator can do, with the provider's code where it has given one."""
    if error.provider is None or not error.provider.code:
        return error.message
    return f"{error.message} ({error.provider.code})"


def with_reference(sentence: str, reference: str, locale: Locale) -> str:
    """Add what the operator needs to find the log line."""
    return sentence + _REFERENCE[locale].format(reference) if reference else sentence


def locale_of(tags: str | None, default: Locale) -> Locale:
    """Choose by the first of some language tags (``zh-CN en``); Chinese or English."""
    first = (tags or "").split()[:1]
    if not first:
        return default
    return "zh-CN" if first[0].lower().startswith("zh") else "en"
