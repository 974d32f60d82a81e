"""`lookupNumber` during a secret rotation, when a number can have a record under each secret."""

from __future__ import annotations

import json

import pytest

from sms_connector.config import parse_config
from sms_connector.operations.lookup import what_is_known
from sms_connector.phone import parse_phone
from sms_connector.store import Stores
from sms_connector.store.memory import Memory
from sms_connector.store.names import Names
from tests.support.configs import config
from tests.support.verifying import PHONE, Phones, sms_to, verifications

OLD, NEW = "the-old-secret-of-32-characters-", "the-new-secret-of-32-characters-"


@pytest.mark.parametrize("secrets", [(OLD, NEW), (NEW, OLD)])
def test_a_lookup_shows_the_pending_verification_whichever_secret_names_it(
    secrets: tuple[str, str],
) -> None:
    store, phones = Memory(), Phones()
    # Instances that have one of the two secrets only do not see the records of the others.
    before, after = (verifications(store, secrets=(one,)) for one in (OLD, NEW))
    approved = after.start(sms_to(), phones).verification
    after.check(approved.id, phones.code)
    pending = before.start(sms_to(), phones).verification
    both = Stores(store, store, store, Names(secrets))
    found = what_is_known(parse_config(json.dumps(config())), both, None, parse_phone(PHONE))
    shown = found["verifications"]
    assert isinstance(shown, list)
    assert [one["status"] for one in shown] == ["pending"]
    assert shown[0]["attemptsLeft"] == pending.attempts_left
