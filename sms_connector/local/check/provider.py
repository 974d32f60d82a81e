"""Checks of a valid config by the provider: its key, its sign and its templates.

`check` prints the results, and the console page shows them.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Final

from ...config import ConnectorConfig, RegionalCode, is_pnvs
from ...provider.query import Refused
from ...provider.sdk_call import NoAnswer
from ..access_keys import KEY_ID, KEY_SECRET, local_key
from ..lookup import Lookup, ReviewedTemplate
from .finding import Check
from .lookup_failures import explain_failure
from .review import Region, check_sign, check_template

_NO_KEY: Final = Check(
    "accessKeyId",
    False,
    "There is no access key to query the provider with.",
    "Put accessKeyId and accessKeySecret into the connector JSON. Where the function has a role "
    f"instead, set {KEY_ID}, {KEY_SECRET} and the token of that role here.",
)


def check_provider(
    config: ConnectorConfig, environ: Mapping[str, str] = os.environ
) -> Iterator[Check]:
    """Ask the provider about the key, the sign and each template in use. Send nothing.

    Yield each check as soon as it is known. Where the config has no key pair, the key of the
    environment is used (see access_keys.py). Raise nothing: every failure is a failed check.
    """
    key = local_key(config, environ)
    if key is None:
        yield _NO_KEY
        return
    lookup = Lookup(config, key)
    sign = lookup.sign(config.sign_name)
    failure = (
        explain_failure(sign, "signName", config) if isinstance(sign, Refused | NoAnswer) else None
    )
    if failure is None or failure.key_works:
        yield Check("accessKeyId", True, "The provider accepts this key.")
    if failure is not None:
        yield failure.check
        if failure.is_final:
            return
    if not isinstance(sign, Refused | NoAnswer):
        yield from check_sign("signName", sign)
    yield from _check_other_signs(config, lookup)
    yield from _check_templates(config, lookup)


def _check_other_signs(config: ConnectorConfig, lookup: Lookup) -> Iterator[Check]:
    queried = {config.sign_name}
    for index, template in enumerate(config.templates):
        name, path = template.sign_name, f"templates[{index}].signName"
        if name is None or name in queried or config.template_for(template.usage_type) != template:
            continue
        queried.add(name)
        sign = lookup.sign(name)
        if isinstance(sign, Refused | NoAnswer):
            yield explain_failure(sign, path, config).check
        else:
            yield from check_sign(path, sign)


def _check_templates(config: ConnectorConfig, lookup: Lookup) -> Iterator[Check]:
    asked: dict[str, ReviewedTemplate | Refused | NoAnswer] = {}
    for path, code, region in _codes_in_use(config):
        if is_pnvs(code):
            message = f"{code} is a template of the number verification service: not checked."
            yield Check(path, True, message)
            continue
        if code not in asked:
            asked[code] = lookup.template(code)
        answer = asked[code]
        if not isinstance(answer, Refused | NoAnswer):
            yield from check_template(path, code, region, answer)
            continue
        failure = explain_failure(answer, path, config)
        yield failure.check
        if failure.is_final:
            return


def _codes_in_use(config: ConnectorConfig) -> Iterator[tuple[str, str, Region]]:
    """Yield path, code and region of every code that some message would be sent with."""
    for index, template in enumerate(config.templates):
        if config.template_for(template.usage_type) is not template:
            continue  # an earlier template has this usage type
        path, code = f"templates[{index}].templateCode", template.template_code
        if isinstance(code, RegionalCode):
            yield f"{path}.china", code.china, Region.MAINLAND
            yield f"{path}.overseas", code.overseas, Region.ABROAD
        else:
            yield path, code, Region.ANY
