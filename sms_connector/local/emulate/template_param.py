"""The values for a template's variables.

Follows `TemplateParam` in https://help.aliyun.com/document_detail/419273.html and the rules of
https://help.aliyun.com/document_detail/463161.html and, for verification templates,
https://help.aliyun.com/document_detail/463237.html.
"""

import re

import msgspec

from .account import AccountTemplate, Variable
from .provider_errors import refused

# The most characters of one value.
MAX_LENGTH = 35

_CODE = re.compile(r"[A-Za-z0-9]+")
_TEST_CODE = re.compile(r"[0-9]{4,6}")
_CODE_LENGTHS = range(4, 7)


def read_template_param(text: str, template: AccountTemplate) -> dict[str, str]:
    """Read the JSON object of values; an empty text means no values.

    Raises RefusedError for values that the template does not accept. Every key is checked, also
    one that the template has no variable for: a locale such as zh-CN beside the code fails the
    call.
    """
    values = _read_object(text) if text else {}
    if not template.variables <= values.keys():
        raise refused("isv.TEMPLATE_MISSING_PARAMETERS")
    strings: dict[str, str] = {}
    for name, value in values.items():
        if not isinstance(value, str):
            raise refused("isv.TEMPLATE_PARAMS_ILLEGAL")
        if len(value) > MAX_LENGTH:
            raise refused("isv.PARAM_LENGTH_LIMIT")
        if template.for_codes and not _CODE.fullmatch(value):
            raise refused("isv.TEMPLATE_PARAMS_ILLEGAL")
        if "://" in value:
            raise refused("isv.PARAM_NOT_SUPPORT_URL")
        if name in template.variables:
            _check_variable(value, template)
        strings[name] = value
    return strings


def _check_variable(value: str, template: AccountTemplate) -> None:
    if template.is_test and not _TEST_CODE.fullmatch(value):
        raise refused("isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL")
    if template.variable is None:
        return
    if len(value) not in _CODE_LENGTHS:
        raise refused("isv.PARAM_LENGTH_LIMIT")
    if template.variable is Variable.DIGITS and not value.isdigit():
        raise refused("isv.TEMPLATE_PARAMS_ILLEGAL")


def _read_object(text: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise refused("isv.INVALID_JSON_PARAM") from None
