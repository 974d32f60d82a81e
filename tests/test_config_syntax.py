"""What people paste into SMS_CONNECTOR_CONFIG, and what the error says of it."""

import json

import pytest

from sms_connector.config import parse_config, read_config
from sms_connector.errors import ConnectorError
from tests.support.configs import KEY_SECRET, config

WHOLE = json.dumps(config(), ensure_ascii=False, indent=2)
LINE = json.dumps(config(), ensure_ascii=False)
KEY = f'"accessKeySecret": "{KEY_SECRET}"'


def place(text: str, mark: str, offset: int = 0) -> str:
    """Return the place of a mark in a text, as the error names it."""
    before = text[: text.index(mark) + offset]
    return f"line {before.count(chr(10)) + 1}, column {len(before.rpartition(chr(10))[2]) + 1}"


CURLY = WHOLE.replace(KEY, f'"accessKeySecret": “{KEY_SECRET}”')
CURLY_END = LINE.replace(KEY, f'"accessKeySecret”: "{KEY_SECRET}"')
COLON = WHOLE.replace(KEY, f'"accessKeySecret"："{KEY_SECRET}"')
SINGLE = LINE.replace('"', "'")
ESCAPED = LINE.replace('"', '\\"')
TRAILING = WHOLE.removesuffix("\n}") + ",\n}"
BROKEN = WHOLE.replace(KEY, f'"accessKeySecret": "{KEY_SECRET}\n"')
COMMENT = WHOLE.replace(KEY, f"// {KEY_SECRET}\n{KEY}")
PYTHON = LINE.replace(KEY, f'{KEY}, "strictPhoneRegionNumberCheck": True')
MISSING = LINE.replace(f"{KEY},", KEY)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"'{LINE}'", "line 1, column 1: there are quotation marks around the whole: leave them"),
        (f'"{LINE}"', "there are quotation marks around the whole: leave them out"),
        (f"“{LINE}”", "line 1, column 1: there are quotation marks around the whole"),
        (f"`{LINE}`", "line 1, column 1: there are quotation marks around the whole"),
        (json.dumps(LINE), "is one inside quotation marks: leave out those around it, and the"),
        (f"SMS_CONNECTOR_CONFIG={LINE}", "line 1, column 1: it begins with a name and `=`"),
        (f"export SMS_CONNECTOR_CONFIG='{LINE}'", "it begins with a name and `=`"),
        ("/code/connector.json", "a path belongs into SMS_CONNECTOR_CONFIG_FILE"),
        (CURLY, f"{place(CURLY, '“')}: there is a curly quotation mark, where JSON needs"),
        (CURLY_END, "there may be a curly quotation mark before it"),
        (COLON, f"{place(COLON, '：')}: there is a full-width character"),
        (SINGLE, "line 1, column 2: there is a single quotation mark"),
        (ESCAPED, "line 1, column 2: there is a backslash that does not belong there"),
        (TRAILING, f"line {WHOLE.count(chr(10)) + 1}, column 1: the comma after the last value is"),
        (LINE[:-3], f"line 1, column {len(LINE) - 2}: it ends there, too early"),
        (LINE[: LINE.index(KEY_SECRET) + 3], "has no closing quotation mark, or the rest is mis"),
        (BROKEN, f"{place(BROKEN, KEY_SECRET, len(KEY_SECRET))}: there is a line break or a tab"),
        (COMMENT, f"{place(COMMENT, '//')}: JSON has no comments"),
        (PYTHON, f"{place(PYTHON, 'True')}: JSON knows no such word"),
        (MISSING, ": a comma is missing there"),
        (f"{LINE}{LINE}", f"line 1, column {len(LINE) + 1}: it goes on after its end"),
        (f"{{signName: {KEY_SECRET}}}", "line 1, column 2: there should be a name in double"),
        ('{"connectTimeout": NaN}', "NaN and Infinity are no numbers of JSON"),
        ('{"signName": "\udcff"}', "line 1, column 15: a character there is not UTF-8"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"signName": ?}', "it is not valid JSON at line 1, column 14."),
        (" \n", "it is empty, and must be a JSON object"),
    ],
)
def test_a_damaged_json_is_answered_with_its_place_and_the_likely_cause(
    text: str, problem: str
) -> None:
    with pytest.raises(ConnectorError) as raised:
        parse_config(text)
    message = raised.value.message
    assert message.startswith("The connector config is invalid: it ")
    assert problem in message
    assert KEY_SECRET not in message
    assert KEY_SECRET[:4] not in message


def test_a_file_s_bytes_are_answered_like_a_text() -> None:
    _, (problem,) = read_config("\ufeff{“a”: 1}".encode())
    assert problem.text.startswith("it is not valid JSON at line 1, column 2: there is a curly")
    _, (problem,) = read_config(b'{"signName": "\xce\xd2"}')  # GBK
    assert problem.text.endswith("line 1, column 15: a character there is not UTF-8")
