"""A received request as text for the inbox, shortened and without credentials."""

import re
from urllib.parse import quote

from .api_call import ApiCall

LONGEST_VALUE = 1_000
LONGEST = 4_000
"""In characters."""

HIDDEN = "****"

# Headers that hold no credentials. The value of any other is hidden.
_HARMLESS = {
    *("accept", "accept-encoding", "connection", "content-length", "content-type", "host"),
    *("transfer-encoding", "user-agent"),
    *("x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-region-id"),
    *("x-acs-signature-method", "x-acs-signature-nonce", "x-acs-signature-version"),
    "x-acs-version",
}
_CREDENTIAL = re.compile("accesskey|credential|password|secret|^signature$|token", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"(ACS3-HMAC-SHA256 )Credential=[^,]*(,.*Signature=)\S*", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def request_text(call: ApiCall) -> str:
    """Return the request line, the headers, and the decoded parameters, one a line."""
    headers = (f"{name}: {_header(name, value)}" for name, value in call.headers.items())
    parameters = (f"{_line(name)}={_parameter(name, value)}" for name, value in _pairs(call))
    text = "\n".join((f"{call.method} {call.path}", *headers, "", *parameters))
    return shortened(text, LONGEST)


def without_credentials(text: str, call: ApiCall) -> str:
    """Hide the credentials of a call in a text that may quote them, encoded up to two times."""
    for secret in _credentials(call):
        for spelled in (secret, quote(secret, safe="~"), quote(quote(secret, safe="~"), safe="~")):
            text = text.replace(spelled, HIDDEN)
    return shortened(text, LONGEST)


def shortened(text: str, longest: int = LONGEST_VALUE) -> str:
    """Cut off a long text, and append the number of characters that are left out."""
    rest = len(text) - longest
    return text if rest <= 0 else f"{text[:longest]}… (+{rest})"


def _pairs(call: ApiCall) -> tuple[tuple[str, str], ...]:
    return call.query + call.form


def _header(name: str, value: str) -> str:
    if name == "authorization":
        shown = _AUTHORIZATION.fullmatch(value)
        return f"{shown[1]}Credential={HIDDEN}{_line(shown[2])}{HIDDEN}" if shown else HIDDEN
    return _line(value) if name in _HARMLESS else HIDDEN


def _parameter(name: str, value: str) -> str:
    return HIDDEN if _CREDENTIAL.search(name) else _line(value)


def _line(value: str) -> str:
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], shortened(value))


def _credentials(call: ApiCall) -> list[str]:
    found = [value for name, value in _pairs(call) if _CREDENTIAL.search(name)]
    found += [value for name, value in call.headers.items() if _CREDENTIAL.search(name)]
    for part in re.split(r"[\s,]+", call.headers.get("authorization", "")):
        name, _, value = part.partition("=")
        if name in ("Credential", "Signature"):
            found.append(value)
    # The longest first: one may contain another.
    return sorted(filter(None, found), key=len, reverse=True)
