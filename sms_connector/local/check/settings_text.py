"""The connector JSON as it stands, valid or not, from where the function would take it."""

from collections.abc import Mapping
from pathlib import Path

from ...settings import config_source


def read_settings(environ: Mapping[str, str]) -> str:
    """Give the text of the connector JSON.

    Raises ConnectorError (``invalid_config``) that says what to set, if there is none to read.
    """
    source = config_source(environ)
    if source.text is not None:
        return source.text
    try:
        return Path(source.path).read_text("utf-8-sig")
    except (OSError, UnicodeError):
        source.read()  # it fails in the same way, and says what to set
        raise
