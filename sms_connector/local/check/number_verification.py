"""Checks of what is sent by the number verification service (PNVS).

Its signs and templates are the same for every account, and no query lists them.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from ...config import ConnectorConfig
from ...provider.query import Refused
from ...provider.refusals import cause_of, refusal
from ...provider.sdk_call import NoAnswer
from ..given_templates import GIVEN_TEMPLATES
from . import links
from .codes_in_use import CodeInUse
from .finding import Check
from .lookup_failures import LookupResult, explain_failure

_ENABLED: Final = "The number verification service is enabled."
_NO_PERMISSION: Final = (
    "Not checked whether the number verification service is enabled: the key has no permission to "
    "query it.",
    "For this check, give the key's user or role dypns:CheckSmsVerifyCode: "
    f"{links.PERMISSIONS}. Sending needs dypns:SendSmsVerifyCode alone.",
)


def explain_service(
    answer: Refused | NoAnswer | None, subject: str, config: ConnectorConfig
) -> LookupResult:
    """Return the check that the answer of the service amounts to; None is its success."""
    if answer is None:
        return LookupResult(Check(subject, True, _ENABLED))
    if isinstance(answer, NoAnswer):
        return explain_failure(answer, subject, config)
    code = answer.provider.code
    error = refusal(answer.http_status, code, answer.provider)
    cause = cause_of(code)
    if cause == "permission":
        return LookupResult(Check(subject, True, *_NO_PERMISSION))
    if error.kind == "invalid_config" and cause is None:
        check = Check(subject, False, error.message, f"See {links.NUMBER_VERIFICATION}.")
        return LookupResult(check)
    result = explain_failure(answer, subject, config)
    if result.key_works is None and not result.is_final:  # sending may work all the same
        return LookupResult(msgspec.structs.replace(result.check, ok=True), None)
    return result


def check_given(in_use: Sequence[CodeInUse]) -> Iterator[Check]:
    """Say of each sign and template that it cannot be queried; warn of an unknown template."""
    for path, name in {code.sign_path: code.sign_name for code in in_use}.items():
        yield Check(
            path,
            True,
            f"{name} cannot be checked: no query lists the signs that are given.",
            f"Compare it with those in {links.GIVEN_SIGNS}: they change from time to time.",
        )
    for code in in_use:
        if code.code in GIVEN_TEMPLATES:
            message = f"{code.code} is the given template for {GIVEN_TEMPLATES[code.code]}."
            yield Check(code.path, True, message)
        else:
            yield Check(
                code.path,
                True,
                f"{code.code} is not one of the known templates that are given.",
                f"The known ones are {', '.join(GIVEN_TEMPLATES)}: {links.GIVEN_TEMPLATES}.",
            )


def check_shared_signs(by_sms: Sequence[CodeInUse], given: Sequence[CodeInUse]) -> Iterator[Check]:
    """Report each sign that templates of both services have: no sign serves both."""
    others = {code.sign_name for code in by_sms}
    shared = {code.sign_name: code.path for code in reversed(given) if code.sign_name in others}
    for path in reversed(shared.values()):
        yield Check(
            path,
            False,
            "This template has the same sign as those whose codes begin with SMS_: one of the two "
            "services refuses it.",
            "Give the template a `signName` of its own, a given one: the connector's is then for "
            "the others.",
        )
