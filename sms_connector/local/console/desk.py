"""What can be done with the settings: look at them, check them, try them, save them."""

import os
import shlex
from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec

from ...config import REQUIRED_USAGE_TYPES, ConnectorConfig, parse_config
from ...errors import ConnectorError
from ...phone import parse_phone
from ..check.config import OTHER_USAGE_TYPES, check_config
from ..check.finding import Check
from ..check.limits import check_limits
from ..check.provider import check_provider
from ..emulate.server import Emulator
from ..endpoint import is_emulator
from ..lookup import Lookup
from ..role import key_of
from ..send.delivery import look_up
from .connector_file import ConnectorFile, UnreadableFileError
from .form import Form, TemplateRow, connector_json, filled_in, shown_json
from .outbox import Outbox, SentSms

ENVIRONMENT_LINE = "SMS_CONNECTOR_CONFIG: ${env('SMS_CONNECTOR_CONFIG')}"
"""What s.yaml holds of the settings: nothing. Their secret stays in the shell that deploys."""


class Trial(msgspec.Struct, frozen=True, rename="camel"):
    """A form, and the message to try it with."""

    form: Form
    phone: str = ""
    usage_type: str = ""

    def __repr__(self) -> str:
        return "Trial()"


class NotValidError(Exception):
    """The form stands for no valid connector JSON."""

    def __init__(self, problems: tuple[Check, ...]) -> None:
        super().__init__("The settings must be mended.")
        self.problems = problems


class Desk:
    """Behind the page. One for all threads; `emulator` is the one that was started with it."""

    def __init__(self, file: ConnectorFile, emulator: Emulator | None = None) -> None:
        self._file = file
        self._emulator = emulator
        self._outbox = Outbox()

    def settings(self) -> dict[str, Any]:
        """Give what the form starts with: everything but the secret."""
        try:
            kept, readable = self._file.read(), True
        except UnreadableFileError:
            kept, readable = {}, False
        form = filled_in(kept)
        if not form.templates:
            rows = tuple(TemplateRow(usage_type, "") for usage_type in REQUIRED_USAGE_TYPES)
            form = msgspec.structs.replace(form, templates=rows)
        return {
            "form": msgspec.to_builtins(form),
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

    def validate(self, trial: Trial) -> dict[str, Any]:
        """Check without asking anyone. Writes and sends nothing."""
        whole = self._whole(trial.form)
        text = msgspec.json.encode(whole)
        problems = [check for check in check_config(text) if not check.ok]
        return {
            "problems": msgspec.to_builtins(problems),
            "json": shown_json(whole),
            "environment": ENVIRONMENT_LINE,
            "shell": f'export SMS_CONNECTOR_CONFIG="$(cat {shlex.quote(str(self._file.path))})"',
            "emulated": _is_emulated(trial.form),
            "phone": _phone_note(trial, None if problems else parse_config(text)),
        }

    def save(self, form: Form) -> None:
        """Write the file. Raises NotValidError, UnreadableFileError or OSError."""
        whole = connector_json(form, self._file.read())
        _valid(whole)
        self._file.write(whole)

    def checks(self, form: Form) -> Iterator[Check]:
        """Show the limits and ask the provider. Raise NotValidError before the first check."""
        config = _valid(self._whole(form))
        return chain(check_limits(config), check_provider(config, os.environ))

    def send(self, trial: Trial) -> dict[str, Any]:
        """Send one message. Raises NotValidError or ConnectorError."""
        config = _valid(self._whole(trial.form))
        name, sent = self._outbox.send(config, trial.phone, trial.usage_type)
        return {"sent": name, "receipt": msgspec.to_builtins(sent.receipt)}

    def sent(self, name: str) -> dict[str, Any] | None:
        """Tell what became of a message, and what the emulator's phone shows of it."""
        sent = self._outbox.find(name)
        if sent is None:
            return None
        return {"delivery": _delivery(sent), "screen": self._screen(sent)}

    def _whole(self, form: Form) -> dict[str, Any]:
        try:
            return connector_json(form, self._file.read())
        except UnreadableFileError:
            return connector_json(form, {})

    def _screen(self, sent: SentSms) -> dict[str, str] | None:
        messages = self._emulator.inbox.messages(sent.phone.digits) if self._emulator else ()
        for message in messages:
            if message.biz_id == sent.receipt.biz_id:
                received_at = message.received_at.isoformat()
                return {
                    "phone": sent.phone.digits,
                    "content": message.content,
                    "receivedAt": received_at,
                }
        return None


def _valid(whole: dict[str, Any]) -> ConnectorConfig:
    text = msgspec.json.encode(whole)
    problems = tuple(check for check in check_config(text) if not check.ok)
    if problems:
        raise NotValidError(problems)
    return parse_config(text)


def _is_emulated(form: Form) -> bool:
    """Judge by the endpoint alone: the rest of the form may not be valid yet."""
    return is_emulator(ConnectorConfig("", (), endpoint=form.endpoint or None))


def _phone_note(trial: Trial, config: ConnectorConfig | None) -> dict[str, Any] | None:
    """Say how the number is read, and with valid settings which template it would get."""
    if not trial.phone:
        return None
    try:
        phone = parse_phone(trial.phone, strict=trial.form.strict)
        if config:
            config.limits.check_country(phone)
        code = config.template_for(trial.usage_type).code_for(phone) if config else ""
    except ConnectorError as error:
        return {"ok": False, "message": error.message}
    return {"ok": True, "mainland": phone.is_mainland, "templateCode": code}


def _delivery(sent: SentSms) -> dict[str, Any]:
    """Ask once. With `final`, asking again would give no other answer."""
    key = key_of(sent.config, os.environ)
    if key is None:  # it was there when the message went out
        return {"state": "unknown", "message": "There is no access key any more.", "final": True}
    try:
        delivery = look_up(Lookup(sent.config, key), sent.phone, sent.receipt.biz_id, sent.at)
    except ConnectorError as error:
        passing = error.retry_after is not None or error.code == "general"
        return {"state": "unknown", "message": error.message, "final": not passing}
    return {
        "state": delivery.state,
        "code": delivery.code,
        "message": delivery.explanation,
        "final": delivery.is_settled,
    }
