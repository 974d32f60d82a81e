"""Where a function may send to: only those in mainland China may send to the mainland.

https://help.aliyun.com/document_detail/101346.html (``isv.DENY_IP_RANGE``)
"""

from .config import ConnectorConfig
from .phone import MAINLAND
from .templates import CHINA


def is_mainland(region: str) -> bool:
    """Return whether a region of Alibaba Cloud, such as ``cn-hangzhou``, is in the mainland."""
    return region.startswith("cn-") and region != "cn-hongkong"


def region_problem(region: str, config: ConnectorConfig) -> str:
    """Return why a function in this region cannot send all that its config is for.

    Empty if it can, or if the region is not known.
    """
    countries = config.limits.countries
    sends_to_mainland = countries is None or MAINLAND in countries
    if not region or is_mainland(region) or not sends_to_mainland:
        return ""
    if not any(CHINA in template.regions for template in config.templates):
        return ""
    return (
        f"The function is in {region}, and nothing outside mainland China may send to the "
        "mainland: messages to numbers there will be refused. Run the function in a mainland "
        "region, such as cn-hangzhou."
    )
