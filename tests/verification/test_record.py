import pytest

from sms_connector.verification.record import Verification, decoded, encoded

PENDING = Verification(
    id="x" * 22,
    usage_type="SignIn",
    country="CN",
    number="{sms}number",
    digits=6,
    expires_at=1_000_000,
    attempts_left=2,
    sends=2,
)


@pytest.mark.parametrize("step", ["approved", "guessed_wrong", "cancelled", "with_message"])
def test_two_writers_never_write_the_same_value(step: str) -> None:
    """Otherwise one that repeats a write could take the other's for its own."""
    assert encoded(getattr(PENDING, step)()) != encoded(getattr(PENDING, step)())


def test_it_expires_at_its_millisecond_by_the_store_s_clock() -> None:
    value = encoded(PENDING)
    assert decoded(value, 999_999_999) == PENDING
    assert decoded(value, 1_000_000_000) is None


def test_sends_left_is_never_negative() -> None:
    three = PENDING.with_message().with_message()
    assert (three.messages, three.sends_left) == (3, 0)


@pytest.mark.parametrize(
    ("step", "is_guess"),
    [
        ("approved", True),
        ("guessed_wrong", True),
        ("cancelled", False),
        ("with_message", False),
    ],
)
def test_a_guess_is_seen_by_whoever_claimed_a_message_before(step: str, is_guess: bool) -> None:
    assert getattr(PENDING, step)().was_guessed_since(PENDING) is is_guess


def test_without_its_only_message_nothing_is_left() -> None:
    assert PENDING.without_message() is None
    left = PENDING.with_message().without_message()
    assert left is not None
    assert left.messages == 1
