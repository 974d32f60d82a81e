"""Queries to the provider, which send nothing: any action of the client, answered in one form."""

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
from alibabacloud_dysmsapi20170525.client import Client as DysmsClient

from ..config import ConnectorConfig
from ..errors import ProviderError
from ..privacy import Mask
from ..settings import Proxies
from .call import DIRECT
from .client import AccessKey, Times, build_client, tracked_call
from .sdk_call import NoAnswer, call_sdk

_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_CODE: Final = re.compile(r"[A-Za-z_]+([._:-][A-Za-z_]+)*")


class Refused(msgspec.Struct, frozen=True):
    """The provider refused the query. ``provider`` is masked, so that it can be shown."""

    http_status: int
    provider: ProviderError


class Query:
    """Queries with one access key, by the same wire and in the same time as a message."""

    def __init__(self, config: ConnectorConfig, key: AccessKey, proxies: Proxies = DIRECT) -> None:
        self._config = config
        self._key = key
        self._proxies = proxies
        self._client: DysmsClient | None = None

    def __call__(self, call: Callable[[], Any], *personal: str) -> Any | Refused | NoAnswer:
        """Return the body of the answer to ``call``, which calls the SDK once. Raises nothing.

        ``personal`` is hidden in a refusal.
        """
        tracked = tracked_call(self._config, Times.from_now(self._config), self._proxies)
        answer = call_sdk(tracked, call)
        if isinstance(answer, NoAnswer):
            return answer
        if answer.code == "OK":
            return answer.body
        mask = self.mask(*personal)
        # A mask would hide the part of a code that happens to equal a short secret.
        code = answer.code if _CODE.fullmatch(answer.code) else mask.name(answer.code)
        shown = ProviderError(code, mask(answer.message), mask.name(answer.request_id))
        return Refused(answer.http_status, shown)

    def mask(self, *personal: str) -> Mask:
        """Return what hides the access key, and what is personal."""
        return Mask((self._key.id, self._key.secret, self._key.security_token, *personal))

    def sms_client(self) -> DysmsClient:
        """Return the client of the messages' service."""
        self._client = self._client or build_client(self._config, self._key)
        return self._client


def number(value: object) -> int | None:
    """Read a number, some of which the provider writes as strings."""
    return int(str(value)) if _NUMBER.fullmatch(str(value)) else None
