"""Every command of the guides runs as it is written, and prints what the page shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import terminals
from tests.support.markdown import Fence, code_blocks, fences
from tests.support.serving import PROJECT
from tests.support.terminals import Machine, commands

DOCS = PROJECT / "docs"

GUIDES = ("deploy", "limits", "logto", "own-backend", "supabase", "support", "try", "verification")
"""The pages whose commands are run. A test compares their translations with them."""

NOT_RUN = {
    "deploy": [
        "npm install -g @serverless-devs/s",
        "s config add",
        "make template",
        "s init sms --uri build/template",
        "cd sms",
        "export SMS_CONNECTOR_ROLE=acs:ram::ACCOUNT_ID:role/sms-connector",
        'export SMS_CONNECTOR_CONFIG="$(cat connector.json)"',
        'export SMS_CONNECTOR_AUTHORIZATION="Bearer $(openssl rand -hex 32)"',
        'echo "$SMS_CONNECTOR_AUTHORIZATION"',
        "s deploy",
        "curl https://YOUR-ADDRESS/health",
        'curl https://YOUR-ADDRESS/ -H "Authorization: $SMS_CONNECTOR_AUTHORIZATION" \\\n'
        "    -H 'Content-Type: application/json' \\\n"
        '    -d \'{"phone": "YOUR-NUMBER", "usageType": "SignIn", "code": "246810"}\'',
        's version publish --description "what changed"',
        "s alias publish --alias-name live --version-id 1",
    ],
    "supabase": ["npx supabase init", "npx supabase start", "npm install @supabase/supabase-js"],
    "try": [
        ".venv/bin/python -m sms_connector send --phone 13812345678 --usage-type SignIn",
        '.venv/bin/python -m sms_connector invoke --endpoint "$FC_ENDPOINT" --service sms '
        "--function connector --phone 13812345678 --usage-type SignIn",
        ".venv/bin/python -m sms_connector console",
    ],
}
"""Commands that are not run, because they need an account, Docker or the internet."""

NOT_GUIDES = (
    "README",
    "api-gateway",
    "emulator",
    "operations",
    "provider",
    "self-hosting",
    "store",
    "zitadel",
)
"""Pages whose commands are not run from top to bottom."""

PAGES = sorted(page for guide in GUIDES for page in DOCS.glob(f"{guide}.*md"))
TRANSLATED = sorted(DOCS.glob("*.zh-CN.md"))


def guide_of(page: Path) -> str:
    return page.name.partition(".")[0]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_a_guide_prints_what_the_page_shows(guide: str, tmp_path: Path) -> None:
    text = (DOCS / f"{guide}.md").read_text("utf-8")
    with Machine(tmp_path, text) as machine:
        for command in commands(text):
            if not command.needs:
                machine.run(command)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_not_run_are_those_that_are_listed(page: Path) -> None:
    left_out = [
        re.sub(" +# .*", "", command.text)
        for command in commands(page.read_text("utf-8"))
        if command.needs
    ]
    assert left_out == NOT_RUN.get(guide_of(page), [])


def test_each_page_with_commands_is_listed_as_a_guide_or_as_not_a_guide() -> None:
    with_commands = {
        guide_of(page) for page in DOCS.glob("*.md") if any(commands(page.read_text("utf-8")))
    }
    assert with_commands == {*GUIDES, *NOT_GUIDES}


EXAMPLE = """
终端 1（函数）：

```console
$ make serve
EMULATED: messages go to http://127.0.0.1:8025, none is sent for real.
…
Ready.
```

1. Step

   Terminal 2, which needs an account:

   ```console
   $ echo one \\
       two
   one two
   $ cat <<'END'
   $ not a command
   END
   ```
