import msgspec
import pytest

from sms_connector.store.packing import packed_transaction
from sms_connector.store.transaction import Transaction, Write


@pytest.mark.parametrize(("seconds", "milliseconds"), [(0.0004, 1), (0.001, 1), (1.5, 1500)])
def test_a_record_lives_for_one_millisecond_at_least(seconds: float, milliseconds: int) -> None:
    _, packed = packed_transaction(Transaction(write=(Write("{sms}key", "value", seconds),)))
    writes = msgspec.msgpack.decode(packed)[-3]
    assert writes[0][-1] == milliseconds
