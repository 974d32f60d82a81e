"""What the provider says about a valid config: its key, its sign and its templates.

A library with no terminal in it: `check` prints what it gives, and the console page shows it.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Final

from ...config import ConnectorConfig, RegionalCode
from ...provider.client import NoAnswer
from ..lookup import Lookup, Refused
from ..lookup import Template as Reviewed
from ..role import KEY_ID, KEY_SECRET, key_of
from .finding import Check
from .provider_trouble import trouble_of
from .review import Region, check_sign, check_template

_NO_KEY: Final = Check(
    "accessKeyId",
    False,
    "There is no access key to ask the provider with.",
    "Put accessKeyId and accessKeySecret into the connector JSON. Where the function has a role "
    f"instead, set {KEY_ID}, {KEY_SECRET} and the token of that role here.",
)


def check_provider(
    config: ConnectorConfig, environ: Mapping[str, str] = os.environ
) -> Iterator[Check]:
    """Ask the provider about the key, the sign and each template in use. Sends nothing.

    Gives each check as soon as it is known. Where the config has no key pair, the role of the
    environment is used (see role.py). Raises nothing: what goes wrong is a check that failed.
    """
    key = key_of(config, environ)
    if key is None:
        yield _NO_KEY
        return
    lookup = Lookup(config, key)
    sign = lookup.sign(config.sign_name)
    trouble = trouble_of(sign, "signName") if isinstance(sign, Refused | NoAnswer) else None
    if trouble is None or trouble.key_works:
        yield Check("accessKeyId", True, "The provider accepts this key.")
    if trouble is not None:
        yield trouble.check
        if trouble.is_final:
            return
    if not isinstance(sign, Refused | NoAnswer):
        yield from check_sign(sign)
    yield from _check_templates(config, lookup)


def _check_templates(config: ConnectorConfig, lookup: Lookup) -> Iterator[Check]:
    asked: dict[str, Reviewed | Refused | NoAnswer] = {}
    for path, code, region in _codes_in_use(config):
        if code not in asked:
            asked[code] = lookup.template(code)
        answer = asked[code]
        if not isinstance(answer, Refused | NoAnswer):
            yield from check_template(path, code, region, answer)
            continue
        trouble = trouble_of(answer, path)
        yield trouble.check
        if trouble.is_final:
            return


def _codes_in_use(config: ConnectorConfig) -> Iterator[tuple[str, str, Region]]:
    """Give path, code and region of every code that some message would be sent with."""
    for index, template in enumerate(config.templates):
        if config.template_for(template.usage_type) is not template:
            continue  # an earlier one has this usage type
        path, code = f"templates[{index}].templateCode", template.template_code
        if isinstance(code, RegionalCode):
            yield f"{path}.china", code.china, Region.MAINLAND
            yield f"{path}.overseas", code.overseas, Region.ABROAD
        else:
            yield path, code, Region.ANY
