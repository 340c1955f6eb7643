"""Every address of ours."""

from __future__ import annotations

from monitor.web import (
    answers,
    calendars,
    callpage,
    callwork,
    departments,
    desk,
    digests,
    entry,
    feeds,
    followup,
    front,
    labmail,
    labpages,
    searchpage,
    watch,
)
from monitor.web.route import Route

ROUTES: tuple[Route, ...] = tuple(
    route
    for module in (
        front,
        searchpage,
        departments,
        calendars,
        callwork,
        callpage,
        answers,
        digests,
        desk,
        followup,
        labpages,
        labmail,
        feeds,
        entry,
        watch,
    )
    for route in module.ROUTES
)
