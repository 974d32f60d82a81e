"""The table of operations: path, file, log event, and who may call."""

from importlib import import_module
from typing import Final

from ..instance import Instance
from ..store.outage import StoreAwayError
from ..web.http import LARGEST_REPORT, Response
from ..web.routing import Route
from . import send  # noqa: F401  (a cold start needs it; the others are imported at their first use)
from .call import Call

# fmt: off
ROUTES: Final = (
    #     method    path                         operation             file.function           log event       open to
    Route("POST",   "/",                         "send",               "send.send",            "sms",          "signature"),
    Route("POST",   "/{caller}",                 "send",               "send.send",            "sms",          "signature"),
    Route("POST",   "/verifications",            "startVerification",  "verifications.start",  "sms",          "authorization"),
    Route("POST",   "/verifications/check",      "checkVerification",  "verifications.check",  "verification", "authorization"),
    Route("POST",   "/verifications/{id}/check", "checkVerification",  "verifications.check",  "verification", "authorization"),
    Route("GET",    "/verifications/{id}",       "getVerification",    "verifications.read",   "verification", "authorization"),
    Route("DELETE", "/verifications/{id}",       "cancelVerification", "verifications.cancel", "verification", "authorization"),
    Route("GET",    "/messages/{bizId}",         "getMessage",         "messages.read",        "query",        "authorization"),
    Route("GET",    "/stats",                    "getStats",           "stats.read",           "query",        "authorization"),
    Route("POST",   "/lookup",                   "lookupNumber",       "lookup.read",          "query",        "authorization"),
    Route("POST",   "/reports/{token}",          "report",             "reports.receive",      "report",       "report token", LARGEST_REPORT, is_direct=False),
    Route("GET",    "/health",                   "health",             "health.read",          "health",       "all", is_direct=False),
)
# fmt: on
"""Every operation. See ``Route`` for the columns."""


def run(route: Route, call: Call, instance: Instance) -> Response:
    """Run the operation of a route, and return its response.

    Raises what the operation raises; a StoreAwayError as the ConnectorError that it stands for.

    Its file is imported here and nowhere else, at its first use, with all that it alone needs: a
    cold start that sends a message pays for no other operation.
    """
    file, _, function = route.runs.partition(".")
    operation = getattr(import_module(f".{file}", __package__), function)
    try:
        response: Response = operation(call, instance)
    except StoreAwayError as away:
        raise away.as_error() from None
    return response
