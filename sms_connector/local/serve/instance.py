"""One instance of the function: its code, loaded once, and the context of each invocation."""

import importlib
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, cast

from ..checkout import IS_CHECKOUT
from ..fc_context import Credentials, FcContext
from .invocation_log import logger_of_invocation

ENTRY_POINTS: Final = "index" if IS_CHECKOUT else "sms_connector.local.serve.installed"


class Code(Protocol):
    """The entry points that Function Compute calls in ``index``."""

    def handler(self, event: bytes, context: FcContext, /) -> object: ...

    def application(self, environ: dict[str, Any], start_response: Any, /) -> Iterable[bytes]: ...

    def initializer(self, context: FcContext, /) -> None: ...


class Instance:
    """Starts as one in the cloud does: loads the code, then calls the initializer.

    ``configure`` is called before that. An error in any of these is logged, and raised to every
    request.
    """

    def __init__(
        self, module: str = ENTRY_POINTS, configure: Callable[[], None] = lambda: None
    ) -> None:
        self._code: Code | None = None
        self._failure: BaseException | None = None
        try:
            configure()
            code = cast(Code, importlib.import_module(module))
            code.initializer(new_context(new_request_id()))
            self._code = code
        except (Exception, SystemExit) as error:
            self._failure = error
            logging.getLogger().error("The function does not start.", exc_info=error)

    @property
    def has_started(self) -> bool:
        return self._code is not None

    @property
    def code(self) -> Code:
        """The code. Raises the error for which the instance did not start."""
        if self._code is None:
            raise cast(BaseException, self._failure)
        return self._code


def new_request_id() -> str:
    return f"1-{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(6)}"


def new_context(request_id: str) -> FcContext:
    """Return the context of one invocation."""
    # Not at the top: an error in the function's code is answered, and must not end the server.
    from ...provider.environment_key import role_key

    key = role_key(os.environ)
    role = Credentials(key.id, key.secret, key.security_token or "") if key else Credentials()
    return FcContext(
        request_id, role, os.environ.get("FC_REGION", ""), logger_of_invocation(request_id)
    )
