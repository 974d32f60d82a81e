"""``python -m …serve.web_main``: server.py as `serve --web` starts it."""

import os
import runpy
import signal
import sys
import threading

from ..checkout import IS_CHECKOUT, PROJECT
from .process import configure


def _stop_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    configure(sys.argv[1:])
    # Only from this machine: a client that reaches it is taken for the platform.
    sys.argv[1:] = ["127.0.0.1"]
    if IS_CHECKOUT:
        runpy.run_path(str(PROJECT / "server.py"), run_name="__main__")
    else:  # server.py is not installed
        from ...web_mode.run import run

        run(os.environ, *sys.argv[1:])
