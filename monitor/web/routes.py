"""Every address of ours."""

from __future__ import annotations

from monitor.web import answers, calendars, callpage, callwork, departments, digests, entry, feeds, front
from monitor.web.route import Route

ROUTES: tuple[Route, ...] = tuple(
    route
    for module in (front, departments, calendars, callwork, callpage, answers, digests, feeds, entry)
    for route in module.ROUTES
)
