"""The provider's clock. Shanghai has kept UTC+8 without daylight saving since 1991."""

from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))


def day_of(moment: datetime) -> str:
    """Return the calendar day as yyyyMMdd."""
    return moment.astimezone(SHANGHAI).strftime("%Y%m%d")


def show(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
