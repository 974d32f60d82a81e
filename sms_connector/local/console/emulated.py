"""What a form stands for once it goes to the emulator that was started with the console."""

import msgspec

from ...config import ConnectorConfig
from ...templates import CHINA, OVERSEAS, Backup, ByRegion, Template
from ..check.codes_in_use import CodeInUse, codes_in_use
from ..emulate.account import ORDINARY_KEY, Account
from ..emulate.pnvs_account import GIVEN_SIGNS
from ..emulate.server import Emulator
from ..given_templates import FIRST_GIVEN, GIVEN_TEMPLATES


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
    """Point a config to the emulator, whose signs and templates replace those it does not know.

    ``example`` has a sign and templates that every emulator knows. A template of the number
    verification service stays one.
    """
    config = with_emulator_key(config, emulator)
    if all(_knows(emulator.account, code) for code in codes_in_use(config)):
        return config
    given = tuple(_given(template, example) for template in config.templates if _is_given(template))
    return msgspec.structs.replace(
        config,
        sign_name=example.sign_name,
        templates=given + example.templates,
        backup=_known_backup(config.backup),
    )


def _knows(account: Account, code: CodeInUse) -> bool:
    if code.is_pnvs:
        return code.sign_name in GIVEN_SIGNS and code.code in GIVEN_TEMPLATES
    return bool(account.sign(code.sign_name) and account.template(code.code))


def _is_given(template: Template) -> bool:
    return template.is_pnvs_at(CHINA)


def _given(template: Template, example: ConnectorConfig) -> Template:
    """Return the template with a given sign of the emulator's, and with codes that it knows."""
    china = next((code for code in template.codes if code in GIVEN_TEMPLATES), FIRST_GIVEN)
    abroad = (each.template_code.values.get(OVERSEAS) for each in example.templates)
    overseas = next(code for code in abroad if code)
    codes = dict.fromkeys(template.regions, overseas) | {CHINA: china}
    return msgspec.structs.replace(
        template,
        template_code=ByRegion(codes),
        sign_name=ByRegion({CHINA: GIVEN_SIGNS[0]}),
        backup=_known_backup(template.backup),
    )


def _known_backup(backup: Backup | None) -> Backup | None:
    """Return the backup with a given sign of the emulator's, and with a code that it knows."""
    if backup is None:
        return None
    code = backup.template_code if backup.template_code in GIVEN_TEMPLATES else FIRST_GIVEN
    sign_name = backup.sign_name if backup.sign_name in GIVEN_SIGNS else GIVEN_SIGNS[-1]
    return Backup(code, sign_name)
