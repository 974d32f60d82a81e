"""Real servers for tests: each in a process of its own, on a free port, keeping nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sms_connector.local import redis_server
from sms_connector.local.redis_server import free_port, server_programs
from sms_connector.store.address import Address

__all__ = ("PROGRAM", "RedisServer", "free_port", "server_programs")

PROGRAM = server_programs()[0]


class RedisServer(redis_server.RedisServer):
    """One server. ``options`` are those of its configuration, such as ``requirepass``."""

    @property
    def address(self) -> Address:
        password = str(self._options.get("requirepass", "")).strip('"')
        return Address("127.0.0.1", self.port, password=password)

    def stop(self) -> None:
        """Make it silent: connections are accepted, and nothing is answered."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    def remember(self) -> Callable[[], None]:
        """Return what puts it back to how it is now, as an old dump or a replica would be."""
        dumps = {name: self.command("DUMP", name) for name in self.command("KEYS", "*")}

        def restore() -> None:
            self.command("FLUSHALL")
            for name, dump in dumps.items():
                self.command("RESTORE", name, 600_000, dump)

        return restore

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
