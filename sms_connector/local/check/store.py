"""Checks of the store, from this machine."""

from collections.abc import Iterator
from typing import Final

from ...errors import ConnectorError
from ...settings import SECRET, STORE, Settings
from ...store import diagnose, open_stores
from ...store.address import MEMORY
from .finding import Check

_HELP: Final = "docs/store.md says what each fault needs (When it is away)."

# A store in a VPC has them for every machine outside of it.
_SEEN_FROM_OUTSIDE: Final = ("unknown_host", "refused", "silent", "allowlist")


def check_store(settings: Settings) -> Iterator[Check]:
    """Write one record to the store. Yield nothing where the settings name none.

    A store that is away is a warning where another machine may reach it.
    """
    if settings.store in ("", MEMORY):
        return
    try:
        stores = open_stores(settings)
    except ConnectorError as error:
        name = SECRET if error.message.startswith(SECRET) else STORE
        yield Check(name, False, error.message, "Without a store, leave both variables unset.")
        return
    problem = diagnose(stores)
    fault = stores.shared.away
    if not problem:
        yield Check(STORE, True, "The store answers.")
    elif fault in _SEEN_FROM_OUTSIDE:
        remedy = f"From outside its VPC, ask GET /health of the deployed function. {_HELP}"
        yield Check(STORE, True, problem, remedy)
    else:
        yield Check(STORE, False, problem, _HELP)
