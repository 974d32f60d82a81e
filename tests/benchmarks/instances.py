"""Instances of both modes as a dispatcher sees them: processes that take requests, and cost."""

from __future__ import annotations

import http.client
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from sms_connector.local.package.interpreter import Interpreter
from sms_connector.local.web_server import listen

from .contenders import PACKAGE, PEERS

_INVOKE = {"x-fc-control-path": "/invoke"}


class Instance:
    """A process. ``most`` is how many requests it takes at once."""

    most = 1

    def __init__(self, command: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self.under_way = 0
        self.is_ready = False
        self.busy_seconds = 0.0
        self._busy_since = 0.0
        self._process = subprocess.Popen(  # noqa: S603
            command,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if self.most == 1 else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def begin(self) -> None:
        """Count a request that comes in. The platform bills while there is one or more."""
        if not self.under_way:
            self._busy_since = time.monotonic()
        self.under_way += 1

    def end(self) -> None:
        self.under_way -= 1
        if not self.under_way:
            self.busy_seconds += time.monotonic() - self._busy_since

    def answer(self, event: bytes) -> bytes:
        """Have one event answered; the first waits until the process has started."""
        raise NotImplementedError

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far, of the threads that still run: none of them ends."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text("ascii").split()[0]) for each in tasks) / 1e9

    @property
    def peak_mib(self) -> float:
        lines = Path(f"/proc/{self._process.pid}/status").read_text("ascii").splitlines()
        (peak,) = [line for line in lines if line.startswith("VmHWM")]
        return int(peak.split()[1]) / 1024

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class HandlerInstance(Instance):
    """The built-in runtime."""

    def __init__(self, interpreter: Interpreter, environ: Mapping[str, str]) -> None:
        command = (interpreter.path, "-S", "-s", "-B", str(PEERS / "instance.py"))
        super().__init__(command, {**environ, "PYTHONPATH": str(PACKAGE)})

    def answer(self, event: bytes) -> bytes:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(event + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        self.is_ready = True
        return answer


class WebInstance(Instance):
    """Web mode. Connections are kept and used again, as the platform does."""

    most = 100

    def __init__(self, interpreter: Interpreter, environ: Mapping[str, str]) -> None:
        with listen("127.0.0.1", 0) as free:
            self._port: int = free.getsockname()[1]
        platform = {"FC_FUNCTION_NAME": "bench", "FC_SERVER_PORT": str(self._port)}
        command = (interpreter.path, "-S", "-s", "-B", str(PACKAGE / "server.py"), "127.0.0.1")
        super().__init__(command, {**environ, **platform})
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def answer(self, event: bytes) -> bytes:
        self._await_port()
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request("POST", "/invoke", event, _INVOKE)
        answer = connection.getresponse().read()
        with self._lock:
            self._idle.append(connection)
        return answer

    def _await_port(self) -> None:
        while not self.is_ready:
            with socket.socket() as probe:
                self.is_ready = probe.connect_ex(("127.0.0.1", self._port)) == 0
            time.sleep(0 if self.is_ready else 0.002)

    def stop(self) -> None:
        for connection in self._idle:
            connection.close()
        super().stop()
