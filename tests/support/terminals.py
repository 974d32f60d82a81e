"""The commands of a page, run as a reader would: in a fresh copy, with one shell per terminal.

A ``console`` fence holds commands, on lines that begin with ``$ ``, and what they print. The
paragraph before it may name the terminal (``Terminal 1, the function:``, ``终端 1（函数）：``);
otherwise it is the terminal of the fence before. ``…`` stands for any text, and on a line of its
own for any lines. A server is left running as soon as it has printed the lines that are shown.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.markdown import fences
from tests.support.serving import PROJECT, clean

SECONDS = 60.0
"""The most time for a command to end, and for a server to print what is shown."""

_TERMINAL = re.compile(r"^ *(?:Terminal|终端) ?(\d)")
_NEEDS = re.compile(
    r"\bneeds (?:an account|Docker|Serverless Devs|the internet)\b"
    r"|需要(?:账号|联网| ?Docker| Serverless Devs)"
)
_SERVER = re.compile(
    r"make (?:serve|console)\b|(?:sms_connector|sms-connector) (?:serve|emulate|console)\b"
    r"|\b(?:uvicorn|gunicorn|waitress-serve|redis-server|aliyun-sms-emulator)\b"
)
_PORT = re.compile(
    r"(?:127\.0\.0\.1|0\.0\.0\.0|localhost|host\.docker\.internal|port)[: =](\d{4,5})"
)
_FILES_WITH_PORTS = (
    "Makefile",
    "docs/examples/connector.example.json",
    "sms_connector/local/**/command.py",
)
_NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".*_cache", ".hypothesis", ".cov*", "build", "connector.json", "node_modules"
)

# What differs from one run to the next, and what takes its place in a comparison.
_CHANGING: Final = (
    (re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"), "REQUEST-ID"),
    (re.compile(r"\d{18}\^0"), "BIZ-ID"),
    (re.compile(r"(?<=\"id\":\")[\w-]{22}(?=\")"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "TIME"),
    (re.compile(r"(?<![\w-])[\w-]{32}(?![\w-])"), "AUTHORIZATION"),
    (re.compile(r"(?<!\d)\d\d:\d\d:\d\d(?!\d)"), "CLOCK"),
    (re.compile(r"\d+ ms\b|(?<=\"milliseconds\":)\d+"), "MILLISECONDS"),
    (re.compile(r"(?<!\d)\d{6}(?!\d)"), "CODE"),
)


class Command(NamedTuple):
    """One command, the number of its terminal, and the lines that the page shows after it.

    ``needs`` quotes what the page says is needed and a test does not have; usually empty.
    """

    terminal: str
    text: str
    shown: str
    needs: str


def commands(text: str) -> Iterator[Command]:
    """Yield the commands of a page's ``console`` fences, from top to bottom."""
    terminal = "1"
    for fence in fences(text):
        if fence.language != "console":
            continue
        if named := _TERMINAL.match(fence.before):
            terminal = named[1]
        needs = _NEEDS.search(fence.before)
        lines = fence.code.splitlines()
        while lines:
            command = lines.pop(0).removeprefix("$ ")
            while lines and not _is_whole(command):
                command += "\n" + lines.pop(0)
            shown = []
            while lines and not lines[0].startswith("$ "):
                shown.append(lines.pop(0))
            yield Command(terminal, command, "\n".join(shown), needs[0] if needs else "")


def _is_whole(command: str) -> bool:
    """Return whether the command is complete: bash would not ask for another line."""
    read = subprocess.run(["bash", "-n", "-c", command], capture_output=True, check=False)  # noqa: S603, S607
    return not read.stderr and not command.endswith("\\")


