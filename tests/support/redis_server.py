"""Real servers for tests: each in a process of its own, on a free port, keeping nothing."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

from typing_extensions import Self

from sms_connector.store.address import Address


def server_programs() -> tuple[str, ...]:
    """Return the server that the test requirements bring, and another one found on the PATH."""
    beside = Path(sys.executable).parent
    names = ("redis-server", "valkey-server")
    found = [str(beside / name) for name in names if (beside / name).exists()]
    found += [path for name in names if (path := shutil.which(name))]
    return tuple(dict.fromkeys(found))


PROGRAM = server_programs()[0]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class RedisServer:
    """One server. ``options`` are those of its configuration, such as ``requirepass``."""

    def __init__(self, program: str = "", /, **options: str | int) -> None:
        self.program = program or PROGRAM
        self.port = int(options.pop("port", 0)) or free_port()
        names = {name.replace("_", "-"): value for name, value in options.items()}
        self._options = {"port": self.port, "save": '""', "appendonly": "no"} | names
        self._directory = TemporaryDirectory()

    def __enter__(self) -> Self:
        self.start()
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
    def address(self) -> Address:
        password = str(self._options.get("requirepass", "")).strip('"')
        return Address("127.0.0.1", self.port, password=password)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        settings = Path(self._directory.name, "redis.conf")
        settings.write_text("".join(f"{name} {value}\n" for name, value in self._options.items()))
        self._process = subprocess.Popen(  # noqa: S603
            [self.program, str(settings)],
            cwd=self._directory.name,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("redis-server does not start")
            time.sleep(0.01)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Make it silent: connections are accepted, and nothing is answered."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    @property
    def cpu_seconds(self) -> float:
        """The processor time it has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def command(self, *words: str | bytes | int) -> Any:
        """Run one command on a connection of its own, and return the reply."""
        from valkey import Valkey

        with Valkey("127.0.0.1", self.port, password=self.address.password or None) as client:
            return client.execute_command(*words)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.settimeout(1)
            probe.sendall(b"PING\r\n")
            return probe.recv(100).startswith((b"+PONG", b"-NOAUTH", b"-MASTERDOWN"))
        return False
