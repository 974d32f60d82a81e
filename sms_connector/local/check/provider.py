"""Checks of a valid config by the provider: its key, its signs and its templates.

`check` prints the results, and the console page shows them.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ...config import ConnectorConfig
from ...provider.environment_key import KEY_ID, KEY_SECRET
from ...provider.query import Refused
from ...provider.sdk_call import NoAnswer
from ..access_keys import local_key
from ..lookup import Lookup, ReviewedSign, ReviewedTemplate
from .codes_in_use import CodeInUse, codes_in_use
from .finding import Check
from .lookup_failures import LookupResult, explain_failure
from .number_verification import check_given, check_shared_signs, explain_service
from .registration import check_registration
from .review import APPROVED, TEST, Region, check_pair, check_sign, check_template
from .validity import check_validity

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
    """Query the key, each sign and each template in use. Send nothing.

    Yield each check as soon as it is known. Where the config has no key pair, the key of the
    environment is used (see access_keys.py). Raises nothing: every failure is a failed check.
    """
    key = local_key(config, environ)
    if key is None:
        yield _NO_KEY
        return
    in_use = list(codes_in_use(config))
    by_sms = [code for code in in_use if not code.is_pnvs]
    given = [code for code in in_use if code.is_pnvs]
    key_works = False
    for result in _queries(config, Lookup(config, key), by_sms, given):
        if result.key_works and not key_works:
            key_works = True
            yield Check("accessKeyId", True, "The provider accepts this key.")
        yield result.check
        if result.is_final:
            return
    yield from check_given(given)
    yield from check_shared_signs(by_sms, given)


def _queries(
    config: ConnectorConfig,
    lookup: Lookup,
    by_sms: Sequence[CodeInUse],
    given: Sequence[CodeInUse],
) -> Iterator[LookupResult]:
    """Query the signs and templates of the SMS service, and whether the other one is enabled."""
    signs: dict[str, str] = {}
    for code in sorted(by_sms, key=lambda code: not code.sign_path.startswith("signName")):
        signs.setdefault(code.sign_name, code.sign_path)
    reviewed: dict[str, ReviewedSign] = {}
    for name, path in signs.items():
        sign = lookup.sign(name)
        if isinstance(sign, Refused | NoAnswer):
            yield explain_failure(sign, path, config)
        else:
            reviewed[name] = sign
            yield from map(LookupResult, check_sign(path, sign))
            regions = {code.region for code in by_sms if code.sign_name == name}
            if sign.status == APPROVED and sign.tag != TEST and regions != {Region.ABROAD}:
                yield from map(LookupResult, check_registration(path, name, sign))
    templates: dict[str, ReviewedTemplate | Refused | NoAnswer] = {}
    for code in {code.path: code for code in by_sms}.values():
        if code.code not in templates:
            templates[code.code] = lookup.template(code.code)
        template = templates[code.code]
        if isinstance(template, Refused | NoAnswer):
            yield explain_failure(template, code.path, config)
        else:
            checks = [*check_template(code.path, code.code, code.region, template)]
            if code.sign_name in reviewed:
                pair = reviewed[code.sign_name]
                checks += check_pair(code.path, code.code, template, pair)
            seconds = config.verification.valid_seconds
            checks += check_validity(code.path, code.code, template.content, seconds)
            yield from map(LookupResult, checks)
    if given:
        yield explain_service(lookup.number_verification(), given[0].path, config)
