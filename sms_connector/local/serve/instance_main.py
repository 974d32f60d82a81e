"""``python -m …serve.instance_main FD ENVELOPE``: an instance that `serve` starts."""

import sys

from .instance import Instance
from .invocation import invoke
from .invocation_log import log_to_stderr
from .process import answer_requests, configure

if __name__ == "__main__":
    descriptor, envelope, *emulated = sys.argv[1:]
    log_to_stderr()
    instance = Instance(configure=lambda: configure(emulated))
    answer_requests(
        int(descriptor),
        instance.has_started,
        lambda request: invoke(instance, envelope, request),
    )
