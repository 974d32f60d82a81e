"""The HTTP server that a custom runtime of Function Compute starts: see s.web.yaml.

Listens on all addresses, or on the one that is the argument.
"""

import gc
import os
import sys

# As in index.py.
gc.disable()
from sms_connector.web_mode.run import run  # noqa: E402

if __name__ == "__main__":
    gc.freeze()
    gc.enable()
    run(os.environ, *sys.argv[1:])
