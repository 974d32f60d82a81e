"""The emulator as a server in a thread of its own, for tests and for tools."""

import time
from collections.abc import Callable
from types import TracebackType

from ..web_server import WebServer
from .account import DEFAULT_ACCOUNT, Account
from .app import DELIVERY_DELAY, create_app
from .connection import Connection
from .flow_control import FlowControl
from .inbox import Inbox, ReceivedMessage


class Emulator:
    """Serves for as long as its one `with` block lasts.

    Port 0 picks a free one. `clock` gives seconds since the epoch, and signatures are checked
    against it too; `delivery_delay` is in seconds. Both certificate files are PEM, and with them
    the emulator speaks TLS. `on_message` is called in the server's thread. Entering raises
    OSError if the port is taken or a certificate cannot be read.
    """

    def __init__(
        self,
        port: int = 0,
        flow_control: bool = True,
        account: Account = DEFAULT_ACCOUNT,
        ssl_certfile: str | None = None,
        ssl_keyfile: str | None = None,
        clock: Callable[[], float] = time.time,
        host: str = "127.0.0.1",
        delivery_delay: float = DELIVERY_DELAY,
        on_message: Callable[[ReceivedMessage], None] | None = None,
    ) -> None:
        self.account = account
        self.inbox = Inbox(on_message=on_message)
        self._flow_control = FlowControl() if flow_control else None
        self._server = WebServer(
            create_app(account, self.inbox, self._flow_control, clock, delivery_delay),
            host,
            port,
            name="sms-emulator",
            http=Connection,
            ssl_certfile=ssl_certfile,
            ssl_keyfile=ssl_keyfile,
        )

    @property
    def url(self) -> str:
        """The address, without a slash at its end. Ask only inside the `with` block."""
        return self._server.url

    def clear(self) -> None:
        """Empty the inbox, and let flow control forget what was sent."""
        self.inbox.clear()
        if self._flow_control is not None:
            self._flow_control.clear()

    def __enter__(self) -> "Emulator":
        self._server.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.__exit__(exc_type, exc, traceback)