"""


def test_commands_have_their_terminal_their_lines_and_their_output() -> None:
    serve, echo, cat = commands(EXAMPLE)
    assert (serve.terminal, serve.text, serve.needs) == ("1", "make serve", "")
    assert serve.shown.endswith("…\nReady.")
    assert (echo.terminal, echo.needs) == ("2", "needs an account")
    assert (echo.text, echo.shown) == ("echo one \\\n    two", "one two")
    assert (cat.text, cat.shown) == ("cat <<'END'\n$ not a command\nEND", "")


@pytest.mark.parametrize(
    ("fence", "problem"),
    [
        ("$ false", "exit code 1"),
        ("$ echo one\ntwo", "other lines"),
        ("$ echo one; echo two\none", "other lines"),
        ("$ export A=one\n$ echo $A\n…\ntwo", "other lines"),
        ("$ make serve", "does not show"),
        ("$ make serve --no-such-option\nReady.", "the server ended"),
    ],
)
def test_a_page_that_shows_what_does_not_happen_fails(
    fence: str, problem: str, tmp_path: Path
) -> None:
    *earlier, last = commands(f"```console\n{fence}\n```")
    with Machine(tmp_path, fence) as machine:
        for command in earlier:
            machine.run(command)
        with pytest.raises(AssertionError, match=problem):
            machine.run(last)


def test_a_command_that_does_not_end_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminals, "SECONDS", 0.2)
    (command,) = commands("```console\n$ sleep 600\n```")
    with (
        Machine(tmp_path, "") as machine,
        pytest.raises(AssertionError, match="does not end"),
    ):
        machine.run(command)


COMMENT = re.compile(r"(?:(?<=\s)|^)(?:#|//|\"\"\"|/\*\*) .*$|\"\"\".*\"\"\"$", re.M)
TRANSLATED_TOO = ("json", "mermaid", "text")
"""Languages of code whose words a translation may change."""


def code_of(page: Path) -> list[tuple[str, str]]:
    """Return the language of each fence, and its code without comments."""
    return [
        (fence.language, without_comments(fence))
        for fence in fences(page.read_text("utf-8"))
        if fence.language not in TRANSLATED_TOO
    ]


def without_comments(fence: Fence) -> str:
    code = fence.code
    if fence.language == "console":
        code = "\n".join(
            f"{command.text}\n{command.shown}" for command in commands(f"```console\n{code}```")
        )
    lines = (line.strip() for line in COMMENT.sub("", code).splitlines())
    return "\n".join(line for line in lines if line)


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_a_translated_page_has_the_code_of_the_english_one(page: Path) -> None:
    name = f"{guide_of(page)}.md"
    original = next(place / name for place in (DOCS, PROJECT) if (place / name).exists())
    assert code_of(page) == code_of(original)


# From `internal/conf/configuration.go` of supabase/auth (v2.19x), and from what `supabase init` of
# version 3.1.0 writes.
AUTH_VARIABLES = {
    "GOTRUE_EXTERNAL_PHONE_ENABLED": "true",
    "GOTRUE_SMS_AUTOCONFIRM": "false",
    "GOTRUE_SMS_MAX_FREQUENCY": "60s",
    "GOTRUE_SMS_OTP_EXP": "600",
    "GOTRUE_HOOK_SEND_SMS_ENABLED": "true",
    "GOTRUE_HOOK_SEND_SMS_URI": "https://example.cn-hangzhou.fcapp.run/supabase",
    "GOTRUE_HOOK_SEND_SMS_SECRETS": "v1,whsec_…",
}
CLI_KEYS = {
    "sms": {"enabled", "enable_confirmations", "max_frequency", "twilio"},
    "hook": {"send_sms"},
}
CLI_SECRET = re.compile(r"v1,whsec_[A-Za-z0-9+/=]{32,88}")
SUPABASE_PAGES = sorted(DOCS.glob("supabase.*md"))


def only(page: Path, language: str) -> str:
    (code,) = code_blocks(page.read_text("utf-8"), language)
    return code


@pytest.mark.parametrize("page", SUPABASE_PAGES, ids=lambda page: page.name)
def test_the_compose_file_for_supabase_has_the_names_of_supabase_auth(page: Path) -> None:
    auth: Any = yaml.safe_load(only(page, "yaml"))["services"]["auth"]
    assert auth == {
        "environment": AUTH_VARIABLES,
        "extra_hosts": ["host.docker.internal:host-gateway"],
    }


@pytest.mark.parametrize("page", SUPABASE_PAGES, ids=lambda page: page.name)
def test_the_config_toml_for_supabase_has_the_keys_of_its_command_line_tool(page: Path) -> None:
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    auth = tomllib.loads(only(page, "toml"))["auth"]
    assert {table: set(keys) for table, keys in auth.items()} == CLI_KEYS
    assert set(auth["hook"]["send_sms"]) == {"enabled", "uri", "secrets"}
    secret = auth["hook"]["send_sms"]["secrets"]
    assert CLI_SECRET.fullmatch(secret)
    assert f'SMS_CONNECTOR_WEBHOOK_SECRETS="{secret}"' in page.read_text("utf-8")
    twilio = auth["sms"]["twilio"]
    # It refuses an enabled provider that lacks one of them.
    assert twilio.pop("enabled") is True
    assert set(twilio) == {"account_sid", "message_service_sid", "auth_token"}
