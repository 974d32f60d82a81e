"""All environment variables are read here; index.py passes them in (SSL_CERT_*: see tls.py)."""

import os
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from .config import ConnectorConfig, parse_config
from .errors import invalid_config
from .message import FALLBACK_USAGE_TYPE, is_usage_type

CONFIG: Final = "SMS_CONNECTOR_CONFIG"
CONFIG_FILE: Final = "SMS_CONNECTOR_CONFIG_FILE"
AUTHORIZATION: Final = "SMS_CONNECTOR_AUTHORIZATION"
WEBHOOK_SECRETS: Final = "SMS_CONNECTOR_WEBHOOK_SECRETS"
ZITADEL_KEYS: Final = "SMS_CONNECTOR_ZITADEL_KEYS"
ANONYMOUS: Final = "SMS_CONNECTOR_ANONYMOUS"
BASE_PATH: Final = "SMS_CONNECTOR_BASE_PATH"
DEFAULT_USAGE_TYPE: Final = "SMS_CONNECTOR_DEFAULT_USAGE_TYPE"
LOCALE: Final = "SMS_CONNECTOR_LOCALE"
STORE: Final = "SMS_CONNECTOR_STORE"
SECRET: Final = "SMS_CONNECTOR_SECRET"
REPORT_TOKEN: Final = "SMS_CONNECTOR_REPORT_TOKEN"

FUNCTION_NAME: Final = "FC_FUNCTION_NAME"
"""Set by Function Compute, and by nothing else."""
REGION: Final = "FC_REGION"

HTTP_PROXY: Final = "HTTP_PROXY"
HTTPS_PROXY: Final = "HTTPS_PROXY"
NO_PROXY: Final = "NO_PROXY"

LOCALES: Final = ("en", "zh-CN")
SHORTEST_SECRET: Final = 32

_CODE_DIRECTORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What pip installed has no index.py, and nobody keeps a file in the directory of its packages.
_HAS_INDEX = os.path.isfile(os.path.join(_CODE_DIRECTORY, "index.py"))
_DEFAULT_FILE = os.path.join(_CODE_DIRECTORY if _HAS_INDEX else os.getcwd(), "connector.json")
_ZITADEL_KEY = re.compile(r"[!-~]{16,}")
_REPORT_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,}")
_BASE_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


class Proxies(msgspec.Struct, frozen=True):
    """The proxy for each protocol, as an ``http://`` URL, and what is reached without one."""

    http: str = ""
    https: str = ""
    no_proxy: str = ""

    def __repr__(self) -> str:
        return "Proxies()"


class Settings(msgspec.Struct, frozen=True):
    """Every setting of an instance. ``problems`` names each variable that has an invalid value.

    The connector JSON is ``config_text``, or stands in the file at ``config_path``.
    ``base_path`` has no slash at its end. Of several ``secrets`` the first makes what the others
    can still check. ``report_token`` is a part of the address for delivery reports, which is
    closed without one. ``many_instances`` says that there may be more than one. ``region`` is
    that of the function, empty outside Function Compute.
    """

    config_text: str = ""
    config_path: str = _DEFAULT_FILE
    authorizations: tuple[str, ...] = ()
    webhook_secrets: tuple[str, ...] = ()
    zitadel_keys: tuple[str, ...] = ()
    anonymous: bool = False
    base_path: str = ""
    default_usage_type: str = FALLBACK_USAGE_TYPE
    locale: str = LOCALES[0]
    store: str = ""
    secrets: tuple[str, ...] = ()
    report_token: str = ""
    proxies: Proxies = Proxies()
    many_instances: bool = False
    region: str = ""
    problems: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Settings(config_path={self.config_path!r})"

    def read_config(self) -> ConnectorConfig:
        """Read and check the connector JSON.

        Raises ConnectorError (``invalid_config``) that names what to set or change.
        """
        if self.config_text:
            return parse_config(self.config_text)
        try:
            with open(self.config_path, encoding="utf-8-sig") as file:
                return parse_config(file.read())
        except FileNotFoundError:
            raise invalid_config(
                f"There is no connector config at {self.config_path}: set {CONFIG} to the "
                f"connector JSON, or {CONFIG_FILE} to the path of a file with it."
            ) from None
        except OSError:
            raise invalid_config(
                f"The connector config at {self.config_path} cannot be read."
            ) from None
        except UnicodeError:
            raise invalid_config(
                f"The connector config at {self.config_path} cannot be read: save it as UTF-8."
            ) from None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read all variables. An empty one is an unset one; an invalid one is among ``problems``."""
    base_path = environ.get(BASE_PATH, "").strip().rstrip("/")
    usage_type = environ.get(DEFAULT_USAGE_TYPE) or FALLBACK_USAGE_TYPE
    locale = environ.get(LOCALE) or LOCALES[0]
    secrets = _split(environ.get(SECRET, ""), ",")
    zitadel_keys = _split(environ.get(ZITADEL_KEYS, ""), ",")
    report_token = environ.get(REPORT_TOKEN, "").strip()
    problems = []
    if base_path and not _BASE_PATH.fullmatch(base_path):
        problems.append(f"{BASE_PATH} must be a path such as /sms.")
    if not is_usage_type(usage_type):
        problems.append(f"{DEFAULT_USAGE_TYPE} must be a usage type such as SignIn or Generic.")
    if locale not in LOCALES:
        problems.append(f"{LOCALE} must be one of {', '.join(LOCALES)}.")
    if any(len(secret) < SHORTEST_SECRET for secret in secrets):
        problems.append(f"{SECRET} must have {SHORTEST_SECRET} or more characters.")
    if not all(_ZITADEL_KEY.fullmatch(key) for key in zitadel_keys):
        problems.append(f"{ZITADEL_KEYS} must be keys of 16 or more characters without spaces.")
    if report_token and not _REPORT_TOKEN.fullmatch(report_token):
        problems.append(f"{REPORT_TOKEN} must be 16 or more letters, digits and characters of -._~")
        report_token = ""
    return Settings(
        config_text=environ.get(CONFIG, ""),
        config_path=environ.get(CONFIG_FILE) or _DEFAULT_FILE,
        authorizations=_split(environ.get(AUTHORIZATION, ""), ","),
        webhook_secrets=_split(environ.get(WEBHOOK_SECRETS, ""), "|"),
        zitadel_keys=zitadel_keys,
        anonymous=environ.get(ANONYMOUS, "").strip().lower() == "true",
        base_path=base_path,
        default_usage_type=usage_type,
        locale=locale,
        store=environ.get(STORE, "").strip(),
        secrets=secrets,
        report_token=report_token,
        proxies=_read_proxies(environ),
        many_instances=bool(environ.get(FUNCTION_NAME)),
        region=environ.get(REGION, ""),
        problems=tuple(problems),
    )


def _read_proxies(environ: Mapping[str, str]) -> Proxies:
    names = (HTTP_PROXY, HTTPS_PROXY, NO_PROXY)
    return Proxies(*(environ.get(name) or environ.get(name.lower(), "") for name in names))


def _split(values: str, separator: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in values.split(separator) if value.strip())
