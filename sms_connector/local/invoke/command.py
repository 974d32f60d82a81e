"""`invoke`: one message sent by a deployed function, called by name or by URL."""

import json
import os
import re
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from ..exit_codes import UNKNOWN, exit_code

if TYPE_CHECKING:
    from .by_fc2 import ByFc2
    from .by_url import ByUrl

_SERVER = re.compile(r"https?://[^\s/?#@]+/?")
_URL = re.compile(r"https?://[^\s/?#@]+([/?]\S*)?")
_HEADER_VALUE = re.compile(r"[!-~]([ -~]*[!-~])?")
_TIMEOUT = 60


@click.command()
@click.option("--phone", required=True, help="With its country code, or 11 digits (mainland).")
@click.option("--usage-type", required=True, help="SignIn, Register, ForgotPassword, Generic, …")
@click.option("--code", help="4 to 10 letters and digits. Made by the function if left out.")
@click.option(
    "--endpoint", metavar="URL", help="FC 2.0: https://<account>.<region>.fc.aliyuncs.com"
)
@click.option("--service", metavar="NAME", help="FC 2.0: the service; a qualifier after a dot.")
@click.option("--function", metavar="NAME", help="FC 2.0: the function.")
@click.option("--http", is_flag=True, help="FC 2.0: call its signed HTTP trigger.")
@click.option("--url", metavar="URL", help="Instead: the URL of the function.")
@click.option(
    "--timeout",
    type=click.IntRange(1, 600),
    default=_TIMEOUT,
    show_default=True,
    help="Seconds to wait for the response.",
)
def invoke(
    phone: str,
    usage_type: str,
    code: str | None,
    endpoint: str | None,
    service: str | None,
    function: str | None,
    http: bool,
    url: str | None,
    timeout: int,
) -> None:
    """Send one message by a deployed function.

    Prints the function's response. Does not ask first.

    Keys for --endpoint: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and
    ALIBABA_CLOUD_SECURITY_TOKEN. The Authorization header for --url:
    SMS_CONNECTOR_AUTHORIZATION (of several values, the first).

    The exit code is 0 if the message was accepted, 1 if it was not sent, 3 if the outcome is
    unknown.
    """
    from ...privacy import Mask
    from ..terminal import printable
    from .outcome import read_outcome

    if url is not None:
        if endpoint or service or function or http:
            raise click.UsageError("Give either --url, or --endpoint, --service and --function.")
        target = _by_url(url)
    elif endpoint and service and function:
        target = _by_name(endpoint, service, function, http)
    else:
        raise click.UsageError("Give --url, or all of --endpoint, --service and --function.")
    request = {"phone": phone, "usageType": usage_type} | ({} if code is None else {"code": code})
    try:
        reply = target.invoke(json.dumps(request).encode(), timeout)
    except KeyboardInterrupt:
        click.echo("Stopped. The message may have gone out: check before sending again.", err=True)
        sys.exit(UNKNOWN)
    outcome = read_outcome(reply, Mask((*target.secrets, phone, code)))
    if outcome.response:
        click.echo(printable(outcome.response))
    click.echo(printable(outcome.summary, keep=""), err=True)
    sys.exit(exit_code(outcome.sent))


def _by_url(url: str) -> "ByUrl | ByFc2":
    from ...settings import AUTHORIZATION
    from .by_url import ByUrl

    if not _URL.fullmatch(url):
        raise click.UsageError("--url must be an http:// or https:// URL.")
    # Several are set while they are rotated: the function accepts each.
    values = [value.strip() for value in os.environ.get(AUTHORIZATION, "").split(",")]
    authorization = next(filter(None, values), "")
    if authorization and not _HEADER_VALUE.fullmatch(authorization):
        raise click.ClickException(f"{AUTHORIZATION} may hold printable ASCII characters only.")
    return ByUrl(url, authorization)


def _by_name(endpoint: str, service: str, function: str, http: bool) -> "ByUrl | ByFc2":
    from ...provider.environment_key import KEY_ID, KEY_SECRET, role_key
    from .by_fc2 import ByFc2

    if find_spec("fc2") is None:
        raise click.ClickException("--endpoint needs one more package: pip install aliyun-fc2")
    # A host alone is called by HTTPS.
    endpoint = endpoint if "://" in endpoint else f"https://{endpoint}"
    if not _SERVER.fullmatch(endpoint):
        raise click.UsageError("--endpoint must be a host, or http:// or https:// and a host.")
    key = role_key(os.environ)
    if key is None:
        raise click.ClickException(
            f"Set {KEY_ID} and {KEY_SECRET} to a key that may call fc:InvokeFunction. "
            "Nothing was sent."
        )
    return ByFc2(endpoint, service, function, key, http)
