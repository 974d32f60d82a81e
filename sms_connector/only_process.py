"""Whether this is the only process of a server, which `wsgi.multiprocess` does not always say.

gunicorn adds a process on SIGTTIN, and goes on to say that there is one.
"""

import os
import socket
import sys
import threading
import time
from typing import Final

SECONDS_TO_END: Final = 10.0
"""For how long a process that is replaced by this one may still answer."""


class OnlyProcess:
    """Holds a name that one process alone can have, on Linux. One for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, socket.socket] = {}
        self._wait = SECONDS_TO_END

    def is_only(self, address: str) -> bool:
        """Return whether no other child of the same process serves this address.

        The first call waits SECONDS_TO_END for one that may be about to end, as on a reload.
        """
        if sys.platform != "linux" or address in self._held:
            return True
        with self._lock:
            deadline = time.monotonic() + self._wait
            while not self._hold(address):
                if time.monotonic() >= deadline:
                    self._wait = 0
                    return False
                time.sleep(0.05)
            return True

    def _hold(self, address: str) -> bool:
        if address in self._held:
            return True
        # Abstract: it is no file, and is given up when the process ends, however it does.
        name = f"\0sms-connector {os.getppid()} {address}"
        holder = socket.socket(socket.AF_UNIX)
        try:
            holder.bind(name)
        except OSError:
            holder.close()
            return False
        self._held[address] = holder
        return True
