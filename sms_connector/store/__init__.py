"""What the settings say about the store, opened."""

import secrets as random

import msgspec

from ..errors import invalid_config
from ..settings import SECRET, STORE, Settings
from .address import MEMORY, parse_address
from .layered import Layered
from .memory import Memory
from .mirrored import Mirrored
from .names import Names
from .outage import StoreAwayError
from .transaction import Counter, Figure, Record, Store, Transaction, Write


class Stores(msgspec.Struct, frozen=True):
    """The state of one deployment.

    ``sending`` works without the server too: it begins with the memory of this instance.
    ``shared`` is one for all instances, and raises StoreAwayError while its server is away;
    without a server it is the memory. ``prompt`` is the same for what answers soon, whether or not
    the server does: no call of it takes more than a fifth of a second. It takes from no counter.
    """

    sending: Store
    shared: Store
    prompt: Store
    names: Names


def open_stores(settings: Settings) -> Stores:
    """Open the store that the settings name. Connects to nothing yet.

    Raises ConnectorError (``invalid_config``) that names the variable to set or change.
    """
    memory = Memory()
    if settings.store in ("", MEMORY):
        names = Names(settings.secrets or (random.token_hex(),))
        return Stores(memory, memory, memory, names)
    address = parse_address(settings.store)
    if not settings.secrets:
        raise invalid_config(
            f"{SECRET} is required with {STORE}: set it to the same 32 or more random characters "
            "in all instances."
        )
    # Its import costs a third of a cold start, and is not needed without a server.
    from .redis import RedisStore

    server = RedisStore(address)
    shared = Mirrored(memory, server.patient())
    return Stores(Layered(memory, server), shared, server, Names(settings.secrets))


def diagnose(stores: Stores) -> str:
    """Return what is wrong with the store at present, or an empty text.

    It does everything that a store has to do, and leaves nothing.
    """
    record, counter, figures = (stores.names.of("probe", kind)[0] for kind in ("r", "c", "f"))
    probes = (Counter(counter, 1_000, 1),)
    try:
        taken = stores.shared.transact(
            Transaction(
                (Record(record),),
                take=probes,
                write=(Write(record, "probe", 1),),
                add=(Figure(figures, "probe", 1),),
            )
        )
        stores.shared.transact(
            Transaction(give_back=probes, taken_at=taken.taken_at, write=(Write(record),))
        )
        stores.shared.figures([figures])
    except StoreAwayError as away:
        return str(away)
    return ""
