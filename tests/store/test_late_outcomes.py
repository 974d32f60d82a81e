"""An outcome that is written after an outage, to a server that knows of another instance's."""

from __future__ import annotations

from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.outage import StoreAwayError
from sms_connector.store.transaction import ABSENT, Record, Result, Transaction, Write

KEY = "{t}record"


class Server(Memory):
    is_away = False

    def transact(self, transaction: Transaction) -> Result:
        if self.is_away:
            raise StoreAwayError("refused")
        return super().transact(transaction)


def claim(value: str) -> Transaction:
    return Transaction((Record(KEY, (ABSENT,)),), write=(Write(KEY, value, 60, 5),))


def test_an_instance_remembers_what_it_sent_though_the_server_has_another_outcome() -> None:
    server = Server()
    store = Layered(Memory(), server)
    server.is_away = True
    assert store.transact(claim("mine")).committed
    server.is_away = False
    assert server.transact(claim("theirs")).committed
    ended = Transaction((Record(KEY, ("mine", ABSENT)),), write=(Write(KEY, "sent", 60),))
    assert not store.transact(ended).committed
    server.is_away = True
    again = store.transact(claim("again"))
    assert (again.committed, again.found[0].value) == (False, "sent")
