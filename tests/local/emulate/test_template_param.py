from __future__ import annotations

import pytest

from sms_connector.local.emulate.account import DEFAULT_ACCOUNT
from sms_connector.local.emulate.provider_errors import RefusedError
from sms_connector.local.emulate.template_param import MAX_LENGTH, read_template_param

VERIFICATION, LETTERS, TEST, OVERSEAS, NOTIFICATION, NO_VARIABLE, TWO_VARIABLES = (
    f"SMS_200000{number}" for number in ("001", "005", "006", "102", "301", "401", "403")
)

LENGTH, OF_A_TEST = "isv.PARAM_LENGTH_LIMIT", "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL"


def read(code: str, text: str) -> dict[str, str]:
    template = DEFAULT_ACCOUNT.template(code)
    assert template is not None
    return read_template_param(text, template)


@pytest.mark.parametrize(
    ("template", "text", "values"),
    [
        (VERIFICATION, '{"code":"1234"}', {"code": "1234"}),
        (VERIFICATION, '{"code":"123456","more":"2"}', {"code": "123456", "more": "2"}),
        (LETTERS, '{"code":"12CDE"}', {"code": "12CDE"}),
        (TEST, '{"code":"1234"}', {"code": "1234"}),
        (OVERSEAS, '{"code":"%s"}' % ("1" * MAX_LENGTH), {"code": "1" * MAX_LENGTH}),
        (OVERSEAS, '{"code":"1"}', {"code": "1"}),
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
        (VERIFICATION, '{"code":"1234","user":{"id":"2"}}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":""}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"12-34"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"１２３"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"1234","locale":"zh-CN"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (OVERSEAS, '{"code":"1234","locale":"zh-CN"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (NOTIFICATION, '{"code":1}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (VERIFICATION, '{"code":"%s"}' % ("1" * (MAX_LENGTH + 1)), "isv.PARAM_LENGTH_LIMIT"),
        (NOTIFICATION, '{"code":"https://a.b"}', "isv.PARAM_NOT_SUPPORT_URL"),
        # One variable of 4 to 6 characters, digits only or letters too: help pages 463237, 2806243.
        (VERIFICATION, '{"code":"123"}', LENGTH),
        (VERIFICATION, '{"code":"1234567"}', LENGTH),
        (LETTERS, '{"code":"abc"}', LENGTH),
        (LETTERS, '{"code":"abcdefg"}', LENGTH),
        (VERIFICATION, '{"code":"12ab"}', "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (TEST, '{"code":"123"}', OF_A_TEST),
        (TEST, '{"code":"1234567"}', OF_A_TEST),
        (TEST, '{"code":"12ab"}', OF_A_TEST),
    ],
)
def test_invalid_values_are_refused(template: str, text: str, code: str) -> None:
    with pytest.raises(RefusedError, match=f"^{code}$"):
        read(template, text)
