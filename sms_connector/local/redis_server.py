"""A real Redis server on this machine, which keeps nothing: for proofs, tests and benchmarks."""

import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from typing_extensions import Self

_START_SECONDS = 20.0
_PORTS_TRIED = 10


def server_programs() -> tuple[str, ...]:
    """Return the server that the requirements bring, and another one found on the PATH."""
    beside = Path(sys.executable).parent
    names = ("redis-server", "valkey-server")
    found = [str(beside / name) for name in names if (beside / name).exists()]
    found += [path for name in names if (path := shutil.which(name))]
    return tuple(dict.fromkeys(found))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class RedisServer:
    """One server, which runs within its `with` block. ``options`` are those of its configuration.

    Entering raises RuntimeError if it does not start.
    """

    def __init__(self, program: str = "", /, **options: str | int) -> None:
        self.program = program or next(iter(server_programs()), "redis-server")
        self.port = 0
        names = {name.replace("_", "-"): value for name, value in options.items()}
        self._options: dict[str, str | int] = {"save": '""', "appendonly": "no", **names}
        self._directory = TemporaryDirectory()

    def __enter__(self) -> Self:
        for left in reversed(range(_PORTS_TRIED)):
            self.port = free_port()
            try:
                self.start()
                break
            except RuntimeError:  # another process may have taken the port meanwhile
                if not left:
                    self._directory.cleanup()
                    raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        self._directory.cleanup()

    @property
    def url(self) -> str:
        """The address, without a password."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        settings = Path(self._directory.name, "redis.conf")
        # A replica that joined may have had the data written to disk; a start would load it.
        Path(self._directory.name, "dump.rdb").unlink(missing_ok=True)
        options = {"port": self.port, **self._options}
        settings.write_text("".join(f"{name} {value}\n" for name, value in options.items()))
        self._process = subprocess.Popen(  # noqa: S603
            [self.program, str(settings)],
            cwd=self._directory.name,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("redis-server does not start")
            time.sleep(0.01)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.settimeout(1)
            probe.sendall(b"PING\r\n")
            return probe.recv(100).startswith((b"+PONG", b"-NOAUTH", b"-MASTERDOWN"))
        return False
