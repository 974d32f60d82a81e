"""The connector: sends one message to one phone, and reports whether it was sent."""

import secrets
import time
from collections.abc import Callable
from typing import Final

import msgspec

from ..clock import shanghai_date
from ..config import ConnectorConfig
from ..errors import CHECK_DELIVERY, ConnectorError, ProviderError, invalid_config
from ..message import Message, Receipt, Sms, check_mainland_code
from ..phone import parse_phone
from ..privacy import Mask
from ..provider.call import DIRECT, Stage
from ..provider.client import AccessKey, SmsClient, Times, signing_key
from ..provider.refusals import is_known, refusal
from ..provider.sdk_call import NoAnswer, ProviderAnswer, text
from ..settings import Proxies, Settings
from ..store import Stores, open_stores
from ..templates import is_pnvs
from .at_most_once import AtMostOnce, Figures
from .backup import send_with_backup
from .limiter import counted
from .options import DEFAULT_OPTIONS, SendOptions

_NO_KEY = (
    "There is no access key: put `accessKeyId` and `accessKeySecret` into the connector config, "
    "or give the function a role that may call dysms:SendSms, or dypns:SendSmsVerifyCode for "
    "template codes of digits alone."
)

_TEST_ID: Final = "test-"
"""What the ids of messages to test numbers begin with."""


class SmsConnector:
    """What Logto's Aliyun SMS connector does, as a plain library. One for all threads.

    Independent of the callers and of Function Compute::

        connector = SmsConnector(parse_config(text))
        receipt = connector.send(connector.compose(Message("13812345678", "SignIn", "246810")))

    Without ``stores``, it deduplicates its own messages only.
    """

    def __init__(
        self,
        config: ConnectorConfig,
        proxies: Proxies = DIRECT,
        stores: Stores | None = None,
        figures: Figures | None = None,
    ) -> None:
        self.config = config
        self._client = SmsClient(config, proxies)
        stores = stores or open_stores(Settings())
        self._at_most_once = AtMostOnce(stores.sending, stores.names, config.longest_call, figures)

    def prepare(self, role: AccessKey | None = None) -> None:
        """Load everything that the first message needs. Sends nothing."""
        self._client.prepare(self._key(role))

    def compose(self, message: Message, made_code: str = "") -> Sms:
        """Read the phone number and choose the template.

        ``made_code`` goes into a message that has no code of its own.

        Raises ConnectorError (``invalid_request_parameters``) if the phone number is invalid, in a
        country that is not allowed, or none that the template can send to, or if the code is
        longer than the template takes.
        """
        config = self.config
        phone = parse_phone(message.phone, strict=config.strict_phone_region_number_check)
        template = config.template_for(message.usage_type)
        test = config.test_number(phone, shanghai_date(time.time()))
        if test is not None:
            code = message.code or test.code
            return Sms(phone, message.usage_type, template.codes[0], code, test_code=test.code)
        config.limits.check_country(phone)
        code = template.code_for(phone)
        if phone.is_mainland and not is_pnvs(code):
            check_mainland_code(message.code or made_code)
        return Sms(
            phone,
            message.usage_type,
            code,
            message.code or made_code,
            config.sign_for(template, phone),
            backup=config.backup_for(template, phone),
        )

    def send(
        self, sms: Sms, role: AccessKey | None = None, options: SendOptions = DEFAULT_OPTIONS
    ) -> Receipt:
        """Send one SMS, at most once and within the limits: see ``AtMostOnce.send``.

        ``role`` signs where the config has no access key. Raises ConnectorError; its ``sent`` says
        whether the message may have gone out.
        """
        if sms.test_code is not None and options.generated_codes:
            generated_codes = (sms.test_code,) * len(options.generated_codes)
            options = msgspec.structs.replace(options, generated_codes=generated_codes)
        counters = counted(self.config.limits, sms, options.ip)
        return self._at_most_once.send(sms, self.sender(role), counters, options)

    def sender(self, role: AccessKey | None = None) -> Callable[[Sms], Receipt]:
        """Return what sends one SMS each time it is called, whatever was sent before.

        Raises ConnectorError (``invalid_config``) where nothing could sign it.
        """
        key = self._key(role)
        return lambda sms: self._send(sms, key)

    def _send(self, sms: Sms, key: AccessKey) -> Receipt:
        if sms.test_code is not None:
            test_id = f"{_TEST_ID}{secrets.token_hex(8)}"
            return Receipt(test_id, test_id, sms.usage_type, sms.template_code)
        return send_with_backup(sms, self.config, lambda sms, times: self._call(sms, key, times))

    def _call(self, sms: Sms, key: AccessKey, times: Times) -> Receipt:
        outcome = self._client.send(sms, key, times)
        if isinstance(outcome, NoAnswer):
            raise _unanswered(outcome)
        mask = Mask((sms.phone.digits, sms.code, key.id, key.secret, key.security_token))
        if outcome.code != "OK":
            raise refusal(outcome.http_status, outcome.code, _masked(outcome, mask))
        biz_id, request_id = mask.name(text(outcome.body.biz_id)), mask.name(outcome.request_id)
        return Receipt(biz_id, request_id, sms.usage_type, sms.template_code)

    def _key(self, role: AccessKey | None) -> AccessKey:
        key = signing_key(self.config, role)
        if key is None:
            raise invalid_config(_NO_KEY)
        return key


def _masked(answer: ProviderAnswer, mask: Mask) -> ProviderError:
    # A code we know stays readable, even where a secret happens to be a part of it.
    code = answer.code if is_known(answer.code) else mask.name(answer.code)
    return ProviderError(code, mask(answer.message), mask.name(answer.request_id))


def _unanswered(outcome: NoAnswer) -> ConnectorError:
    if outcome.needs_settings:
        return invalid_config(f"The provider cannot be reached: {outcome.reason}.")
    if outcome.reached is Stage.CONNECTING:
        return ConnectorError(
            "unavailable",
            f"The provider could not be reached: {outcome.reason}. Nothing was sent: try again.",
            retry_after=1,
        )
    if outcome.reached is Stage.ANSWERED:
        return ConnectorError(
            "invalid_response",
            f"The provider answered, but {outcome.reason}. {CHECK_DELIVERY}",
            sent=None,
        )
    return ConnectorError(
        "unknown_outcome",
        f"The request reached the provider, but {outcome.reason}. {CHECK_DELIVERY}",
        sent=None,
    )
