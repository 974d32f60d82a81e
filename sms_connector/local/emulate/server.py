"""The emulator as a server in its own thread, for tests and tools."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from types import TracebackType

from typing_extensions import Self

from ..web_guard import Hosts
from ..web_server import WebServer
from .account import DEFAULT_ACCOUNT, Account
from .app import DELIVERY_DELAY, create_app
from .connection import Connection
from .flow_control import FlowControl
from .inbox import Entry, Inbox, ReceivedMessage
from .report_pusher import ReportPusher


class Emulator(WebServer):
    """Serves within its one `with` block.

    Port 0 picks a free one. `clock` returns seconds since the epoch, also for checking signatures;
    `delivery_delay` is in seconds. Both certificate files are PEM; with them the emulator serves
    TLS. `on_message` is called in the server's thread. `allow_hosts` are host names that requests
    may name besides those of `web_guard.Hosts`. Delivery reports are pushed to the address
    `reports`, unless it is empty; `say` is called with a sentence if they are not accepted. With
    `outside_mainland` all calls come from an address outside mainland China.

    Entering raises OSError if the port is taken or a certificate cannot be read.
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
        allow_hosts: Iterable[str] = (),
        reports: str = "",
        say: Callable[[str], None] = lambda _: None,
        *,
        outside_mainland: bool = False,
    ) -> None:
        self.account = account
        self.reports = ReportPusher(reports, delivery_delay, say) if reports else None
        self._on_message = on_message
        self.inbox = Inbox(on_message=self._accept)
        self._flow_control = FlowControl() if flow_control else None
        app = create_app(
            account,
            self.inbox,
            self._flow_control,
            clock,
            delivery_delay,
            Hosts(host, allow_hosts),
            pushes_reports=bool(reports),
            outside_mainland=outside_mainland,
        )
        super().__init__(
            app,
            host,
            port,
            name="sms-emulator",
            http=Connection,
            ssl_certfile=ssl_certfile,
            ssl_keyfile=ssl_keyfile,
        )

    def __enter__(self) -> Self:
        super().__enter__()
        if self.reports is not None:
            self.reports.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.reports is not None:
            self.reports.__exit__(exc_type, exc, traceback)
        super().__exit__(exc_type, exc, traceback)

    def _accept(self, entry: Entry) -> None:
        message = entry.item
        if not isinstance(message, ReceivedMessage):
            return
        if self.reports is not None:
            self.reports.add(message, partial(self.inbox.add_report, entry.id))
        if self._on_message is not None:
            self._on_message(message)

    def clear(self) -> None:
        """Empty the inbox, and reset flow control."""
        self.inbox.clear()
        if self._flow_control is not None:
            self._flow_control.clear()
