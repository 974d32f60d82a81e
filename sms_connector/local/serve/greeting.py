"""What `serve` prints first: where messages go, and requests that work."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ...errors import ConnectorError
from ...settings import AUTHORIZATION, WEBHOOK_SECRETS, Settings
from ...store.address import MEMORY
from ...web.auth import Auth
from ..check.store import check_store
from ..endpoint import is_emulator

_BODY: Final = '{"phone": "13812345678", "usageType": "SignIn"}'
_CHECK: Final = '{"phone": "13812345678", "usageType": "SignIn", "code": "000000"}'

# Standard library only, so that any Python runs it. It follows https://www.standardwebhooks.com.
_SIGNED_REQUEST: Final = """\
python3 - <<'END'
import base64, hashlib, hmac, os, time, urllib.request
secret = os.environ["{secrets}"].split("|")[0].strip().removeprefix("v1,whsec_")
body, now = b'{body}', int(time.time())
signed = f"msg_{{now}}.{{now}}.".encode() + body
signature = hmac.digest(base64.b64decode(secret + "=="), signed, hashlib.sha256)
headers = {{
    "webhook-id": f"msg_{{now}}",
    "webhook-timestamp": str(now),
    "webhook-signature": "v1," + base64.b64encode(signature).decode(),
}}
request = urllib.request.Request("{url}", body, headers)
print(urllib.request.urlopen(request).read().decode())
END"""


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
    if generated:
        yield Line(f"Authorization for this run: {generated}")
    request, variable = working_request(settings, url, generated)
    if variable:
        yield Line(f"The next command reads {variable}: export it in that terminal too.")
    if request:
        yield Line(f"Try: {request}")
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


def working_request(settings: Settings, url: str, generated: str = "") -> tuple[str, str]:
    """Return shell commands for one request, and the variable that they read from the shell.

    Both are empty if no credential is set, or only that of ZITADEL.
    """
    authorization = _authorization(settings, generated)
    if authorization is not None:
        variable = AUTHORIZATION if settings.authorizations and not generated else ""
        return _curl(url + settings.base_path, _BODY, authorization), variable
    if not settings.webhook_secrets or Auth(settings).is_closed:
        return "", ""
    signed = _SIGNED_REQUEST.format(
        secrets=WEBHOOK_SECRETS, body=_BODY, url=url + settings.base_path
    )
    return signed, WEBHOOK_SECRETS


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
    secrets = (settings.authorizations, settings.webhook_secrets, settings.zitadel_keys)
    return any(secrets) or settings.anonymous
