"""Why a connector JSON is not JSON: the place, and what pastes and editors do to such a text."""

import json
import re
from typing import Final, NoReturn

_CURLY: Final = "“”„‟‘’‚‛«»＂"
_FULL_WIDTH: Final = "：，｛｝［］"

_ASSIGNMENT = re.compile(r"(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=")
_WORD = re.compile(r"(?:True|False|None|NaN|-?Infinity|undefined)\b")
_UNDECODED = re.compile("[\ud800-\udfff]")

_QUOTED = "there are quotation marks around the whole: leave them out"


def syntax_problem(text: str | bytes) -> str:
    """Return the end of a sentence whose subject is a text that is not JSON.

    It has the line and the column, both from 1, and the likely cause. It repeats nothing of the
    text, which holds secrets.
    """
    if isinstance(text, bytes):
        text = text.decode(errors="surrogateescape")
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return "is empty, and must be a JSON object"
    position, cause = _find(text)
    if position is None:
        return f"is not valid JSON: {cause}"
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    where = f"is not valid JSON at line {line}, column {column}"
    return f"{where}: {cause}" if cause else where


def _find(text: str) -> tuple[int | None, str]:
    if undecoded := _UNDECODED.search(text):
        return undecoded.start(), "a character there is not UTF-8"
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return error.pos, _cause(text, error)
    except RecursionError:
        return None, "it is nested too deeply"
    except ValueError:
        pass
    return None, "NaN and Infinity are no numbers of JSON"


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _cause(text: str, error: json.JSONDecodeError) -> str:
    """Return what probably happened at the place of an error; empty if nothing can be said."""
    whole, before = text.strip(), text[: error.pos].rstrip()
    rest = text[error.pos :]
    found, following = rest[:1], rest.lstrip(", \t\r\n")[:1]
    if whole[1:2] == "{" and not whole.startswith(("{", "[")):
        return _QUOTED
    if _ASSIGNMENT.match(whole):
        return "it begins with a name and `=`: only what is after them belongs here"
    if not before:
        return "it does not begin with `{`; a path belongs into SMS_CONNECTOR_CONFIG_FILE"
    if not rest.strip():
        return "it ends there, too early: a part is missing"
    if following in ("}", "]") and (found == "," or before.endswith(",")):
        return "the comma after the last value is one too many"
    if found in _CURLY:
        return 'there is a curly quotation mark, where JSON needs a straight one (")'
    if found in _FULL_WIDTH:
        return "there is a full-width character, where JSON needs the half-width one"
    if found == "'":
        return 'there is a single quotation mark, where JSON needs a double one (")'
    if found == "\\":
        return "there is a backslash that does not belong there: it was escaped once too often"
    if found < " ":
        return "there is a line break or a tab inside a text"
    if found in "/#":
        return "JSON has no comments"
    if any(mark in before for mark in _CURLY):
        return "there may be a curly quotation mark before it, where JSON needs a straight one"
    return _said_by_the_parser(error.msg, rest)


def _said_by_the_parser(said: str, rest: str) -> str:
    if _WORD.match(rest):
        return "JSON knows no such word: it has true, false and null"
    if said.startswith("Unterminated string"):
        return "the text that begins there has no closing quotation mark, or the rest is missing"
    if said.startswith("Extra data"):
        return "it goes on after its end"
    if said.startswith("Expecting property name"):
        return "there should be a name in double quotation marks"
    if said.startswith("Expecting ','"):
        return "a comma is missing there, or a quotation mark too many is before it"
    return ""
