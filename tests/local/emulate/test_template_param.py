from __future__ import annotations

import pytest

from sms_connector.local.emulate.account import DEFAULT_ACCOUNT
from sms_connector.local.emulate.provider_errors import RefusedError
from sms_connector.local.emulate.template_param import MAX_LENGTH, read_template_param

VERIFICATION, OVERSEAS, NOTIFICATION, NO_VARIABLE, TWO_VARIABLES = (
    f"SMS_200000{number}" for number in ("001", "102", "301", "401", "403")
)


def read(code: str, text: str) -> dict[str, str]:
    template = DEFAULT_ACCOUNT.template(code)
    assert template is not None
    return read_template_param(text, template)


@pytest.mark.parametrize(
    ("template", "text", "values"),
    [
        (VERIFICATION, '{"code":"12ab"}', {"code": "12ab"}),
        (VERIFICATION, '{"code":"1","more":"2"}', {"code": "1", "more": "2"}),
        (VERIFICATION, '{"code":"%s"}' % ("1" * MAX_LENGTH), {"code": "1" * MAX_LENGTH}),
        (NOTIFICATION, '{"code":"3-2 号柜"}', {"code": "3-2 号柜"}),
        (NO_VARIABLE, "", {}),
        (NO_VARIABLE, "{}", {}),
    ],
)
def test_valid_values_are_returned(template: str, text: str, values: dict[str, str]) -> None:
    assert read(template, text) == values


@pytest.mark.parametrize(
    ("template", "text", "code"),
    [
        (VERIFICATION, "code=1", "isv.INVALID_JSON_PARAM"),
        (VERIFICATION, "[" * 100_000, "isv.INVALID_JSON_PARAM"),
        (VERIFICATION, "[]", "isv.INVALID_JSON_PARAM"),
        (VERIFICATION, '"code"', "isv.INVALID_JSON_PARAM"),
        (VERIFICATION, '{"code":"1","\\ud800":"2"}', "isv.INVALID_JSON_PARAM"),
        (VERIFICATION, "", "isv.TEMPLATE_MISSING_PARAMETERS"),
        (VERIFICATION, "{}", "isv.TEMPLATE_MISSING_PARAMETERS"),
        (VERIFICATION, '{"Code":"1"}', "isv.TEMPLATE_MISSING_PARAMETERS"),
        (TWO_VARIABLES, '{"code":"1"}', "isv.TEMPLATE_MISSING_PARAMETERS"),
        (VERIFICATION, '{"code":123456}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":null}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"1","user":{"id":"2"}}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":""}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"12-34"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"１２３"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"1","locale":"zh-CN"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (OVERSEAS, '{"code":"1","locale":"zh-CN"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (NOTIFICATION, '{"code":1}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"%s"}' % ("1" * (MAX_LENGTH + 1)), "isv.PARAM_LENGTH_LIMIT"),
        (NOTIFICATION, '{"code":"https://a.b"}', "isv.PARAM_NOT_SUPPORT_URL"),
    ],
)
def test_invalid_values_are_refused(template: str, text: str, code: str) -> None:
    with pytest.raises(RefusedError, match=f"^{code}$"):
        read(template, text)
