"""The text of the connector JSON, valid or not, from where the function would read it."""

from collections.abc import Mapping
from pathlib import Path

from ...settings import read_settings


def read_config_text(environ: Mapping[str, str]) -> str:
    """Return the text of the connector JSON.

    Raises ConnectorError (``invalid_config``) that names what to set if it cannot be read.
    """
    settings = read_settings(environ)
    if settings.config_text:
        return settings.config_text
    try:
        return Path(settings.config_path).read_text("utf-8-sig")
    except (OSError, UnicodeError):
        settings.read_config()  # fails too, with an error that names what to set
        raise