class Machine:
    """A new user's machine: an empty home, and the project as it was cloned and set up.

    Another process may use the ports that the page names: free ones replace them, in the commands
    and in the files that have them as a default.
    """

    def __init__(self, root: Path, text: str) -> None:
        named = {"9000", "8025", *_PORT.findall(text)}
        self._ports = {port: str(_free_port()) for port in sorted(named)}
        self._terminals: dict[str, _Terminal] = {}
        self._project = root / "aliyun-sms-connector"
        shutil.copytree(PROJECT, self._project, ignore=_NOT_COPIED)
        for pattern in _FILES_WITH_PORTS:
            for file in self._project.glob(pattern):
                file.write_text(_swap(file.read_text("utf-8"), self._ports), "utf-8")
        _link_venv(self._project / ".venv")
        home = root / "home"
        home.mkdir()
        # `make test` hands its own variables down.
        kept = {
            name: value
            for name, value in clean(os.environ).items()
            if not name.startswith(("MAKE", "MFLAGS", "VENV", "PYTHON"))
        }
        self._environ = {**kept, "HOME": str(home), "NO_COLOR": "1"}

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        for terminal in self._terminals.values():
            terminal.close()

    def run(self, command: Command) -> None:
        """Run one command. Raise AssertionError if it fails or prints what the page does not show.

        A command without shown output may print anything, but must succeed.
        """
        if command.terminal not in self._terminals:
            self._terminals[command.terminal] = _Terminal(self._project, self._environ)
        terminal = self._terminals[command.terminal]
        pattern = _pattern(command.shown)
        back = {free: port for port, free in self._ports.items()}
        terminal.type(_swap(command.text, self._ports))
        is_server = _SERVER.search(command.text)
        assert command.shown or not is_server, f"the page does not show the last line of {command}"

        def is_there() -> bool:
            if terminal.code is not None:
                return True
            return bool(is_server and pattern.match(_normal(_swap(terminal.output, back))))

        ended = terminal.wait_for(is_there)
        output = _normal(_swap(terminal.output, back))
        where = f"\n$ {command.text}\n{output}\n--- in the page:\n{_normal(command.shown)}"
        assert ended, f"the command does not end, or does not print what is shown:{where}"
        if is_server:
            assert terminal.code is None, f"the server ended:{where}"
        elif command.shown:
            assert pattern.fullmatch(output), f"other lines:{where}"
        else:
            assert terminal.code == 0, f"exit code {terminal.code}:{where}"


class _Terminal:
    """A shell that runs one command at a time."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.output = ""
        self.code: int | None = None
        """The exit code of the command, None while it runs."""
        self._mark = f"<{os.urandom(8).hex()}>"
        self._changed = threading.Condition()
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],  # noqa: S607
            cwd=directory,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def type(self, command: str) -> None:
        self.output, self.code = "", None
        assert self._shell.stdin
        # Programs must not read the commands that come after them.
        self._shell.stdin.write(
            f"{{ {command}\n}} </dev/null\nprintf '\\n%s %s\\n' '{self._mark}' $?\n"
        )
        self._shell.stdin.flush()

    def wait_for(self, condition: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, SECONDS)

    def _read(self) -> None:
        assert self._shell.stdout
        for line in self._shell.stdout:
            with self._changed:
                if line.startswith(self._mark):
                    self.code = int(line.split()[1])
                else:
                    self.output += line
                self._changed.notify_all()

    def close(self) -> None:
        """Kill the shell and all that runs in it."""
        os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.wait()
        self._reader.join()
        for pipe in (self._shell.stdin, self._shell.stdout):
            if pipe:
                pipe.close()


def _free_port() -> int:
    """Return a free port outside the range from which clients get theirs."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _link_venv(venv: Path) -> None:
    """Link the environment of the tests, as if `make setup` had made it."""
    own = Path(sys.executable).parent
    venv.mkdir()
    (venv / "bin").symlink_to(own)
    for name in ("lib", "pyvenv.cfg"):
        if (own.parent / name).exists():
            (venv / name).symlink_to(own.parent / name)
    (venv / "ready").touch()


def _swap(text: str, ports: Mapping[str, str]) -> str:
    return re.sub(r"(?<!\d)\d{4,5}(?!\d)", lambda found: ports.get(found[0], found[0]), text)


def _normal(text: str) -> str:
    for changing, name in _CHANGING:
        text = changing.sub(name, text)
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip() + "\n"


def _pattern(shown: str) -> re.Pattern[str]:
    """Return what the whole output must match; for a server, its beginning."""
    lines = _normal(shown).splitlines()
    return re.compile(
        "".join(
            r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*?") + r"\n"
            for line in lines
        )
    )
