"""The texts of a page in one language, so that a test finds elements as a person does."""

import json
from pathlib import Path
from typing import Any

from sms_connector.local.console.app import PAGE as CONSOLE
from sms_connector.local.emulate.app import PAGE as INBOX

LANGUAGES = ("en", "zh-CN")


class Words:
    """`words("send")` is the text of the button."""

    def __init__(self, language: str, page: Path = CONSOLE) -> None:
        whole: dict[str, Any] = json.loads((page / "texts" / f"{language}.json").read_text("utf-8"))
        self.language = language
        self._texts: dict[str, str] = whole["texts"]

    def __call__(self, name: str, **values: object) -> str:
        text = self._texts[name]
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", str(value))
        return text


def inbox_words(language: str) -> Words:
    return Words(language, INBOX)
