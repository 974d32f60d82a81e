"""Codes that are made here, for requests that have none."""

from ..idempotency.key import IdempotencyKey
from ..message import CODE_DIGITS, random_code
from ..store.names import Names, digits_of


def generated_codes(names: Names, key: IdempotencyKey | None) -> tuple[str, ...]:
    """Return codes for a request that has none; the first is the one to send.

    Without a key, that is one random code. With a key, it is one code derived from each secret, so
    that none has to be stored: during secret rotation, a repeated request may find the first one's
    claim under an older secret, and then needs that secret's code.
    """
    if key is None:
        return (random_code(),)
    digests = names.digests("code", key.credential, key.key, key.body)
    return tuple(digits_of(digest, CODE_DIGITS) for digest in digests)
