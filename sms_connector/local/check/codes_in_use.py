"""The template codes that some message would be sent with, each with its sign."""

from collections.abc import Iterator

import msgspec

from ...config import ConnectorConfig
from ...templates import ANYWHERE, CHINA, OVERSEAS, Backup, ByRegion, Template, is_pnvs
from .review import Region


class CodeInUse(msgspec.Struct, frozen=True):
    """``path`` and ``sign_path`` say where in the connector JSON the code and its sign are."""

    path: str
    code: str
    region: Region
    sign_path: str
    sign_name: str

    @property
    def is_pnvs(self) -> bool:
        return is_pnvs(self.code)


def codes_in_use(config: ConnectorConfig) -> Iterator[CodeInUse]:
    """Yield the codes in the order of the config, once for each sign that they are sent with."""
    for index, template in enumerate(config.templates):
        if config.template_for(template.usage_type) is not template:
            continue  # an earlier template has this usage type
        where = f"templates[{index}]"
        for name, code in template.template_code.values.items():
            path = _path(f"{where}.templateCode", name)
            regions = _regions(config, template, name)
            signs = {_sign(config, template, where, region) for region in regions}
            for sign_path, sign_name in sorted(signs):
                yield CodeInUse(path, code, _reviewed_for(name), sign_path, sign_name)
        if template.backup is not None:
            yield _backup(f"{where}.backup", template.backup)
    if config.backup is not None:
        yield _backup("backup", config.backup)


def _backup(where: str, backup: Backup) -> CodeInUse:
    path, sign_path = f"{where}.templateCode", f"{where}.signName"
    return CodeInUse(path, backup.template_code, Region.MAINLAND, sign_path, backup.sign_name)


def _regions(config: ConnectorConfig, template: Template, name: str) -> Iterator[str]:
    """Yield the regions whose numbers a code serves, as far as they differ in their sign."""
    regions = template.regions if name == ANYWHERE else (name,)
    yield from regions
    if OVERSEAS in regions:
        signs = [each.values for each in (template.sign_name, config.sign_name) if each]
        named = {region for values in signs for region in values} - {ANYWHERE, CHINA, OVERSEAS}
        yield from named - set(template.template_code.values)


def _sign(config: ConnectorConfig, template: Template, where: str, region: str) -> tuple[str, str]:
    """Return the path of the sign that a template has in a region, and its name."""
    own = template.sign_name
    if own is not None and own.at(region):
        path, signs = f"{where}.signName", own
    else:
        path, signs = "signName", config.sign_name
    return _path(path, _name(signs, region)), signs.at(region) or ""


def _name(signs: ByRegion, region: str) -> str:
    """Return the key in the JSON whose value a region has."""
    return next(name for name in (ANYWHERE, region, OVERSEAS) if name in signs.values)


def _path(path: str, name: str) -> str:
    return f"{path}.{name}" if name else path


def _reviewed_for(name: str) -> Region:
    known = {ANYWHERE: Region.ANY, CHINA: Region.MAINLAND}
    return known.get(name, Region.ABROAD)
