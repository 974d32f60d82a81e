"""The official client: built from the connector config, called once for each SMS."""

from .. import cold_start  # noqa: F401  (before the libraries: it says what can wait)

# isort: split
import time
from typing import Final

import msgspec
from alibabacloud_dysmsapi20170525.client import Client as DysmsClient
from alibabacloud_dysmsapi20170525.models import SendSmsRequest, SendSmsResponse
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

from ..config import ConnectorConfig
from ..message import Sms
from . import wire
from .library_logs import silence_libraries
from .tls import tls_context
from .wire import Stage

CENTRAL_ENDPOINT: Final = "dysmsapi.aliyuncs.com"

PAUSE_SECONDS: Final = 0.1
"""How long to wait before a connection that could not be made is tried once more."""


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


class Answer(msgspec.Struct, frozen=True):
    """What the provider said, word for word: not yet fit to be shown to anyone.

    ``code`` is ``OK`` where the message was accepted; any other code means it was refused.
    """

    http_status: int
    code: str
    message: str
    request_id: str
    biz_id: str


class NoAnswer(msgspec.Struct, frozen=True):
    """Nothing intelligible came back. ``reached`` is how far the call got, ``reason`` why."""

    reached: Stage
    reason: str


def build_client(config: ConnectorConfig, key: AccessKey) -> DysmsClient:
    """Build the official client, and have it send over watched and silent connections."""
    silence_libraries()
    wire.install()
    return DysmsClient(
        Config(
            access_key_id=key.id,
            access_key_secret=key.secret,
            security_token=key.security_token,
            protocol=config.protocol,
            # With a region alone, the SDK knows the endpoint.
            endpoint=config.host or (None if config.region_id else CENTRAL_ENDPOINT),
            region_id=config.region_id,
            max_idle_conns=wire.MAX_CONNECTIONS,
        )
    )


class SmsClient:
    """Sends SMS with the official SDK. One for all threads.

    One call takes as long as the config's time-outs allow (see ConnectorConfig), plus what is added
    by a silent DNS server, by a name with several addresses that are all dead, or by an answer that
    drips in byte by byte.
    """

    def __init__(self, config: ConnectorConfig) -> None:
        self._config = config
        self._latest: tuple[AccessKey, DysmsClient] | None = None

    def prepare(self, key: AccessKey) -> None:
        """Build what the first message would otherwise have to wait for. Sends nothing."""
        self._client_for(key)
        if self._config.protocol == "HTTPS":
            tls_context()

    def send(self, sms: Sms, key: AccessKey) -> Answer | NoAnswer:
        """Call SendSms once; a second time only if the first could not even connect."""
        deadline = time.monotonic() + self._config.longest_call
        outcome = self._call(sms, key, deadline)
        if isinstance(outcome, NoAnswer) and outcome.reached is Stage.CONNECTING:
            time.sleep(PAUSE_SECONDS)
            if self._milliseconds_to_connect(deadline) > 0:
                return self._call(sms, key, deadline)
        return outcome

    def _call(self, sms: Sms, key: AccessKey, deadline: float) -> Answer | NoAnswer:
        client = self._client_for(key)
        runtime = RuntimeOptions(
            connect_timeout=self._milliseconds_to_connect(deadline),
            read_timeout=self._config.read_timeout,
        )
        with wire.watch(deadline) as attempt:
            try:
                response = client.send_sms_with_options(self._request(sms), runtime)
            except AlibabaCloudException as refusal:
                answer = _read_refusal(refusal)
            except Exception:  # noqa: BLE001  (it quotes the phone and the code: not passed on)
                answer = None
            else:
                answer = _read(response)
        return answer or NoAnswer(attempt.stage, attempt.reason)

    def _request(self, sms: Sms) -> SendSmsRequest:
        return SendSmsRequest(
            phone_numbers=sms.phone.digits,
            sign_name=self._config.sign_name,
            template_code=sms.template_code,
            template_param=msgspec.json.encode({"code": sms.code}).decode(),
        )

    def _client_for(self, key: AccessKey) -> DysmsClient:
        # Read and replaced as one value: a role's key may change while other threads send.
        latest = self._latest
        if latest is None or latest[0] != key:
            self._latest = latest = (key, build_client(self._config, key))
        return latest[1]

    def _milliseconds_to_connect(self, deadline: float) -> int:
        """Keep back the time that reading the answer may take."""
        left = int((deadline - time.monotonic()) * 1000) - self._config.read_timeout
        return min(left + 1, self._config.connect_timeout)


def _read(response: SendSmsResponse) -> Answer | None:
    body = response.body
    if body is None or not isinstance(body.code, str) or not body.code:
        return None
    return Answer(
        http_status=response.status_code,
        code=body.code,
        message=_text(body.message),
        request_id=_text(body.request_id),
        biz_id=_text(body.biz_id),
    )


def _read_refusal(refusal: AlibabaCloudException) -> Answer | None:
    # The exception's own message mixes in the request; `data` is the provider's JSON.
    data = refusal.data if isinstance(refusal.data, dict) else {}
    # Only the provider writes `Code`; what a proxy calls `code` says nothing about the message.
    code = data.get("Code")
    if not isinstance(code, str) or code == "OK":
        return None
    return Answer(
        http_status=refusal.status_code,
        code=code,
        message=_text(data.get("Message")),
        request_id=_text(data.get("RequestId")),
        biz_id="",
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
