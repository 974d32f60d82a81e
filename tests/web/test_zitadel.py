import hmac
from contextlib import suppress

import pytest
from pytest_mock import MockerFixture

from sms_connector.web.http import Request
from sms_connector.web.signature import SignatureError
from sms_connector.web.zitadel import signed_identity
from tests.support.zitadel import KEY, OTHER_KEY, body_of, signature

BODY = body_of()


def identity(header: str, body: bytes | None = BODY, keys: tuple[str, ...] = (KEY,)) -> str | None:
    request = Request(body, is_http=True, headers={"zitadel-signature": header})
    with suppress(SignatureError):
        return signed_identity(request, keys)
    return None


@pytest.mark.parametrize("keys", [(KEY,), (OTHER_KEY, KEY), (KEY, OTHER_KEY)])
def test_a_signature_by_any_key_is_valid(keys: tuple[str, ...]) -> None:
    assert identity(signature(BODY), keys=keys)


@pytest.mark.parametrize(
    ("age", "valid"), [(0, True), (270, True), (-270, True), (330, False), (-330, False)]
)
def test_a_signature_is_valid_for_five_minutes_in_both_directions(age: float, valid: bool) -> None:
    assert bool(identity(signature(BODY, age=age))) is valid


def test_the_identity_does_not_depend_on_which_signatures_a_replay_shows() -> None:
    keys = (KEY, OTHER_KEY)
    time, first, second = signature(BODY, *keys).split(",")
    shown = [f"{time},{first},{second}", f"{time},{first}", f"{second}, {time}", f"{time},{second}"]
    identities = {identity(header, keys=keys) for header in shown}
    assert len(identities) == 1
    assert None not in identities
    assert identity(signature(BODY, age=1)) != identity(signature(BODY))


def test_the_identity_of_a_replay_is_the_same_while_keys_rotate() -> None:
    header = signature(BODY, KEY)
    identities = {identity(header, keys=keys) for keys in [(KEY,), (KEY, "new"), ("new", KEY)]}
    assert len(identities) == 1
    assert None not in identities


@pytest.mark.parametrize("change", ["{}", " {} ", "v0=x,{}", "{},v1=zz,v2=00", "v1=,{}", "{},,="])
def test_other_parts_of_the_header_do_not_make_a_signature_invalid(change: str) -> None:
    assert identity(change.format(signature(BODY)))


def test_a_signature_in_capitals_is_valid() -> None:
    time, digest = signature(BODY).split(",")
    assert identity(f"{time},v1={digest.removeprefix('v1=').upper()}")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t",
        "t=,v1=",
        "t={time}",
        "v1={digest}",
        "t={time},v2={digest}",
        "t={time},v1={digest}0",
        "t={time},v1={half}",
        "t={time},t={time},v1={digest}",
        "t=0,v1={digest}",
        "t=-1,v1={digest}",
        "t=nan,v1={digest}",
        "t=1e9,v1={digest}",
        "t=٣,v1={digest}",
        "t=+{time},v1={digest}",
        "t=0{time},v1={digest}",
        "t={time}.0,v1={digest}",
        "t=99999999999999999999,v1={digest}",
        "t={time},v1=é",
        "t={time},v1=\ud800",
        "t={time};v1={digest}",
    ],
)
def test_a_malformed_or_expired_signature_header_is_invalid(header: str) -> None:
    time, digest = signature(BODY).replace("t=", "").replace("v1=", "").split(",")
    assert identity(header.format(time=time, digest=digest, half=digest[:32])) is None


@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY[:-1], None])
def test_the_signature_of_another_body_is_invalid(body: bytes | None) -> None:
    assert identity(signature(BODY), body) is None


def test_without_a_key_nothing_is_signed() -> None:
    assert identity(signature(BODY), keys=()) is None


def test_a_body_that_is_not_utf8_is_verified_byte_by_byte() -> None:
    body = b"\xff\x00\r\n"
    assert identity(signature(body), body)


def test_all_signatures_are_compared_with_all_keys_in_constant_time(mocker: MockerFixture) -> None:
    compared = mocker.spy(hmac, "compare_digest")
    identity(signature(BODY, KEY, OTHER_KEY, "third"), keys=(KEY, OTHER_KEY))
    assert compared.call_count == 6
