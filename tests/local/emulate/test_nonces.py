from __future__ import annotations

from sms_connector.local.emulate.nonces import CLOCK_SKEW, Nonces


def test_a_nonce_is_kept_until_a_replay_would_be_too_old() -> None:
    nonces = Nonces()
    assert nonces.use("key", "ahead", signed_at=1000 + CLOCK_SKEW, now=1000)
    assert nonces.use("key", "behind", signed_at=1000 - CLOCK_SKEW, now=1000)
    assert nonces.use("another key", "ahead", signed_at=1000, now=1000)
    assert not nonces.use("key", "behind", signed_at=1000 - CLOCK_SKEW, now=1000)
    late = 1000 + 2 * CLOCK_SKEW
    assert not nonces.use("key", "ahead", signed_at=1000 + CLOCK_SKEW, now=late)
    assert len(nonces) == 1
    assert nonces.use("key", "new", signed_at=late + 1, now=late + 1)
    assert len(nonces) == 1
