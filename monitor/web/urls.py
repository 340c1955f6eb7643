"""The table of all addresses that the plugin serves: the routes of views and outputs, in the order in which they are tried."""

from __future__ import annotations

from monitor.web.framework.route import Route
from monitor.web.outputs import calendars, feeds
from monitor.web.views import (
    answers,
    call,
    concept_lab,
    coordinator,
    department,
    digest,
    followup,
    front,
    gaps,
    health,
    log_in,
    recipients,
    rule_lab,
    search,
    subscription,
)

ROUTES: tuple[Route, ...] = (
    *front.ROUTES,
    *search.ROUTES,
    *department.ROUTES,
    *calendars.ROUTES,
    *call.ROUTES,
    *answers.ROUTES,
    *subscription.ROUTES,
    *digest.ROUTES,
    *coordinator.ROUTES,
    *gaps.ROUTES,
    *recipients.ROUTES,
    *followup.ROUTES,
    *rule_lab.ROUTES,
    *concept_lab.ROUTES,
    *feeds.ROUTES,
    *log_in.ROUTES,
    *health.ROUTES,
)
