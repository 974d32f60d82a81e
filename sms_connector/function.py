"""The function: opens the envelope, finds the operation, admits the caller, runs, seals."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from . import log
from .callers import CALLERS, caller_at
from .callers.sentences import Audience, Locale
from .errors import ConnectorError, bug
from .instance import Instance
from .invocation import Invocation, logger_of, read_invocation
from .operations.call import Call
from .operations.routes import ROUTES, run
from .region import region_problem
from .settings import Settings
from .web.envelopes import Envelope, envelope_of
from .web.envelopes.event import read_event
from .web.envelopes.http_event import reply
from .web.error_responses import failure
from .web.http import Response
from .web.routing import find_path


class Function:
    """What ``index.py`` hands to Function Compute. One for all threads of an instance."""

    def __init__(self, settings: Settings) -> None:
        self._instance = Instance(settings)

    def prepare(self, context: Any) -> None:
        """Load everything that the first message needs. An invalid config is logged, not raised."""
        invocation = read_invocation(context)
        try:
            connector = self._instance.services.connector
            region = invocation.region or self._instance.settings.region
            if problem := region_problem(region, connector.config):
                log.write(invocation.logger, logging.WARNING, "region", reason=problem)
            connector.prepare(invocation.role)
        except ConnectorError as error:
            self._instance.notices.write(
                invocation.logger, logging.ERROR, "invalid_config", error.message
            )
        except Exception as exception:  # noqa: BLE001  (an instance that starts can answer why)
            log.write_bug(invocation.logger, exception)

    def handle(self, event: object, context: Any) -> object:
        """Answer one event. Raises nothing: after an exception, the caller would retry."""
        logger = logger_of(context)
        try:
            opened = read_event(event, context)
            logger = logger_of(opened.context)
            envelope = envelope_of(opened)
        except Exception as exception:  # noqa: BLE001  (its text may hold personal data)
            log.write_bug(logger, exception)
            return reply(failure(bug(sent=False)))
        try:
            response = self._answer(envelope, read_invocation(opened.context))
        except Exception as exception:  # noqa: BLE001
            log.write_bug(logger, exception)
            response = failure(bug(sent=None))
        return envelope.seal(response)

    def _answer(self, envelope: Envelope, invocation: Invocation) -> Response:
        instance, settings = self._instance, self._instance.settings
        role, logger = invocation.role, invocation.logger
        entry = log.Entry(logger)
        refused: Callable[[ConnectorError], Response] = failure
        try:
            request = envelope.open()
            path = find_path(ROUTES, request, settings, CALLERS)
            audience = Audience(
                cast(Locale, settings.locale), settings.default_usage_type, invocation.request_id
            )
            caller = caller_at(path.caller, request, audience)
            # A direct invocation fails with the JSON error, whatever form its payload has.
            in_its_form = path.sends and request.is_http
            refused = caller.refused if in_its_form else partial(failure, sends=path.sends)
            route = path.route_of(request)
            entry = log.Entry(logger, route.event, route.operation)
            credential = instance.auth.admit(request, route.open_to, path.caller, logger)
            call = Call(request, path.parameters, caller, credential, role, entry, logger)
            return run(route, call, instance)
        except ConnectorError as error:
            if error.code == "invalid_config":
                instance.notices.write(logger, logging.ERROR, error.code, error.message)
            entry.refused(error)
            return refused(error)
        except Exception as exception:  # noqa: BLE001
            log.write_bug(logger, exception)
            # Nothing is sent before a message is composed.
            return refused(bug(sent=None if entry.is_composed else False))
