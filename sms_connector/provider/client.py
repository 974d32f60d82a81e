"""The official clients: built from the connector config, called once for each message."""

import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
from alibabacloud_dysmsapi20170525.client import Client as DysmsClient
from alibabacloud_dysmsapi20170525.models import SendSmsRequest, SendSmsResponse
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

from ..config import ConnectorConfig
from ..message import Sms
from ..settings import Proxies
from ..templates import is_pnvs
from ..tls import tls_context
from .call import DIRECT, TrackedCall
from .do_action import install
from .sdk_call import NoAnswer, ProviderAnswer, call_sdk

CENTRAL_ENDPOINT: Final = "dysmsapi.aliyuncs.com"

PAUSE_SECONDS: Final = 0.1
"""Wait before the one retry of a connection that could not be made."""


class AccessKey(msgspec.Struct, frozen=True):
    """An access key pair; with a security token it is a role's, and changes over time."""

    id: str
    secret: str
    security_token: str | None = None

    def __repr__(self) -> str:
        return "AccessKey()"


def signing_key(config: ConnectorConfig, role: AccessKey | None) -> AccessKey | None:
    """Return the key pair of the config, else the key of the role, else None."""
    if config.access_key_id and config.access_key_secret:
        return AccessKey(config.access_key_id, config.access_key_secret)
    return role


class _Credential:
    """An access key in the form in which the SDK asks for one, once a message.

    The SDK's own comes with a dozen other sources of keys, all of which would be imported.
    """

    type = "access_key"
    provider_name = None

    def __init__(self, key: AccessKey) -> None:
        self.access_key_id = key.id
        self.access_key_secret = key.secret
        self.security_token = key.security_token

    def get_credential(self) -> "_Credential":
        return self


def build_client(config: ConnectorConfig, key: AccessKey) -> DysmsClient:
    """Build the official client of the SMS service."""
    # With a region and no endpoint, the SDK looks the endpoint up in its own table.
    endpoint = config.host or (None if config.region_id else CENTRAL_ENDPOINT)
    return DysmsClient(sdk_config(config, key, endpoint))


def sdk_config(config: ConnectorConfig, key: AccessKey, endpoint: str | None) -> Config:
    """Return what an official client is built from. It will send by the wire of this package."""
    install()
    return Config(
        credential=_Credential(key),
        protocol=config.protocol,
        endpoint=endpoint,
        region_id=config.region_id,
    )


LEAST_READ_SECONDS: Final = 1.0
"""The least time to wait for an answer that the provider's documentation recommends."""

Call = Callable[[Sms], Any]
"""Calls the SDK once for a message, and returns the SDK's response."""


def _send_sms(config: ConnectorConfig, key: AccessKey) -> Call:
    client = build_client(config, key)

    def call(sms: Sms) -> SendSmsResponse:
        request = SendSmsRequest(
            phone_numbers=sms.phone.digits,
            sign_name=sms.sign_name,
            template_code=sms.template_code,
            template_param=msgspec.json.encode({"code": sms.code}).decode(),
        )
        return client.send_sms_with_options(request, RuntimeOptions())

    return call


def _send_verify_code(config: ConnectorConfig, key: AccessKey) -> Call:
    # Most configs have no template of this service, and start without its file.
    from .verify_code import VerifyCodeClient, endpoint_of

    return VerifyCodeClient(sdk_config(config, key, endpoint_of(config))).send


class Times(msgspec.Struct, frozen=True):
    """When a call must have a connection, and when it must have ended: monotonic seconds."""

    connect_by: float
    deadline: float

    @classmethod
    def from_now(cls, config: ConnectorConfig) -> "Times":
        """Return the times of one call."""
        deadline = time.monotonic() + config.longest_call
        return cls(deadline - config.read_timeout / 1000, deadline)

    @classmethod
    def of_two(cls, config: ConnectorConfig) -> tuple["Times", "Times"]:
        """Return the times of a call and of a second one, which follows it if there is time.

        Both end within the longest call. Each has one connect time-out to connect in; the second
        may begin as long as its answer has LEAST_READ_SECONDS, or the read time-out if shorter.
        """
        whole = cls.from_now(config)
        least = min(config.read_timeout / 1000, LEAST_READ_SECONDS)
        first = cls(whole.connect_by - config.connect_timeout / 1000, whole.deadline)
        return first, cls(whole.deadline - least, whole.deadline)


class SmsClient:
    """Sends messages with the official SDK, by the service that has the template. For all threads.

    One message takes ``ConnectorConfig.longest_call`` seconds at most, plus the time that the
    platform takes to resolve the provider's name.
    """

    def __init__(self, config: ConnectorConfig, proxies: Proxies = DIRECT) -> None:
        self._config = config
        self._proxies = proxies
        self._built: dict[bool, tuple[AccessKey, Call]] = {}  # by whether it is PNVS's

    def prepare(self, key: AccessKey) -> None:
        """Build what the first message needs. Sends nothing."""
        for template_code in self._config.template_codes:
            self._call_for(template_code, key)
        if self._config.protocol == "HTTPS":
            tls_context()

    def send(self, sms: Sms, key: AccessKey, times: Times) -> ProviderAnswer | NoAnswer:
        """Call the service once; a second time only if no connection could be made."""
        call = self._tracked(times)
        outcome = self._send(sms, key, call)
        if isinstance(outcome, NoAnswer) and outcome.may_connect_again:
            time.sleep(PAUSE_SECONDS)
            if call.can_connect:
                return self._send(sms, key, self._tracked(times))
        return outcome

    def _tracked(self, times: Times) -> TrackedCall:
        return tracked_call(self._config, times, self._proxies)

    def _send(self, sms: Sms, key: AccessKey, call: TrackedCall) -> ProviderAnswer | NoAnswer:
        service = self._call_for(sms.template_code, key)
        return call_sdk(call, lambda: service(sms))

    def _call_for(self, template_code: str, key: AccessKey) -> Call:
        # One value, read and replaced at once: a role's key may change while other threads send.
        pnvs = is_pnvs(template_code)
        built = self._built.get(pnvs)
        if built is None or built[0] != key:
            build = _send_verify_code if pnvs else _send_sms
            self._built[pnvs] = built = (key, build(self._config, key))
        return built[1]


def tracked_call(config: ConnectorConfig, times: Times, proxies: Proxies = DIRECT) -> TrackedCall:
    """Return a call with the time-outs of the config."""
    return TrackedCall(
        connect_deadline=times.connect_by,
        connect_seconds=config.connect_timeout / 1000,
        deadline=times.deadline,
        read_seconds=config.read_timeout / 1000,
        proxies=proxies,
    )
