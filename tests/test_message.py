import pytest
from pytest_mock import MockerFixture

from sms_connector.errors import ConnectorError
from sms_connector.message import Message, random_code


@pytest.mark.parametrize("code", ["1234", "123456", "1234567890", "abCD12"])
def test_a_code_is_four_to_ten_letters_and_digits(code: str) -> None:
    assert Message("13812345678", "SignIn", code).code == code


@pytest.mark.parametrize(
    "code", ["", "123", "12345678901", "12 34", "12-34", "１２３４", "1234\n", "12\x0034", "é234"]
)
def test_any_other_code_is_refused_and_not_repeated(code: str) -> None:
    with pytest.raises(ConnectorError) as refusal:
        Message("13812345678", "SignIn", code)
    assert refusal.value.code == "invalid_request_parameters"
    assert refusal.value.message == "`code` must be 4 to 10 letters and digits."


@pytest.mark.parametrize("usage_type", ["SignIn", "MfaVerification", "my_own", "A"])
def test_a_usage_type_is_a_name(usage_type: str) -> None:
    assert Message("13812345678", usage_type, "246810").usage_type == usage_type


@pytest.mark.parametrize("usage_type", ["", " ", "Sign In", "9", "SignIn\n", "x" * 65, "登录"])
def test_any_other_usage_type_is_refused(usage_type: str) -> None:
    with pytest.raises(ConnectorError, match="`usageType`"):
        Message("13812345678", usage_type, "246810")


def test_a_made_code_keeps_its_leading_zeros(mocker: MockerFixture) -> None:
    mocker.patch("secrets.randbelow", return_value=7)
    assert random_code() == "000007"


def test_made_codes_differ() -> None:
    assert len({random_code() for _ in range(50)}) > 40
