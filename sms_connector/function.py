"""The function: an event comes in, a message goes out, an answer comes back."""

import json
import logging
import os
import threading
from contextlib import suppress
from typing import Any

import msgspec

from . import log
from .callers import caller_of
from .errors import ConnectorError, bad_config, bad_request, unforeseen
from .provider.client import AccessKey
from .sending.connector import SmsConnector
from .settings import ConfigSource, config_source
from .web.auth import Door, door_of
from .web.envelopes import envelope_of
from .web.envelopes.event import read_event
from .web.http import Request, Response, failure
from .web.routes import is_health, judge


class _Loaded(msgspec.Struct, frozen=True):
    """What came of a config: a connector, or what is wrong with the config."""

    source: ConfigSource
    connector: SmsConnector | None
    problem: str


class Function:
    """What ``index.py`` hands to Function Compute. One for all threads of an instance."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None
        self._told: set[str] = set()

    def prepare(self, context: Any) -> None:
        """Make the first message as cheap as the others. A bad config is logged, not raised."""
        logger = log.logger_of(context)
        try:
            self._connector().prepare(_role(context))
        except ConnectorError as error:
            self._tell_once(error.message, logger)
        except Exception as bug:  # noqa: BLE001  (an instance that starts can tell what is wrong)
            log.write_bug(logger, bug)

    def handle(self, event: object, context: Any) -> object:
        """Answer one event. Raises nothing: a caller that sees an exception would try again."""
        call = read_event(event, context)
        logger = log.logger_of(call.context)
        envelope = envelope_of(call)
        try:
            response = self._respond(envelope.open(), call.context, logger)
        except Exception as bug:  # noqa: BLE001  (its text may hold personal data)
            log.write_bug(logger, bug)
            response = failure(unforeseen())
        return envelope.seal(response)

    def _respond(self, request: Request, context: Any, logger: logging.Logger) -> Response:
        entry = log.MessageEntry(logger)
        try:
            if request.is_http:
                judge(request)
                if is_health(request):
                    return self._health(context)
                self._door(logger).admit(request)
            caller = caller_of(_body(request))
        except ConnectorError as error:
            entry.refused(error)
            return failure(error)
        try:
            connector = self._connector()
            message = caller.message()
            entry.usage_type = message.usage_type
            entry.sms = sms = connector.compose(message)
            receipt = connector.send(sms, _role(context))
        except ConnectorError as error:
            if error.code == "invalid_config":
                self._tell_once(error.message, logger)
            entry.refused(error)
            return caller.refused(error)
        entry.accepted(receipt)
        return caller.accepted(receipt)

    def _health(self, context: Any) -> Response:
        """Tell codes only: anyone may ask."""
        try:
            self._connector().prepare(_role(context))
        except ConnectorError as error:
            return Response(503, {"status": "unavailable", "errors": [error.code]})
        return Response(200, {"status": "ok"})

    def _door(self, logger: logging.Logger) -> Door:
        door = door_of(os.environ)
        if door.problem:
            self._tell_once(door.problem, logger)
        return door

    def _connector(self) -> SmsConnector:
        source = config_source(os.environ)
        loaded = self._loaded
        if loaded is None or loaded.source != source:
            with self._loading:
                loaded = self._loaded
                if loaded is None or loaded.source != source:
                    self._loaded = loaded = _load(source)
        if loaded.connector is None:
            raise bad_config(loaded.problem)
        return loaded.connector

    def _tell_once(self, problem: str, logger: logging.Logger) -> None:
        """Log what is wrong with the settings once, and not again for every message."""
        if problem not in self._told:
            self._told.add(problem)
            log.write(logger, logging.ERROR, "invalid_config", reason=problem)


def _load(source: ConfigSource) -> _Loaded:
    try:
        return _Loaded(source, SmsConnector(source.read()), "")
    except ConnectorError as error:
        return _Loaded(source, None, error.message)


def _body(request: Request) -> dict[str, object]:
    # Raised outside, since the exception of json holds the whole body.
    with suppress(ValueError, RecursionError):
        # Not msgspec: it refuses a lone surrogate without saying which field it stands in.
        body = json.loads(request.body or b"")
        if isinstance(body, dict):
            return body
        raise bad_request("The request must be a JSON object.")
    raise bad_request("The request is not valid JSON.")


def _role(context: Any) -> AccessKey | None:
    """Give the key of the function's role: fresh for each invocation, empty without a role."""
    role = getattr(context, "credentials", None)
    key_id, secret = getattr(role, "access_key_id", ""), getattr(role, "access_key_secret", "")
    if not key_id or not secret:
        return None
    return AccessKey(key_id, secret, getattr(role, "security_token", "") or None)
