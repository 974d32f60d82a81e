"""The console as a server in a thread of its own, for the command and for tests."""

import json
from pathlib import Path
from types import TracebackType

from ..emulate.server import Emulator
from ..web_server import WebServer
from .app import create_app
from .connector_file import ConnectorFile
from .desk import Desk
from .guard import new_token

EXAMPLE = Path(__file__).parents[3] / "connector.example.json"


class Console:
    """Serves on 127.0.0.1 for as long as its one `with` block lasts; port 0 picks a free one.

    `path` is the connector JSON to load and save. With a running `emulator` the page shows its
    phones, and as long as there is no file the form begins with the example config pointed at it.
    Entering raises OSError if the port is taken.
    """

    def __init__(self, path: Path, emulator: Emulator | None = None, port: int = 0) -> None:
        self.path = path
        start = None
        if emulator is not None:
            start = json.loads(EXAMPLE.read_text("utf-8")) | {"endpoint": emulator.url}
        self.token = new_token()
        desk = Desk(ConnectorFile(path, start), emulator)
        # Never another address: whoever reaches the page with its token can send messages.
        self._server = WebServer(
            create_app(desk, self.token), "127.0.0.1", port, name="sms-console"
        )

    @property
    def origin(self) -> str:
        """The address without the token, and without a slash at its end."""
        return self._server.url

    @property
    def url(self) -> str:
        """The address to open: whoever knows it may use the console."""
        return f"{self.origin}/?token={self.token}"

    def __enter__(self) -> "Console":
        self._server.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.__exit__(exc_type, exc, traceback)
