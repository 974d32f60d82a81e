"""What all calls of one instance share."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from .errors import ConnectorError, invalid_config
from .log import Notices
from .reports.figures import Figures
from .sending.connector import SmsConnector
from .settings import Settings
from .store import open_stores
from .web.auth import Auth

_Service = TypeVar("_Service")


class Services:
    """What a valid config makes. Raises ConnectorError (``invalid_config``) for another."""

    def __init__(self, settings: Settings) -> None:
        if settings.problems:
            raise invalid_config(" ".join(settings.problems))
        self.stores = open_stores(settings)
        config = settings.read_config()
        self.figures = Figures(self.stores.names, config)
        self.connector = SmsConnector(config, settings.proxies, self.stores, self.figures)


class Instance:
    """The settings and what is made of them. One for all threads.

    An invalid config does not keep an instance from starting: whatever needs ``services`` then
    raises why.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.notices = Notices()
        self.auth = Auth(settings, self.notices)
        self._lock = threading.Lock()
        self._shared: dict[type[Any], Any] = {}
        self._services: Services | ConnectorError
        try:
            self._services = Services(settings)
        except ConnectorError as error:
            self._services = error

    @property
    def services(self) -> Services:
        """The connector and its stores. Raises ConnectorError (``invalid_config``)."""
        if isinstance(self._services, ConnectorError):
            raise self._services.copy()
        return self._services

    def shared(self, kind: type[_Service], make: Callable[[], _Service]) -> _Service:
        """Return the instance's one service of a kind, which the first call for it makes."""
        with self._lock:
            if kind not in self._shared:
                self._shared[kind] = make()
            return cast(_Service, self._shared[kind])
