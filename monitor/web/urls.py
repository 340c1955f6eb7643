"""The table of all addresses that the plugin serves."""

from __future__ import annotations

from monitor.web.framework.route import Route
from monitor.web.outputs import calendars, feeds
from monitor.web.views import (
    answers,
    call,
    coordinator,
    department,
    digest,
    followup,
    front,
    health,
    log_in,
    rule_lab,
    search,
)

ROUTES: tuple[Route, ...] = tuple(
    route
    for module in (
        front,
        search,
        department,
        calendars,
        call,
        answers,
        digest,
        coordinator,
        followup,
        rule_lab,
        feeds,
        log_in,
        health,
    )
    for route in module.ROUTES
)
