"""What all calls of one instance share."""

import threading
from typing import TYPE_CHECKING

from .errors import ConnectorError, invalid_config
from .log import Notices
from .reports.figures import Figures
from .reports.logged import LoggedReports
from .sending.connector import SmsConnector
from .settings import Settings
from .store import open_stores
from .web.auth import Auth

if TYPE_CHECKING:
    from .verification.service import Verifications


class Services:
    """What valid settings make. Raises ConnectorError (``invalid_config``) for invalid ones."""

    def __init__(self, settings: Settings) -> None:
        if settings.problems:
            raise invalid_config(" ".join(settings.problems))
        self.stores = open_stores(settings)
        self.config = settings.read_config()
        self.figures = Figures(self.stores.names, self.config)
        self.connector = SmsConnector(self.config, settings.proxies, self.stores, self.figures)
        self._settings = settings
        self._lock = threading.Lock()
        self._verifications: Verifications | None = None

    @property
    def verifications(self) -> "Verifications":
        """One for all calls, because it remembers. Imported at its first use: see ``run``."""
        with self._lock:
            if self._verifications is None:
                from .verification.service import Verifications

                self._verifications = Verifications(
                    self._settings, self.config, self.stores, self.figures
                )
            return self._verifications


class Instance:
    """The settings, and what is made of them. One for all threads.

    Invalid settings do not keep an instance from starting: what needs ``services`` raises why.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.notices = Notices()
        self.logged_reports = LoggedReports()
        self.auth = Auth(settings, self.notices)
        self._services: Services | ConnectorError
        try:
            self._services = Services(settings)
        except ConnectorError as error:
            self._services = error

    @property
    def services(self) -> Services:
        """The connector, its config and its stores. Raises ConnectorError (``invalid_config``)."""
        if isinstance(self._services, ConnectorError):
            raise self._services.copy()
        return self._services
