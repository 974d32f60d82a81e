"""Settings that are environment variables, as s.yaml and the console set them."""

import os
from collections.abc import Mapping
from typing import Final

import msgspec

from .config import FALLBACK_USAGE_TYPE, ConnectorConfig, parse_config
from .errors import bad_config
from .message import is_usage_type

CONFIG: Final = "SMS_CONNECTOR_CONFIG"
CONFIG_FILE: Final = "SMS_CONNECTOR_CONFIG_FILE"
SUPABASE_USAGE_TYPE: Final = "SMS_CONNECTOR_SUPABASE_USAGE_TYPE"

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


def supabase_usage_type(environ: Mapping[str, str]) -> str:
    """Give the usage type of Supabase's messages: ``Generic`` unless the setting names another.

    Raises ConnectorError (``invalid_config``).
    """
    usage_type = environ.get(SUPABASE_USAGE_TYPE) or FALLBACK_USAGE_TYPE
    if not is_usage_type(usage_type):
        raise bad_config(f"{SUPABASE_USAGE_TYPE} must be a usage type such as SignIn or Generic.")
    return usage_type
