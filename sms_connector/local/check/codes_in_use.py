"""The template codes that some message would be sent with, each with its sign."""

from collections.abc import Iterator
from typing import Final

import msgspec

from ...config import ConnectorConfig, RegionalCode, is_pnvs
from .review import Region

_ONE: Final = (("templateCode", Region.ANY),)
_TWO: Final = (("templateCode.china", Region.MAINLAND), ("templateCode.overseas", Region.ABROAD))


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
    """Yield the codes in the order of the config."""
    for index, template in enumerate(config.templates):
        if config.template_for(template.usage_type) is not template:
            continue  # an earlier template has this usage type
        where = f"templates[{index}]"
        if isinstance(template.template_code, RegionalCode):
            regions = {
                "templateCode.china": Region.MAINLAND,
                "templateCode.overseas": Region.ABROAD,
            }
        else:
            regions = {"templateCode": Region.ANY}
        for code, (name, region) in zip(template.codes, regions.items(), strict=True):
            own = template.sign_for(code)
            sign_path = "signName" if own is None else f"{where}.signName"
            yield CodeInUse(f"{where}.{name}", code, region, sign_path, own or config.sign_name)
