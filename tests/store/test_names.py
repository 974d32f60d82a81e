import re

from hypothesis import given
from hypothesis import strategies as st

from sms_connector.store.names import Names

parts = st.lists(st.text(max_size=5), max_size=4).map(tuple)


def test_a_name_is_one_slot_and_a_hash() -> None:
    (name,) = Names(("secret",)).of("limit", "perNumber", "+8613812345678")
    assert re.fullmatch(r"\{sms\}[0-9a-f]{32}", name)


@given(parts, parts)
def test_different_things_have_different_names(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    names = Names(("secret",))
    assert (names.of("room", *one) == names.of("room", *two)) is (one == two)
    assert names.of("room", *one) != names.of("hall", *one)


def test_another_secret_gives_other_names() -> None:
    assert Names(("one",)).of("room", "x") != Names(("two",)).of("room", "x")


def test_while_secrets_rotate_each_gives_a_name_and_the_first_comes_first() -> None:
    old, new = Names(("old",)).of("room", "x"), Names(("new",)).of("room", "x")
    assert Names(("old", "new")).of("room", "x") == old + new
    assert Names(("new", "old")).of("room", "x") == new + old
