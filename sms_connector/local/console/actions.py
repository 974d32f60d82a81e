"""What the page can do with the settings: read, check, test and save them."""

import os
import shlex
from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec

from ...config import ConnectorConfig, parse_config
from ...errors import ConnectorError
from ...message import Message, Sms, random_code
from ...operations.lookup import what_is_known
from ...phone import parse_phone
from ...provider.environment_key import role_key
from ...provider.query import Query
from ...sending.connector import SmsConnector
from ...settings import read_settings
from ...templates import REQUIRED_USAGE_TYPES, ByRegion, is_pnvs
from ..access_keys import local_key
from ..check.config import OTHER_USAGE_TYPES
from ..check.finding import Check
from ..check.fixed_codes import check_test_numbers
from ..check.limits import check_limits
from ..check.provider import check_provider
from ..emulate.server import Emulator
from ..endpoint import is_emulator
from ..example import example_config
from ..lookup import Lookup
from ..number_limit import without_default_limit
from ..send.delivery import NO_QUERY, look_up
from .connector_file import ConnectorFile, UnreadableFileError
from .emulated import with_emulator_account, with_emulator_key
from .form import Form, connector_json, filled_in, shown_json, with_required_rows
from .form_check import parsed_config, problems_of, valid_config
from .sent_messages import SentMessage, SentMessages
from .traffic import Traffic
from .verifying import CodeRequest, TriedVerifications

ENVIRONMENT_LINE = "SMS_CONNECTOR_CONFIG: ${env('SMS_CONNECTOR_CONFIG')}"
"""All that s.yaml holds of the settings: their secret stays in the shell that deploys."""


class SendRequest(msgspec.Struct, frozen=True, rename="camel"):
    """A form, and the message to test it with.

    ``confirmed`` says that a person has agreed to pay for a real message.
    """

    form: Form
    phone: str = ""
    usage_type: str = ""
    confirmed: bool = False

    def __repr__(self) -> str:
        return "SendRequest()"


