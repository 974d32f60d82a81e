"""Where the connector JSON is found: environment variables, as s.yaml and the console set them."""

import os
from collections.abc import Mapping
from typing import Final

import msgspec

from .config import ConnectorConfig, parse_config
from .errors import bad_config

CONFIG: Final = "SMS_CONNECTOR_CONFIG"
CONFIG_FILE: Final = "SMS_CONNECTOR_CONFIG_FILE"

_CODE_DIRECTORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_DEFAULT_FILE = os.path.join(_CODE_DIRECTORY, "connector.json")


class ConfigSource(msgspec.Struct, frozen=True):
    """A place a connector JSON stands in. Another value means that it may have changed."""

    text: str | None
    path: str
    modified_ns: int

    def __repr__(self) -> str:
        return f"ConfigSource(path={self.path!r})"

    def read(self) -> ConnectorConfig:
        """Load and check the connector JSON.

        Raises ConnectorError (``invalid_config``) that says what to set or mend.
        """
        if self.text is not None:
            return parse_config(self.text)
        try:
            with open(self.path, encoding="utf-8-sig") as file:
                return parse_config(file.read())
        except FileNotFoundError:
            raise bad_config(
                f"There is no connector config: set {CONFIG} to the connector JSON, or "
                f"{CONFIG_FILE} to the path of a file that holds it."
            ) from None
        except (OSError, UnicodeError):
            raise bad_config(f"The file that {CONFIG_FILE} names cannot be read.") from None


def config_source(environ: Mapping[str, str]) -> ConfigSource:
    """Find the connector JSON: the variable itself, the file it names, or ``connector.json``."""
    if text := environ.get(CONFIG):
        return ConfigSource(text, "", 0)
    path = environ.get(CONFIG_FILE) or _DEFAULT_FILE
    try:
        modified_ns = os.stat(path).st_mtime_ns
    except OSError:
        modified_ns = 0
    return ConfigSource(None, path, modified_ns)
