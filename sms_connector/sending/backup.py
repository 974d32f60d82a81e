"""The backup: a template that goes out where the message's own definitely did not."""

import time
from collections.abc import Callable

import msgspec

from ..config import ConnectorConfig
from ..errors import ConnectorError
from ..message import FirstRefusal, Receipt, Sms
from ..provider.client import Times

Send = Callable[[Sms, Times], Receipt]
"""Calls the provider once. Raises ConnectorError."""


def send_with_backup(sms: Sms, config: ConnectorConfig, send: Send) -> Receipt:
    """Send with the template; on a definite failure that is not the number's, with the backup.

    Both end within the time of one call. Raises the first ConnectorError where both failed, and
    the second where that leaves open whether the message went out.
    """
    backup = sms.by_backup
    if backup is None:
        return send(sms, Times.from_now(config))
    first, second = Times.of_two(config)
    try:
        return send(sms, first)
    except ConnectorError as error:
        if not allows_backup(error) or time.monotonic() >= second.connect_by:
            raise
        refused = error.with_traceback(None)  # tracebacks hold the number and the code
    try:
        receipt = send(backup, second)
    except ConnectorError as error:
        if error.sent is not False:
            raise _with_template(error, backup) from None
        refused.backup_refused = error.provider.code if error.provider else error.code
        raise refused from None
    provider_code = refused.provider.code if refused.provider else None
    why = FirstRefusal(refused.message, provider_code)
    return msgspec.structs.replace(receipt, backup_for=why)


def allows_backup(error: ConnectorError) -> bool:
    """Return whether a message that failed this way may go out by its backup.

    It may if it was definitely not sent, for a reason that is neither the caller's nor the
    number's: the sign, the template, the key or the account, the balance, a cap, the provider's
    trouble, or no connection. Throttling of the API is not among them: it ends within a second.
    """
    return error.sent is False and error.kind in ("invalid_config", "usage_limited", "unavailable")


def _with_template(error: ConnectorError, backup: Sms) -> ConnectorError:
    problem = f"{error.problem} It was sent with the backup, template {backup.template_code}."
    return ConnectorError(error.kind, problem, sent=error.sent, provider=error.provider)
