"""What all calls of one instance share."""

from .errors import ConnectorError, invalid_config
from .log import Notices
from .reports.figures import Figures
from .reports.logged import LoggedReports
from .sending.connector import SmsConnector
from .settings import Settings
from .store import open_stores
from .web.auth import Auth


class Services:
    """What valid settings make. Raises ConnectorError (``invalid_config``) for invalid ones."""

    def __init__(self, settings: Settings) -> None:
        if settings.problems:
            raise invalid_config(" ".join(settings.problems))
        self.stores = open_stores(settings)
        self.config = settings.read_config()
        self.figures = Figures(self.stores.names, self.config)
        self.connector = SmsConnector(self.config, settings.proxies, self.stores, self.figures)


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
