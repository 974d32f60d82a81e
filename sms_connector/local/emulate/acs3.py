"""ACS3-HMAC-SHA256, the signature of the current SDKs.

Follows https://help.aliyun.com/document_detail/315526.html (V3 request body and signature).
"""

import hashlib
import hmac
import re

from .api_call import ApiCall, canonical_query
from .claim import Claim
from .provider_errors import missing, refused

ALGORITHM = "ACS3-HMAC-SHA256"

_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)"
)

# A signature must cover each of these headers.
_MANDATORY = {
    "host": "Host",
    "x-acs-action": "Action",
    "x-acs-version": "Version",
    "x-acs-date": "Timestamp",
    "x-acs-signature-nonce": "SignatureNonce",
    "x-acs-content-sha256": "ContentSha256",
}


def read_claim(call: ApiCall) -> Claim:
    """Read the `Authorization` header and what it covers.

    Raises RefusedError if the header is malformed, if a mandatory header is missing, or if a
    mandatory or `x-acs-*` header is not covered by the signature.
    """
    authorization = _AUTHORIZATION.fullmatch(call.headers["authorization"])
    if not authorization:
        raise refused("IncompleteSignature")
    key_id, signed_headers, signature = authorization.groups()
    for header, parameter in _MANDATORY.items():
        if not call.headers.get(header):
            raise missing(parameter)
    covered = signed_headers.split(";")
    to_cover = {name for name in call.headers if name.startswith("x-acs-")} | {"host"}
    if not to_cover <= set(covered) or not set(covered) <= set(call.headers):
        raise refused("IncompleteSignature")

    body_hash = hashlib.sha256(call.body).hexdigest()
    if call.headers["x-acs-content-sha256"] != body_hash:
        raise refused(
            "SignatureDoesNotMatch", "Specified x-acs-content-sha256 does not match the body."
        )
    canonical_request = "\n".join(
        (
            call.method,
            call.path,
            canonical_query(call.query),
            *(f"{name}:{call.headers[name].strip()}" for name in sorted(covered)),
            "",
            signed_headers,
            body_hash,
        )
    )
    string_to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical_request.encode()).hexdigest()}"
    return Claim(
        action=call.headers["x-acs-action"],
        version=call.headers["x-acs-version"],
        key_id=key_id,
        signature=signature,
        timestamp=call.headers["x-acs-date"],
        nonce=call.headers["x-acs-signature-nonce"],
        security_token=call.headers.get("x-acs-security-token"),
        sign=lambda secret: hmac.digest(secret.encode(), string_to_sign.encode(), "sha256").hex(),
        calculation=(
            "Specified signature does not match our calculation. "
            f"server StringToSign is [{string_to_sign}] "
            f"server CanonicalRequest is [{canonical_request}]"
        ),
    )
