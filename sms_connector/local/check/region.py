"""Whether a function in a region may send what the connector JSON is for."""

from collections.abc import Iterator

from ...config import ConnectorConfig
from ...region import is_mainland, region_problem
from .finding import Check


def check_region(region: str, config: ConnectorConfig) -> Iterator[Check]:
    """Yield one check of a region such as ``cn-hangzhou``; none without a region."""
    if not region:
        return
    if problem := region_problem(region, config):
        remedy = 'Or name the countries that are sent to in `limits.countries`, without "CN".'
        yield Check("region", False, problem, remedy)
        return
    reach = "anywhere" if is_mainland(region) else "outside mainland China"
    yield Check("region", True, f"A function in {region} can send {reach}.")
