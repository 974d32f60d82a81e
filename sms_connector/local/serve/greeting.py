"""What `serve` prints first: where messages go, and requests that work."""

import json
import os
import secrets
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Final, NamedTuple

from standardwebhooks.webhooks import Webhook

from ...config import parse_config
from ...errors import ConnectorError
from ...settings import AUTHORIZATION, Settings
from ...store.address import MEMORY
from ...web.auth import Auth
from ..check.store import check_store
from ..endpoint import is_emulator
from ..example import example_config

_BODY: Final = '{"phone": "13812345678", "usageType": "SignIn"}'
_CHECK: Final = '{"phone": "13812345678", "usageType": "SignIn", "code": "000000"}'


class Line(NamedTuple):
    """A line for the terminal, with a style of rich."""

    text: str
    style: str = ""


def lines(
    settings: Settings, url: str, envelope: str, emulator_url: str, generated: str
) -> Iterator[Line]:
    """Yield every line. A `generated` Authorization value is shown, one that was set is not."""
    yield destination(settings, emulator_url)
    yield Line(f"Serving {url} ({envelope})")
    yield from problems(settings)
    if not emulator_url:
        return
    yield Line(f"Messages: {emulator_url} in a browser, or GET {emulator_url}/inbox")
    yield Line(templates(emulator_url))
    yield from problems_of_own_config(settings)
    if generated:
        yield Line(f"Authorization for this run: {generated}")
    request, variable = working_request(settings, url, generated)
    if variable:
        yield Line(f"The next command reads {variable}: export it in that terminal too.")
    if request:
        yield Line(f"Try: {request}")
    if signed := signed_request(settings, url):
        yield Line(f"Signed by a webhook secret, valid for five minutes: {signed}")
    for name, command in verification(settings, url, generated):
        yield Line(f"{name}: {command}")


def destination(settings: Settings, emulator_url: str = "") -> Line:
    """Return the first line: where messages go, and whether they are real."""
    if emulator_url:
        return Line(f"EMULATED: messages go to {emulator_url}, none is sent for real.", "green")
    try:
        config = settings.read_config()
    except ConnectorError as error:
        return Line(f"No message can be sent. {error.message}", "bold yellow")
    if is_emulator(config):
        return Line(f"EMULATED: messages go to {config.host} on this machine.", "green")
    provider = config.host or "Alibaba Cloud"
    return Line(f"REAL: {provider} sends every message, and bills it.", "bold red")


def problems(settings: Settings) -> Iterator[Line]:
    """Yield a line for each setting for which calls are refused."""
    auth = Auth(settings)
    if auth.is_closed:
        yield Line(f"Every HTTP call will be refused. {auth.problem}", "bold yellow")
    elif auth.problem:
        yield Line(auth.problem, "yellow")
    if settings.problems:
        yield Line(f"Every message will be refused. {' '.join(settings.problems)}", "bold yellow")


def shared_state(settings: Settings, instances: int | None) -> Iterator[Line]:
    """Yield a line about the store, and about instances without one. None is one in web mode."""
    for check in check_store(settings):
        style = "" if check.ok and not check.remedy else "bold yellow"
        yield Line(check.message, style)
    if instances is not None and settings.store in ("", MEMORY):
        problem = (
            f"Up to {instances} instances, with one request each, do not know of each other: "
            "give them a --store, or take --web."
        )
        yield Line(problem, "yellow")


def templates(emulator_url: str) -> str:
    """Say whose templates the messages of a run with an emulator have."""
    config = parse_config(json.dumps(example_config(emulator_url)))
    codes = ", ".join(config.template_codes)
    return (
        f"Sign and templates: the emulator's ({codes}). "
        "Those of your connector JSON are not tried: `check` asks Alibaba Cloud about them."
    )


def problems_of_own_config(settings: Settings) -> Iterator[Line]:
    """Yield a line about a connector JSON that would not work without the emulator."""
    if not settings.config_text and not os.path.exists(settings.config_path):
        return
    try:
        settings.read_config()
    except ConnectorError as error:
        yield Line(f"Without the emulator, no message could be sent. {error.message}", "yellow")


def working_request(settings: Settings, url: str, generated: str = "") -> tuple[str, str]:
    """Return a shell command for one request, and the variable that it reads from the shell.

    Both are empty if no Authorization value is set and one is needed.
    """
    authorization = _authorization(settings, generated)
    if authorization is None:
        return "", ""
    variable = AUTHORIZATION if settings.authorizations and not generated else ""
    return _curl(url + settings.base_path, _BODY, authorization), variable


def signed_request(settings: Settings, url: str) -> str:
    """Return a shell command for one request that is signed now by the first webhook secret.

    It holds the signature, and not the secret. Empty if no secret is set, or an invalid one.
    """
    if not settings.webhook_secrets or Auth(settings).problem:
        return ""
    identity, now = f"msg_{secrets.token_hex(8)}", datetime.now(timezone.utc)
    webhook = Webhook(settings.webhook_secrets[0].removeprefix("v1,"))
    headers = {
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(identity, now, _BODY),
    }
    shown = "".join(f' -H "{name}: {value}"' for name, value in headers.items())
    return f"curl{shown} -d '{_BODY}' {url}{settings.base_path}"


def verification(settings: Settings, url: str, generated: str = "") -> Iterator[tuple[str, str]]:
    """Yield the commands that start a verification and check a code, each with its name.

    There are none where a webhook's signature is the only credential, which opens no check, and
    where nothing keeps verifications.
    """
    authorization = _authorization(settings, generated)
    if authorization is None or not settings.store:
        return
    url += f"{settings.base_path}/verifications"
    yield "Verify", _curl(url, _BODY, authorization)
    yield "Check, with the code in the message", _curl(f"{url}/check", _CHECK, authorization)


def _authorization(settings: Settings, generated: str) -> str | None:
    """Return an Authorization value as a shell reads it, empty if none is needed.

    None: no such value opens the function.
    """
    if generated:
        return generated
    if settings.authorizations:
        several = len(settings.authorizations) > 1
        return f"${{{AUTHORIZATION}%%,*}}" if several else f"${AUTHORIZATION}"
    return "" if settings.anonymous else None


def _curl(url: str, body: str, authorization: str) -> str:
    header = f' -H "Authorization: {authorization}"' if authorization else ""
    return f"curl{header} -d '{body}' {url}"


def has_credential(settings: Settings) -> bool:
    """Return whether any credential is set, valid or not."""
    credentials = (settings.authorizations, settings.webhook_secrets, settings.zitadel_keys)
    return any(credentials) or settings.anonymous
