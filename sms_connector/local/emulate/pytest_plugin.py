"""The pytest fixture `aliyun_sms`: an emulator for the tests of any project.

pytest loads it wherever this package is installed, so it imports the emulator only for tests that
use the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .account import AccountKey
    from .inbox import ReceivedMessage
    from .magic import Behaviour, Reporting
    from .server import Emulator


class AliyunSms:
    """An emulator of Alibaba Cloud SMS, whose inbox is empty when a test begins."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    @property
    def endpoint(self) -> str:
        """Its address: ``http://127.0.0.1:PORT``."""
        return self._emulator.url

    @property
    def access_key(self) -> AccountKey:
        """The ordinary access key: its ``id`` and ``secret``."""
        return self._emulator.account.access_keys[0]

    @property
    def config(self) -> dict[str, Any]:
        """A connector JSON for this emulator, as a new dict."""
        from ..example import example_config

        return example_config(self.endpoint)

    @property
    def messages(self) -> tuple[ReceivedMessage, ...]:
        """The messages that phones received in this test, newest first."""
        return self._emulator.inbox.messages()

    def messages_to(self, phone: str) -> tuple[ReceivedMessage, ...]:
        """Return the messages to numbers that contain these digits, newest first."""
        return self._emulator.inbox.messages(phone)

    def number_for(self, outcome: str | Behaviour | Reporting) -> str:
        """Return the magic number for a provider's code, such as ``isv.BUSINESS_LIMIT_CONTROL``.

        ``outcome`` may also be the carrier's error code of a delivery, or a member of ``Behaviour``
        or ``Reporting`` in ``sms_connector.local.emulate.magic``. Raises KeyError for any other.
        """
        from .magic import number_for

        return number_for(outcome)

    def clear(self) -> None:
        """Empty the inbox, and reset flow control."""
        self._emulator.clear()


@pytest.fixture(scope="session")
def _aliyun_sms_emulator() -> Iterator[Emulator]:
    from .server import Emulator

    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def aliyun_sms(_aliyun_sms_emulator: Emulator) -> AliyunSms:
    """An emulator of Alibaba Cloud SMS on a free port, with an empty inbox."""
    _aliyun_sms_emulator.clear()
    return AliyunSms(_aliyun_sms_emulator)
