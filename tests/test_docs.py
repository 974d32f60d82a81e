"""Every example in the pages runs, and every answer they quote is one that was given."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests

from sms_connector.errors import bug
from tests.support.markdown import fences
from tests.support.serving import PROJECT, ServeProcess
from tests.support.zitadel import KEY

PAGES = (
    *("api-gateway", "casdoor", "fusionauth", "keycloak", "logto", "own-backend", "supabase"),
    *("verification", "zitadel"),
)
PAGES_WITH_TRANSLATIONS = sorted(
    file.name.removesuffix(".md")
    for page in PAGES
    for file in (PROJECT / "docs").glob(f"{page}.*md")
)
AUTHORIZATION = "a-key-for-tests"
WEBHOOK_SECRET = "v1,whsec_c3VwYWJhc2Utc2VjcmV0LWZvci10ZXN0cy1vbmx5"

# How a block is run, by its language. `make test-node` asks for those that `make test` cannot
# count on; of what is asked for, all runs that this machine has a program for.
RUN: dict[str, tuple[str, str]] = {
    "python": (sys.executable, "example.py"),
    "sh": ("curl", "example.sh"),
    "js": ("node", "example.mjs"),
    "go": ("go", "example.go"),
}
ASKED_FOR = os.environ.get("EXAMPLES", "python sh").split()


def language_of(page: str) -> str:
    return "zh-CN" if page.endswith(".zh-CN") else "en"


def text_of(page: str) -> str:
    return (PROJECT / "docs" / f"{page}.md").read_text("utf-8")


def blocks() -> Iterator[Any]:
    for page in PAGES_WITH_TRANSLATIONS:
        for _, language, code in fences(text_of(page)):
            if language in ASKED_FOR and shutil.which(RUN[language][0]):
                yield pytest.param(page, language, code, id=f"{page} {language}")


@pytest.fixture(scope="module")
def servers() -> Iterator[Mapping[str, ServeProcess]]:
    """One per language: the examples of a translated page use the same numbers and codes."""
    with serving("en") as english, serving("zh-CN") as chinese:
        yield {"en": english, "zh-CN": chinese}


def serving(locale: str) -> ServeProcess:
    return ServeProcess(
        "--emulator",
        "--emulator-port=0",
        "--web",
        SMS_CONNECTOR_AUTHORIZATION=AUTHORIZATION,
        SMS_CONNECTOR_WEBHOOK_SECRETS=WEBHOOK_SECRET,
        SMS_CONNECTOR_ZITADEL_KEYS=KEY,
        SMS_CONNECTOR_LOCALE=locale,
    )


@pytest.mark.parametrize(("page", "language", "code"), list(blocks()))
def test_every_example_sends_a_message(
    servers: Mapping[str, ServeProcess], tmp_path: Path, page: str, language: str, code: str
) -> None:
    running = servers[language_of(page)]
    program, name = RUN[language]
    start = {"sh": ["bash"], "go": [program, "run"]}.get(language, [program])
    inbox = running.find(r"GET (\S+/inbox)")
    before = len(requests.get(inbox, timeout=5).json())
    (tmp_path / name).write_text(code, "utf-8")
    with subprocess.Popen(  # noqa: S603
        [*start, name],
        cwd=tmp_path,
        env={
            **os.environ,
            "SMS_URL": running.url,
            "SMS_AUTHORIZATION": AUTHORIZATION,
            "SMS_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SMS_ZITADEL_KEY": KEY,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        while len(messages := requests.get(inbox, timeout=5).json()) == before:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        # A person reads the code and types it, if the example asks for it.
        code_sent = messages[0]["templateParam"]["code"] if messages else ""
        out, _ = process.communicate(f"{code_sent}\n", timeout=120)
    assert process.returncode == 0, out
    assert len(requests.get(inbox, timeout=5).json()) == before + 1
    assert ("approved" in code) == out.endswith("approved\n"), out


# Requests that lead to the answers which the pages quote.
ASKED: tuple[object, ...] = (
    b"phone=138",
    b"x" * 65537,
    b"x" * 1_600_000,
    {"phone": "13812345678"},
    *({"phone": phone, "usageType": "SignIn", "code": "246810"} for phone in (
        "19900000101", "19900000105", "19900000201", "19900000501", "19900000503",
        "19900001001", "19900002002", "19900002105",
    )),
    *({"to": phone, "type": kind, "payload": {"code": code}} for phone in (
        "12345", "85251234567", "8619900000101", "8619900001001", "8619900002002",
    ) for kind, code in (("SignIn", "246810"), ("Generic", "000000"))),
    *({"user": {"phone": phone}, "sms": {"otp": "561166"}} for phone in (
        "+8619900000101", "+8619900000201", "+8619900001001", "+8619900002002",
    )),
)  # fmt: skip


@pytest.fixture(scope="module")
def given(servers: Mapping[str, ServeProcess]) -> Callable[[str], list[Any]]:
    """Return the responses to all of these in a language, without the provider's request ids."""
    return cache(lambda language: responses_of(servers[language]))