class Actions:
    """Everything behind the page. One for all threads.

    With ``emulator``, the one that was started with the console, all checks and messages go to
    it, whatever endpoint and key the form has.
    """

    def __init__(self, file: ConnectorFile, emulator: Emulator | None = None) -> None:
        self._file = file
        self._emulator = emulator
        self._sent_messages = SentMessages()
        self._verifications = TriedVerifications()
        self._traffic = Traffic(self._verifications.stores)

    def settings(self) -> dict[str, Any]:
        """Return what the form starts with: everything but the secret."""
        try:
            kept, readable = self._file.read(), True
        except UnreadableFileError:
            kept, readable = {}, False
        form = filled_in(kept)
        return {
            "form": msgspec.to_builtins(with_required_rows(form)),
            "secretKept": bool(kept.get("accessKeySecret")),
            "file": {
                "path": str(self._file.path),
                "exists": self._file.exists(),
                "readable": readable,
            },
            "emulator": self._emulator.url if self._emulator else None,
            "requiredUsageTypes": REQUIRED_USAGE_TYPES,
            "usageTypes": REQUIRED_USAGE_TYPES + OTHER_USAGE_TYPES,
        }

    def validate(self, request: SendRequest) -> dict[str, Any]:
        """Check the form and the phone number on this machine. Write and send nothing."""
        whole = self._whole(request.form)
        problems = problems_of(whole, request.form)
        config = None if problems else self._config_to_send_with(parsed_config(whole))
        return {
            "problems": msgspec.to_builtins(problems),
            "json": shown_json(whole),
            "environment": ENVIRONMENT_LINE,
            "shell": f'export SMS_CONNECTOR_CONFIG="$(cat {shlex.quote(str(self._file.path))})"',
            "real": self._is_real(request.form),
            "phone": _phone_note(request, config),
        }

    def save(self, form: Form) -> None:
        """Write the file. Raises InvalidFormError, UnreadableFileError or OSError."""
        whole = connector_json(form, self._file.read())
        valid_config(whole, form)
        self._file.write(whole)

    def checks(self, form: Form) -> Iterator[Check]:
        """Show the limits, and query the provider or the emulator.

        Raises InvalidFormError before the first check.
        """
        config = valid_config(self._whole(form), form)
        if self._emulator is not None:
            config = with_emulator_key(config, self._emulator)
        return chain(
            check_limits(config), check_test_numbers(config), check_provider(config, os.environ)
        )

    def send(self, request: SendRequest) -> dict[str, Any]:
        """Send one message with a code made here, if it is free or confirmed.

        Otherwise return what to ask first. Raises InvalidFormError or ConnectorError.
        """
        config, sms = self._composed(request, random_code())
        if self._asks_first(request):
            return _question(sms)
        connector = SmsConnector(config, read_settings(os.environ).proxies)
        try:
            receipt = connector.send(sms, role_key(os.environ))
        except ConnectorError as error:
            self._traffic.count(config, sms, error)
            raise
        self._traffic.count(config, sms, receipt)
        name = self._sent_messages.remember(config, sms, receipt)
        return {"sent": name, "receipt": msgspec.to_builtins(receipt)}

    def start_verification(self, request: SendRequest) -> dict[str, Any]:
        """Start a verification, or send its code again, if that is free or confirmed.

        Otherwise return what to ask first. Raises InvalidFormError or ConnectorError.
        """
        config, sms = self._composed(request)
        if self._asks_first(request):
            return _question(sms)
        started = self._verifications.start(config, sms)
        name = self._sent_messages.remember(config, sms, started.receipt)
        return {"sent": name, **msgspec.to_builtins(started)}

    def check_verification(self, request: CodeRequest) -> dict[str, Any]:
        """Check a code: see ``TriedVerifications.check``."""
        return self._verifications.check(request)

    def cancel_verification(self, request: CodeRequest) -> dict[str, Any]:
        """Cancel a verification: see ``TriedVerifications.cancel``."""
        return self._verifications.cancel(request)

    def delivery(self, name: str) -> dict[str, Any] | None:
        """Return the delivery state of a message, and how the emulator's phone shows it."""
        sent = self._sent_messages.find(name)
        if sent is None:
            return None
        delivery = _delivery(sent)
        if delivery["state"] in ("delivered", "failed"):
            self._traffic.count_delivery(sent, delivery["state"])
        return {"delivery": delivery, "screen": self._screen(sent)}

    def traffic(self, hours: str) -> dict[str, Any]:
        """Return the figures of the latest hours: see ``Traffic.read``."""
        return self._traffic.read(hours)

    def lookup(self, request: SendRequest) -> dict[str, Any]:
        """Return what is known of a number: the answer of ``lookupNumber``.

        Raises InvalidFormError or ConnectorError.
        """
        config = self._config_of(request)
        phone = parse_phone(request.phone, strict=config.strict_phone_region_number_check)
        key = local_key(config, os.environ)
        query = None if key is None else Query(config, key, read_settings(os.environ).proxies)
        return what_is_known(config, self._traffic.stores, query, phone)

    def _whole(self, form: Form) -> dict[str, Any]:
        try:
            return connector_json(form, self._file.read())
        except UnreadableFileError:
            return connector_json(form, {})

    def _composed(
        self, request: SendRequest, code: str | None = None
    ) -> tuple[ConnectorConfig, Sms]:
        config = self._config_of(request)
        message = Message(request.phone, request.usage_type, code)
        return config, SmsConnector(config).compose(message)

    def _config_of(self, request: SendRequest) -> ConnectorConfig:
        whole = self._whole(request.form)
        valid_config(whole, request.form)
        if not self._is_real(request.form):
            whole = without_default_limit(whole)
        return self._config_to_send_with(parsed_config(whole))

    def _asks_first(self, request: SendRequest) -> bool:
        return self._is_real(request.form) and not request.confirmed

    def _config_to_send_with(self, config: ConnectorConfig) -> ConnectorConfig:
        if self._emulator is None:
            return config
        example = parse_config(msgspec.json.encode(example_config(self._emulator.url)))
        return with_emulator_account(config, self._emulator, example)

    def _is_real(self, form: Form) -> bool:
        """Return whether a message costs money. The rest of the form need not be valid yet."""
        if self._emulator is not None:
            return False
        return not is_emulator(ConnectorConfig(ByRegion({}), (), endpoint=form.endpoint or None))

    def _screen(self, sent: SentMessage) -> dict[str, str] | None:
        messages = self._emulator.inbox.messages(sent.phone.digits) if self._emulator else ()
        for message in messages:
            delivered = message.delivery_error is msgspec.UNSET
            if message.biz_id == sent.receipt.biz_id and delivered:
                received_at = message.received_at.isoformat()
                return {
                    "phone": sent.phone.digits,
                    "signName": message.sign_name,
                    "content": message.content,
                    "code": message.template_param["code"],
                    "receivedAt": received_at,
                }
        return None


def _question(sms: Sms) -> dict[str, Any]:
    return {
        "confirm": {
            "phone": sms.phone.masked,
            "templateCode": sms.template_code,
            "usageType": sms.usage_type,
        }
    }


def _phone_note(request: SendRequest, config: ConnectorConfig | None) -> dict[str, Any] | None:
    """Return how the number is read, and which template it gets if the settings are valid."""
    if not request.phone:
        return None
    try:
        phone = parse_phone(request.phone, strict=request.form.strict)
        if config:
            config.limits.check_country(phone)
        code = config.template_for(request.usage_type).code_for(phone) if config else ""
    except ConnectorError as error:
        return {"ok": False, "message": error.message}
    return {"ok": True, "mainland": phone.is_mainland, "templateCode": code}


def _delivery(sent: SentMessage) -> dict[str, Any]:
    """Ask once. With `final`, asking again would give the same answer."""
    if is_pnvs(sent.receipt.template_code):
        return {"state": "unknown", "message": NO_QUERY, "final": True}
    key = local_key(sent.config, os.environ)
    if key is None:  # it was there when the message was sent
        return {"state": "unknown", "message": "There is no access key any more.", "final": True}
    try:
        delivery = look_up(Lookup(sent.config, key), sent.phone, sent.receipt.biz_id, sent.at)
    except ConnectorError as error:
        may_pass = error.retry_after is not None or error.code == "general"
        return {"state": "unknown", "message": error.message, "final": not may_pass}
    return {
        "state": delivery.state,
        "code": delivery.code,
        "message": delivery.explanation,
        "final": delivery.is_final,
    }
