"""The console as a server in a thread of its own, for the command and for tests."""

from pathlib import Path

from ..emulate.server import Emulator
from ..example import example_config
from ..web_server import WebServer
from .actions import Actions
from .app import create_app
from .connector_file import ConnectorFile
from .guard import new_token


class Console(WebServer):
    """Serves on 127.0.0.1 for as long as its one `with` block lasts; port 0 picks a free one.

    `path` is the connector JSON to load and save. With a running `emulator`, all checks and
    messages go to it, the page shows its phone, and as long as there is no file the form begins
    with the example config. Entering raises OSError if the port is taken.
    """

    def __init__(self, path: Path, emulator: Emulator | None = None, port: int = 0) -> None:
        self.path = path
        self.token = new_token()
        file = ConnectorFile(path, example_config(emulator.url) if emulator else None)
        app = create_app(Actions(file, emulator), self.token)
        # Never another address: everyone who has the address with the token can send messages.
        super().__init__(app, "127.0.0.1", port, name="sms-console")

    @property
    def address(self) -> str:
        """The URL to open. It holds the token: everyone who has it can use the console."""
        return f"{self.url}/?token={self.token}"
