"""The function: opens the envelope, finds the route, admits the caller, answers."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from . import log
from .callers import CALLERS, Caller, caller_at, caller_of
from .callers.sentences import Audience, Locale
from .errors import ConnectorError, bug, invalid_config
from .idempotency.key import IdempotencyKey
from .provider.client import AccessKey
from .reports.figures import Figures
from .sending.codes import made_codes
from .sending.connector import SmsConnector
from .sending.options import SendOptions
from .settings import Settings
from .store import diagnose, open_stores
from .web.auth import INVOCATION, Auth, Credential
from .web.envelopes import Envelope, envelope_of
from .web.envelopes.event import read_event
from .web.envelopes.http_event import reply
from .web.failures import failure, failure_of_check
from .web.http import Request, Response
from .web.idempotency import idempotency_of
from .web.routes import SENDING, Operation, Route, find_route, route_of_payload

if TYPE_CHECKING:
    from .callers.traffic import Traffic
    from .callers.verifications import Verifier


class Function:
    """What ``index.py`` hands to Function Compute. One for all threads of an instance."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._auth = Auth(settings)
        self._reported: set[str] = set()
        self._loaded: SmsConnector | ConnectorError
        self._verifier: Verifier | None = None
        self._read: Traffic | None = None
        try:
            if settings.problems:
                raise invalid_config(" ".join(settings.problems))
            self._stores = open_stores(settings)
            config = settings.read_config()
            self._figures = Figures(self._stores.names, config)
            self._loaded = SmsConnector(config, settings.proxies, self._stores, self._figures)
        except ConnectorError as error:
            self._loaded = error

    def prepare(self, context: Any) -> None:
        """Load everything that the first message needs. An invalid config is logged, not raised."""
        logger = log.logger_of(context)
        try:
            self._connector().prepare(_role(context))
        except ConnectorError as error:
            self._report_once(error.message, logger)
        except Exception as exception:  # noqa: BLE001  (an instance that starts can answer why)
            log.write_bug(logger, exception)

    def handle(self, event: object, context: Any) -> object:
        """Answer one event. Raises nothing: after an exception, the caller would retry."""
        logger = log.logger_of(context)
        try:
            opened = read_event(event, context)
            logger = log.logger_of(opened.context)
            envelope = envelope_of(opened)
        except Exception as exception:  # noqa: BLE001  (its text may hold personal data)
            log.write_bug(logger, exception)
            return reply(failure(bug(sent=False)))
        try:
            response = self._respond(envelope, opened.context, logger)
        except Exception as exception:  # noqa: BLE001
            log.write_bug(logger, exception)
            response = failure(bug(sent=None))
        return envelope.seal(response)

    def _respond(self, envelope: Envelope, context: Any, logger: logging.Logger) -> Response:
        entry: log.MessageEntry | log.CheckEntry = log.MessageEntry(logger)
        refused: Callable[[ConnectorError], Response] = failure
        try:
            request = envelope.open()
            route = self._route(request)
            caller = self._caller(route, request, context)
            if caller is not None:
                refused = caller.refused
            elif SENDING.isdisjoint(route.operations.values()):
                refused = failure_of_check
            operation = route.operation_of(request)
            if operation == "health":
                return self._health(context)
            if operation == "report":
                return self._receive(request, logger)
            if operation not in SENDING:
                entry = log.CheckEntry(logger, operation)
            credential = self._admit(request, route, operation, logger)
            if isinstance(entry, log.CheckEntry):
                if operation in ("getMessage", "getStats"):
                    traffic, role = self._traffic(), _role(context)
                    return traffic.answer(operation, request, route.parameters, role, entry)
                verifier = self._verifications()
                return verifier.answer(operation, request, route.parameters, credential, entry)
            if operation == "startVerification":
                verifier = self._verifications()
                return verifier.start(request, credential, _role(context), entry)
            if caller is None:
                caller = caller_of(request, self._audience(context))
                refused = caller.refused
            idempotency = idempotency_of(request, credential, f"{operation}/{route.caller or ''}")
            return self._send(caller, idempotency, _role(context), entry)
        except ConnectorError as error:
            if error.code == "invalid_config":
                self._report_once(error.message, logger)
            entry.refused(error)
            return refused(error)
        except Exception as exception:  # noqa: BLE001
            log.write_bug(logger, exception)
            # Nothing is sent before a message is composed.
            is_composed = isinstance(entry, log.MessageEntry) and entry.sms is not None
            return refused(bug(sent=None if is_composed else False))

    def _send(
        self,
        caller: Caller,
        idempotency: IdempotencyKey | None,
        role: AccessKey | None,
        entry: log.MessageEntry,
    ) -> Response:
        connector = self._connector()
        message = caller.message()
        entry.usage_type = message.usage_type
        codes = () if message.code else made_codes(self._stores.names, idempotency)
        entry.sms = sms = connector.compose(message, *codes[:1])
        self._report_near_miss(connector, message.usage_type, entry.logger)
        options = SendOptions(message.ip, caller.patience, caller.waits_early, idempotency, codes)
        receipt = connector.send(sms, role, options)
        entry.accepted(receipt)
        return caller.accepted(receipt)

    def _route(self, request: Request) -> Route:
        if request.is_http:
            return find_route(
                request.path, self._settings.base_path, CALLERS, self._settings.report_token
            )
        return route_of_payload(request)

    def _caller(self, route: Route, request: Request, context: Any) -> Caller | None:
        """Return the caller that the path names: it answers even what fails before its body."""
        if route.caller is None:
            return None
        return caller_at(route.caller, request, self._audience(context))

    def _audience(self, context: Any) -> Audience:
        return Audience(
            locale=cast(Locale, self._settings.locale),
            default_usage_type=self._settings.default_usage_type,
            reference=getattr(context, "request_id", None) or "",
        )

    def _admit(
        self, request: Request, route: Route, operation: Operation, logger: logging.Logger
    ) -> Credential:
        if not request.is_http:
            return INVOCATION
        if self._auth.problem:
            self._report_once(self._auth.problem, logger)
        return self._auth.admit(request, sends=operation in SENDING, caller=route.caller)

    def _health(self, context: Any) -> Response:
        """Return codes only: the route is open to all."""
        try:
            if self._auth.is_closed:
                raise invalid_config(self._auth.problem)
            self._connector().prepare(_role(context))
        except ConnectorError as error:
            return Response(503, {"status": "unavailable", "errors": [error.code]})
        store = {"store": "away"} if diagnose(self._stores) else {}
        return Response(200, {"status": "ok", **store})

    def _connector(self) -> SmsConnector:
        if isinstance(self._loaded, ConnectorError):
            raise self._loaded.copy()
        return self._loaded

    def _verifications(self) -> "Verifier":
        connector = self._connector()
        if self._verifier is None:
            # Imported only where it is used.
            from .callers.verifications import Verifier
            from .verification.service import Verifications

            service = Verifications(self._settings, connector.config, self._stores, self._figures)
            self._verifier = Verifier(service, connector, self._traffic().deliveries)
        return self._verifier

    def _traffic(self) -> "Traffic":
        config = self._connector().config
        if self._read is None:
            from .callers.traffic import Traffic

            self._read = Traffic(config, self._settings.proxies, self._stores, self._figures)
        return self._read

    def _receive(self, request: Request, logger: logging.Logger) -> Response:
        """Answer delivery reports, even while the settings let nothing be sent."""
        from .callers.delivery_reports import Receiver

        is_loaded = isinstance(self._loaded, SmsConnector)
        return Receiver(self._traffic().deliveries if is_loaded else None).answer(request, logger)

    def _report_near_miss(
        self, connector: SmsConnector, usage_type: str, logger: logging.Logger
    ) -> None:
        near = connector.near_miss(usage_type)
        if near:
            problem = f"A caller's usage type differs from {near} in case only, so it uses Generic."
            self._report_once(problem, logger, "usage_type")

    def _report_once(
        self, problem: str, logger: logging.Logger, event: str = "invalid_config"
    ) -> None:
        """Log a problem of the settings once, and not again for every message."""
        if problem not in self._reported:
            self._reported.add(problem)
            log.write(logger, logging.ERROR, event, reason=problem)


def _role(context: Any) -> AccessKey | None:
    """Return the key of the function's role: fresh for each invocation, empty without a role."""
    role = getattr(context, "credentials", None)
    key_id, secret = getattr(role, "access_key_id", ""), getattr(role, "access_key_secret", "")
    if not key_id or not secret:
        return None
    return AccessKey(key_id, secret, getattr(role, "security_token", "") or None)
