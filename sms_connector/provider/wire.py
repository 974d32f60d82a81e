"""The wire below the official SDK: how far a call got, and which connections may be used again.

The SDK turns every network trouble into one exception that says neither whether the request
went out nor whether an answer began. Whoever sends verification codes must know both, so this
module gives the SDK an adapter of ``requests`` that keeps watch. It also settles three things
the SDK leaves open: no connection that was idle for long is used again, no redirect is followed
(it would send the message twice), and an emulator on this machine is not reached by a proxy.
"""

from .. import cold_start  # noqa: F401  (before the libraries: it says what can wait)

# isort: split
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, ClassVar
from urllib.parse import urlsplit

from darabonba.core import DaraCore
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ProxyError, SSLError, Timeout, TooManyRedirects
from requests.utils import should_bypass_proxies
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, ReadTimeoutError
from urllib3.poolmanager import PoolManager

from .. import clock
from ..clock import Moment
from .tls import tls_context, trust_all

MAX_IDLE_SECONDS = 10.0
"""A frozen instance does not see its sockets die; one that was idle for longer is not trusted."""

MAX_CONNECTIONS = 200
"""As many as Function Compute runs invocations at a time in one instance."""

_DAY = 86_400.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Stage(IntEnum):
    """How far a call got on the wire."""

    UNSEEN = 0  # the adapter never got the call: nothing can be said
    CONNECTING = 1
    WRITING = 2
    ANSWERED = 3  # a status line came back


