"""What a form stands for once it goes to the emulator that was started with the console."""

import msgspec

from ...config import ConnectorConfig, RegionalCode
from ..emulate.account import ORDINARY_KEY, Account
from ..emulate.server import Emulator


def with_emulator_key(config: ConnectorConfig, emulator: Emulator) -> ConnectorConfig:
    """Point a config to the emulator, with its access key unless the config has one of its own.

    The sign and the templates stay, so that a check shows which of them the emulator knows.
    """
    changes: dict[str, object] = {"endpoint": emulator.url}
    if config.access_key_id is None or not emulator.account.access_key(config.access_key_id):
        changes |= {"access_key_id": ORDINARY_KEY.id, "access_key_secret": ORDINARY_KEY.secret}
    return msgspec.structs.replace(config, **changes)


def with_emulator_account(
    config: ConnectorConfig, emulator: Emulator, example: ConnectorConfig
) -> ConnectorConfig:
    """Point a config to the emulator, whose sign and templates replace those it does not know.

    ``example`` has a sign and templates that every emulator knows.
    """
    config = with_emulator_key(config, emulator)
    if _knows_all(emulator.account, config):
        return config
    return msgspec.structs.replace(config, sign_name=example.sign_name, templates=example.templates)


def _knows_all(account: Account, config: ConnectorConfig) -> bool:
    signs = {config.sign_name, *(template.sign_name for template in config.templates)} - {None}
    return all(account.sign(sign or "") for sign in signs) and all(
        account.template(code) for code in _codes(config)
    )


def _codes(config: ConnectorConfig) -> set[str]:
    codes: set[str] = set()
    for template in config.templates:
        code = template.template_code
        codes |= {code.china, code.overseas} if isinstance(code, RegionalCode) else {code}
    return codes
