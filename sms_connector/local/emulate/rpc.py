"""The RPC style signature of older clients, Logto's own connector among them.

Follows https://help.aliyun.com/document_detail/315525.html (V2 RPC style): everything is a
parameter, in the query string or in a form, and HMAC-SHA1 is the only method.
"""

import base64
import hmac

from .api_call import ApiCall, canonical_query, percent_encode
from .claim import Claim
from .provider_errors import refused, require

_MANDATORY = (
    "AccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "Timestamp",
)


def read_claim(call: ApiCall) -> Claim:
    """Read the signature's parameters.

    Raises RefusedError if one is missing, or the method or version is not supported.
    """
    parameters = call.parameters
    require(parameters, "Version", "Action", *_MANDATORY)
    if (parameters["SignatureMethod"], parameters["SignatureVersion"]) != ("HMAC-SHA1", "1.0"):
        raise refused("InvalidSignatureMethod")
    signed = tuple(pair for pair in parameters.items() if pair[0] != "Signature")
    string_to_sign = f"{call.method}&%2F&{percent_encode(canonical_query(signed))}"

    def sign(secret: str) -> str:
        digest = hmac.digest(f"{secret}&".encode(), string_to_sign.encode(), "sha1")
        return base64.b64encode(digest).decode()

    return Claim(
        action=parameters["Action"],
        version=parameters["Version"],
        key_id=parameters["AccessKeyId"],
        signature=parameters["Signature"],
        timestamp=parameters["Timestamp"],
        nonce=parameters["SignatureNonce"],
        security_token=parameters.get("SecurityToken"),
        sign=sign,
        calculation=(
            "Specified signature is not matched with our calculation. "
            f"server string to sign is:{string_to_sign}"
        ),
    )
