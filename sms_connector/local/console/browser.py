"""Opening the page without its token in the browser's arguments, which every user can list."""

import html
import os
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<title>SMS connector</title>
<meta http-equiv="refresh" content="0; url={0}">
<a href="{0}">{1}</a>
"""


@contextmanager
def open_in_browser(address: str) -> Iterator[None]:
    """Open a file that redirects to the address. Only its owner can read it.

    The file exists until the block ends, because a browser may take long to start.
    """
    descriptor, name = tempfile.mkstemp(prefix="sms-console-", suffix=".html")
    path = Path(name)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            # mkstemp does this on POSIX already; the file must have this mode.
            os.chmod(path, 0o600)
            file.write(_PAGE.format(html.escape(address), html.escape(address.partition("?")[0])))
        webbrowser.open(path.as_uri())
        yield
    finally:
        path.unlink(missing_ok=True)
