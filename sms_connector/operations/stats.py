"""``getStats``: message counts by outcome."""

import re
from typing import Final

from ..errors import invalid_parameter
from ..instance import Instance
from ..reports.figures import MOST_HOURS
from ..reports.stats import read_stats
from ..web.http import Response
from .call import Call

DEFAULT_HOURS: Final = 24

_HOURS = re.compile("[0-9]{1,3}")


def read(call: Call, instance: Instance) -> Response:
    """Answer with the figures of the latest ``hours``. Logs one ``query`` line."""
    services, request = instance.services, call.request
    fields = request.query if request.is_http else request.fields
    asked = fields.get("hours")
    hours = str(DEFAULT_HOURS if asked is None else asked)
    if not _HOURS.fullmatch(hours) or not 1 <= int(hours) <= MOST_HOURS:
        raise invalid_parameter("hours", f"must be a number from 1 to {MOST_HOURS}")
    stats = read_stats(services.stores.prompt, services.figures, int(hours))
    call.entry.done("ok")
    return Response(200, stats.shown)
