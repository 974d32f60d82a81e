"""What servers reply, word for word, each with the fault that it is called."""

from __future__ import annotations

import pytest

from sms_connector.store.address import Address
from sms_connector.store.outage import FAULTS, Fault, StoreAwayError
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Record, Transaction
from tests.support.proxy import Answering

# Redis 6.2.14: server.c, networking.c, cluster.c, script.c and their like. Those of Alibaba Cloud
# are quoted by help.aliyun.com/zh/redis/support/usage-of-lua-scripts (the last three) and
# by its page on connection errors (illegal address).
REPLIES: list[tuple[str, Fault]] = [
    ("LOADING Redis is loading the dataset in memory", "loading"),
    (
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "read_only",
    ),
    ("MISCONF Redis is configured to save RDB snapshots, but it is currently", "read_only"),
    ("NOREPLICAS Not enough good replicas to write.", "read_only"),
    ("READONLY You can't write against a read only replica.", "read_only"),
    ("MOVED 866 127.0.0.1:1", "cluster"),
    ("ASK 866 127.0.0.1:1", "cluster"),
    ("TRYAGAIN Multiple keys request during rehashing of slot", "cluster"),
    ("CROSSSLOT Keys in request don't hash to the same slot", "cluster"),
    ("CLUSTERDOWN Hash slot not served", "cluster_down"),
    ("CLUSTERDOWN The cluster is down", "cluster_down"),
    ("BUSY Redis is busy running a script. You can only call SCRIPT KILL", "busy"),
    ("ERR max number of clients reached", "connections"),
    ("ERR illegal address", "allowlist"),
    ("ERR unknown command `EVALSHA`, with args beginning with: `abc`, `1`,", "no_scripts"),
    ("ERR command eval not support for normal user", "no_scripts"),
    (
        "ERR bad lua script for redis cluster, all the keys that the script uses should be passed "
        "using the KEYS array",
        "script_check",
    ),
]


def away(reply: str, address: Address) -> StoreAwayError:
    with Answering(reply.encode() + b"\r\n") as server:
        store = RedisStore(Address("127.0.0.1", server.port, 0, address.username, address.password))
        with pytest.raises(StoreAwayError) as error:
            store.transact(Transaction(records=(Record("{t}record"),)))
        return error.value


@pytest.mark.parametrize("login", [False, True], ids=["to a command", "to a login"])
@pytest.mark.parametrize(("reply", "fault"), REPLIES)
def test_a_reply_is_called_what_it_is(reply: str, fault: Fault, login: bool) -> None:
    error = away(f"-{reply}", Address("", password="hunter2" if login else ""))
    assert error.fault == fault
    assert str(error) == FAULTS[fault]
    assert not error.maybe_done


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("-ERR the moon is in the way", 'It says "the moon is in the way".'),
        ("-DENIED by policy 7, see http://x?token=abc", 'It says "DENIED by policy 7, see".'),
        ("-ERR cannot run, with args: `hunter2`, `{sms}0123`", 'It says "cannot run, with args:".'),
        ("-ERR no user hunter2 here", 'It says "no user".'),
        ("-ERR no user Ada, sorry", 'It says "no user".'),
        ("-ERR 13812345678 is no key", FAULTS["protocol"]),
        ("HTTP/1.1 400 Bad Request", 'It says "HTTP/1.1 400 Bad".'),
    ],
)
def test_the_first_words_of_an_unknown_reply_are_shown_but_nothing_that_was_sent(
    reply: str, shown: str
) -> None:
    error = away(reply, Address("", username="ada", password="hunter2"))
    assert error.fault == "protocol"
    assert str(error).endswith(shown)
    assert "hunter2" not in repr(error)
