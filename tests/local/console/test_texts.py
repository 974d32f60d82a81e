"""Every text of the pages in both languages, and every sentence of the program in Chinese."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.console import app as console_app
from sms_connector.local.emulate import app as emulator_app
from sms_connector.local.emulate.server import Emulator

from .sentences import sentences

SOURCES = Path(console_app.__file__).parents[2]
PAGES = [console_app.PAGE, emulator_app.PAGE]
TEXT_IN_HTML = re.compile(r'data-text(?:-label)?="([^"]+)"')
QUOTED_IN_SCRIPT = re.compile(r'"([A-Za-z.]+)"')

NAMES = ("Register", "SignIn", "ForgotPassword", "Generic")


def texts(page: Path, language: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((page / "texts" / f"{language}.json").read_text("utf-8"))
    return whole


def in_chinese(sentence: str) -> bool:
    """Match as the page does: `{1}` matches any text."""
    for known in texts(console_app.PAGE, "zh-CN")["said"]:
        pattern = re.sub(r"\\\{\d\\\}", "(.+)", re.escape(known))
        if re.fullmatch(pattern, sentence, re.DOTALL):
            return True
    return False


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_texts_and_placeholders(page: Path) -> None:
    english, chinese = (texts(page, language)["texts"] for language in ("en", "zh-CN"))
    assert list(english) == list(chinese)
    for name, words in english.items():
        assert set(re.findall(r"\{\w+\}", words)) == set(re.findall(r"\{\w+\}", chinese[name]))


@pytest.mark.parametrize("page", PAGES)
def test_every_text_is_used_and_every_used_text_exists(page: Path) -> None:
    known = set(texts(page, "en")["texts"])
    html = (page / "index.html").read_text("utf-8")
    assert set(TEXT_IN_HTML.findall(html)) <= known
    scripts = "".join(path.read_text("utf-8") for path in page.glob("*.js"))
    named = set(TEXT_IN_HTML.findall(html)) | set(QUOTED_IN_SCRIPT.findall(scripts))
    made = {f"{region}Template" for region in ("mainland", "abroad")}
    made |= {f"purpose.{usage_type}" for usage_type in NAMES}
    made |= {f"delivery.{state}" for state in ("waiting", "delivered", "failed", "unknown")}
    assert known - named - made - {"title"} == set()


def test_every_sentence_of_the_program_has_a_chinese_translation(emulator: Emulator) -> None:
    said = set(sentences(emulator))
    assert len(said) > 100
    assert sorted(sentence for sentence in said if not in_chinese(sentence)) == []


def test_every_translated_sentence_is_one_of_the_program() -> None:
    files = [*SOURCES.rglob("*.py"), *SOURCES.rglob("*.js")]
    source = "".join(path.read_text("utf-8") for path in files)
    # Adjacent literals are one sentence.
    source = re.sub(r"""["']\s*\n?\s*f?["']""", "", source).replace("{{", "{").replace("}}", "}")
    source = source.replace('\\"', '"').lower()
    stale = []
    for sentence in texts(console_app.PAGE, "zh-CN")["said"]:
        predicate = re.sub(r"^(`\w+` |It |The sign |No limit )", "", sentence)
        longest = max(re.split(r"\{\d\}|[.:] ", predicate), key=len)
        if longest.strip("`.:( ").lower() not in source:
            stale.append(sentence)
    assert stale == []