def responses_of(running: ServeProcess) -> list[Any]:
    headers = {"Authorization": AUTHORIZATION}
    answers = [
        requests.post(
            running.url,
            data=body if isinstance(body, bytes) else json.dumps(body),
            headers=headers,
            timeout=20,
        )
        for body in ASKED
    ]
    for phone in ("13800000031", "13800000032"):
        body = {"phone": phone, "usageType": "SignIn", "code": "246810"}
        reused = {**headers, "Idempotency-Key": "a"}
        answers.append(requests.post(running.url, json=body, headers=reused, timeout=20))
    two = "246810 or 135790"
    for path, field in (("keycloak", "text"), ("fusionauth", "textMessage")):
        body = {"to": "+8613812345678", "phoneNumber": "+8613812345678", field: two}
        asked = requests.post(f"{running.url}/{path}", json=body, headers=headers, timeout=5)
        answers.append(asked)
    answers.append(requests.post(f"{running.url}/send", headers=headers, timeout=5))
    answers.append(requests.post(f"{running.url}/supabase", timeout=5))
    answers.append(requests.post(running.url, timeout=5))
    answers.append(requests.get(running.url, timeout=5))
    return [
        hide_ids(answer.json()) if answer.text.startswith("{") else answer.text
        for answer in answers
    ]


def hide_ids(answer: Any) -> Any:
    return json.loads(re.sub(r'("requestId": )"[^"]+"', r'\1"…"', json.dumps(answer)))


@pytest.mark.parametrize("page", PAGES_WITH_TRANSLATIONS)
def test_every_json_response_that_a_page_quotes_was_given(
    given: Callable[[str], list[Any]], page: str
) -> None:
    quoted = re.findall(r'`+ ?(\{"error".*?\}\}) ?`', text_of(page))
    assert quoted or page.startswith(("logto", "verification"))
    for answer in quoted:
        assert hide_ids(json.loads(answer)) in given(language_of(page)), answer


def test_the_message_of_an_unexpected_error_is_the_one_that_the_page_quotes() -> None:
    assert bug(sent=False).message in text_of("own-backend")


@pytest.fixture(scope="module")
def limited() -> list[str]:
    """Return what Logto gets for the messages after the first to a number, in both languages."""
    with ServeProcess(
        *("--emulator", "--emulator-port=0", "--flow-control"), SMS_CONNECTOR_ANONYMOUS="true"
    ) as running:
        return [
            requests.post(
                f"{running.url}/logto",
                json={
                    "to": "8613812345678",
                    "type": kind,
                    "payload": {"code": code, "locale": locale},
                },
                timeout=20,
            ).text
            for kind, code, locale in (
                ("SignIn", "246810", "en"),
                ("ForgotPassword", "135790", "en"),
                ("ForgotPassword", "135790", "zh-CN"),
                ("Generic", "000000", "en"),
            )
        ]


@pytest.mark.parametrize("page", ["logto", "logto.zh-CN"])
def test_every_sentence_that_the_page_for_logto_quotes_was_given(
    given: Callable[[str], list[Any]], limited: list[str], page: str
) -> None:
    texts = [text for text in given(language_of(page)) if isinstance(text, str)] + limited
    given_texts = [re.split(r" \(Reference|（参考号", text)[0] for text in texts]
    rows = re.findall(r"^\| ([A-Z`].*?[.)]|\S+。)(?: ``)? \|", text_of(page), re.M)
    assert len(rows) == 10
    for row in rows:
        sentence = row.removeprefix("`` ")
        is_of_the_credential = sentence.startswith("The credential")
        assert sentence in given_texts or is_of_the_credential, sentence
