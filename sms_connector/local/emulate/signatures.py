"""Verify that one of the account's access keys signed a call, now and only once."""

import hmac
import re
from datetime import datetime, timezone

from . import acs3, rpc
from .account import Account, AccountKey
from .api_call import ApiCall
from .claim import Claim
from .nonces import CLOCK_SKEW, Nonces
from .provider_errors import refused

# The service takes a time with milliseconds too, as JavaScript writes it.
_FRACTION = re.compile(r"\.[0-9]{1,9}Z$")


def read_claim(call: ApiCall) -> Claim:
    """Read either kind of signature. Raises RefusedError if it is incomplete or missing."""
    authorization = call.headers.get("authorization")
    if authorization is None:
        return rpc.read_claim(call)
    if authorization.split(" ", 1)[0] != acs3.ALGORITHM:
        raise refused("InvalidSignatureMethod")
    return acs3.read_claim(call)


def verify(claim: Claim, account: Account, nonces: Nonces, now: float) -> None:
    """Check a claim; `now` is in seconds since the epoch. Raises RefusedError if it fails."""
    key = account.access_key(claim.key_id)
    if key is None:
        raise refused("InvalidAccessKeyId.NotFound")
    if not key.active:
        raise refused("InvalidAccessKeyId.Inactive")
    _check_security_token(key, claim.security_token)
    signed_at = _seconds(claim.timestamp)
    if abs(now - signed_at) > CLOCK_SKEW:
        raise refused("InvalidTimeStamp.Expired")
    # As bytes: compare_digest raises TypeError for text that is not ASCII.
    if not hmac.compare_digest(claim.sign(key.secret).encode(), claim.signature.encode()):
        raise refused("SignatureDoesNotMatch", claim.calculation)
    # Last, so that only the owner of the key can use up its nonces.
    if not nonces.use(key.id, claim.nonce, signed_at, now):
        raise refused("SignatureNonceUsed")


def _check_security_token(key: AccountKey, token: str | None) -> None:
    if key.security_token == token:
        return
    if not token:
        raise refused("MissingSecurityToken")
    if token == key.expired_token:
        raise refused("InvalidSecurityToken.Expired")
    raise refused("InvalidSecurityToken.MismatchWithAccessKey")


def _seconds(timestamp: str) -> float:
    whole = _FRACTION.sub("Z", timestamp)
    try:
        moment = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise refused("InvalidTimeStamp.Format") from None
    return moment.replace(tzinfo=timezone.utc).timestamp()
