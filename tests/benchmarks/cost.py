"""What Function Compute charges, by the measured CPU time and the public prices.

https://help.aliyun.com/zh/functioncompute/fc/product-overview/billing-overview-of-fc
"""

from typing import NamedTuple

PRICES_OF = "2026-11"
YUAN_PER_CU = 0.00011
"""The first tier, up to 200 million CU a month, without discount."""

CU_PER_VCPU_SECOND = 1.0
CU_PER_GB_SECOND = 0.15
CU_PER_INVOCATION = 0.0075

PROVIDER_SECONDS = 0.05


class Size(NamedTuple):
    """An instance: its share of a core and its memory."""

    vcpu: float
    gb: float


SIZES = (Size(0.05, 0.125), Size(0.1, 0.125), Size(0.25, 0.25))


class Cost(NamedTuple):
    """Seconds for one message and for a start, and yuan for a thousand of each."""

    message_seconds: float
    start_seconds: float
    messages_yuan: float
    starts_yuan: float


def cost(size: Size, message_cpu: float, start_cpu: float) -> Cost:
    """Return the cost where messages come one at a time, which is the most expensive case."""
    message = message_cpu / size.vcpu + PROVIDER_SECONDS
    start = start_cpu / size.vcpu
    rate = size.vcpu * CU_PER_VCPU_SECOND + size.gb * CU_PER_GB_SECOND
    thousand = 1000 * YUAN_PER_CU
    return Cost(
        message, start, thousand * (message * rate + CU_PER_INVOCATION), thousand * start * rate
    )
