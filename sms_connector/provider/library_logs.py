"""The log lines of the libraries below: they quote the request, so nobody sees them."""

import logging


def silence_libraries() -> None:
    """Keep the SDK and urllib3 from logging request URLs, which hold the phone and the code.

    The SDK writes them with ``DEBUG=sdk`` in the environment, urllib3 at level DEBUG and, when a
    header of the answer is broken, at level WARNING.
    """
    for name in ("darabonba-core", "alibabacloud-tea"):
        logging.getLogger(name).disabled = True
    # Its loggers are many: what they say ends at their common parent.
    urllib3 = logging.getLogger("urllib3")
    urllib3.handlers = [logging.NullHandler()]
    urllib3.propagate = False