class Attempt:
    """One call on the wire, seen by the thread that makes it. ``deadline`` is monotonic seconds."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.target: str | None = None  # path and query, where urllib3 was told of neither
        self.stage = Stage.UNSEEN
        self.reason = "its answer makes no sense"

    @property
    def seconds_left(self) -> float:
        return max(self.deadline - time.monotonic(), 0.0)

    def fail(self, trouble: Exception) -> None:
        """Keep what kind of trouble it was, and nothing of its text, which quotes the request."""
        cause = trouble.args[0] if trouble.args else None
        cause = getattr(cause, "reason", None) or cause
        if isinstance(cause, ReadTimeoutError) and self.stage is Stage.ANSWERED:
            self.stage = Stage.WRITING  # an answer that stalls is one that did not come in time
        if isinstance(cause, NameResolutionError):
            self.reason = "its name could not be resolved"
        elif isinstance(trouble, SSLError):
            self.reason = "its certificate is not trusted, or TLS failed"
        elif isinstance(trouble, ProxyError):
            self.reason = "the proxy did not let it through"
        elif isinstance(trouble, TooManyRedirects):
            self.reason = "it answered with a redirect"
        elif isinstance(trouble, Timeout) or isinstance(cause, ReadTimeoutError):
            self.reason = "it did not answer in time"
        else:
            self.reason = "the connection was refused or broke"


_watched = threading.local()


@contextmanager
def watch(deadline: float) -> Iterator[Attempt]:
    """Watch the one call that this thread makes inside the block. ``deadline`` as in Attempt."""
    attempt = Attempt(deadline)
    _watched.attempt = attempt
    try:
        yield attempt
    finally:
        del _watched.attempt


def _attempt() -> Attempt:
    attempt: Attempt = _watched.attempt
    return attempt


class _Watched(HTTPConnection):
    """A connection that tells its attempt how far it got, and knows since when it is idle."""

    _last_used: Moment | None = None

    @property
    def is_connected(self) -> bool:
        is_fresh = self._last_used is None or self._last_used.age <= MAX_IDLE_SECONDS
        return super().is_connected and is_fresh

    def connect(self) -> None:
        self.timeout = _within(self.timeout, _attempt().seconds_left)
        super().connect()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        attempt = _attempt()
        if not attempt.seconds_left:
            raise ConnectTimeoutError(self, "No time is left to send the request.")
        attempt.stage = Stage.WRITING
        super().request(method, attempt.target or url, *args, **kwargs)

    def getresponse(self) -> Any:
        attempt = _attempt()
        self.timeout = _within(self.timeout, attempt.seconds_left)
        sock = self.sock
        response = super().getresponse()
        attempt.stage = Stage.ANSWERED
        if sock is not None:  # the body has what is left, not the whole time-out anew
            sock.settimeout(_within(self.timeout, attempt.seconds_left))
        self._last_used = clock.now()
        return response


class _WatchedTls(_Watched, HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError:
            trust_all()  # for the second try, see SmsClient.send
            raise


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


def _within(timeout: Any, seconds_left: float) -> float:
    # A socket time-out of 0 would mean «do not block».
    return max(min(timeout, seconds_left) if timeout else seconds_left, 0.001)


class WatchedAdapter(HTTPAdapter):
    """The adapter that the SDK's sessions send with."""

    _POOLS: ClassVar = {"http": _Pool, "https": _TlsPool}

    def __init__(self, *, tls: bool) -> None:
        self._tls_context = tls_context() if tls else None
        self._direct: dict[str, HTTPConnectionPool] = {}
        super().__init__(pool_maxsize=MAX_CONNECTIONS)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls_context)
        self.poolmanager.pool_classes_by_scheme = self._POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(
            proxy, **kwargs, ssl_context=self._tls_context
        )
        manager.pool_classes_by_scheme = self._POOLS
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002
        # The context holds the trusted roots already; requests would have them parsed again.
        conn.cert_reqs = "CERT_REQUIRED"

    # The SDK's URL holds the phone and the code, and is encoded. Where there is no proxy, nobody
    # between it and the wire need know it: requests would take it apart twice more, urllib3 would
    # encode it once more and quote it in exceptions and logs. It costs them a twentieth of a
    # message.

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: Any,  # noqa: ARG002
        proxies: dict[str, str] | None = None,
        cert: Any = None,  # noqa: ARG002
    ) -> Any:
        if proxies:
            return super().get_connection_with_tls_context(request, True, proxies)
        origin, _target = _split(request)
        pool = self._direct.get(origin)
        if pool is None:
            self._direct[origin] = pool = self.poolmanager.connection_from_url(origin)
        return pool

    def close(self) -> None:
        super().close()
        self._direct.clear()

    def request_url(self, request: PreparedRequest, proxies: dict[str, str] | None) -> str:
        if proxies:
            return super().request_url(request, proxies)
        _origin, _attempt().target = _split(request)
        return "/"

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: dict[str, str] | None = None,
    ) -> Response:
        """Send one request, once, and read its answer to the end."""
        if not hasattr(_watched, "attempt"):
            with watch(time.monotonic() + _DAY):  # nobody else does: it has its own limits
                return self.send(request, stream, timeout, verify, cert, proxies)
        attempt = _attempt()
        attempt.stage = Stage.CONNECTING
        attempt.target = None
        if proxies and _reached_directly(request.url or ""):
            proxies = {}
        try:
            response = super().send(request, stream, timeout, verify, cert, proxies)
            if not stream:
                response.content  # noqa: B018  (reads it, so that trouble on the way is seen here)
            if response.is_redirect:
                raise TooManyRedirects("A redirect is not followed: it would send twice.")
        except Exception as trouble:
            attempt.fail(trouble)
            raise
        return response


def install() -> None:
    """Have the SDK send with WatchedAdapter. Sessions are per host and shared by all threads.

    The adapter goes by the context of trust.py: it does not look at ``tls_min_version``,
    ``verify`` and ``cert``.
    """
    DaraCore.get_adapter = staticmethod(_adapter_for)
    # With DEBUG=sdk it would print what nobody may see, and fail on a status it does not know.
    DaraCore._do_http_debug = staticmethod(lambda *_: None)


def _adapter_for(
    protocol: str,
    tls_min_version: str | None = None,  # noqa: ARG001  (the platform's minimum holds)
    pool_size: int | None = None,  # noqa: ARG001
) -> WatchedAdapter:
    return WatchedAdapter(tls=protocol.upper() == "HTTPS")


def _reached_directly(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK or should_bypass_proxies(url, no_proxy=None)


def _split(request: PreparedRequest) -> tuple[str, str]:
    """Take apart the URL that requests prepared: where to ask, and what for."""
    url = request.url or ""
    start = url.index("/", len("https://"))
    return url[:start], url[start:].partition("#")[0]
