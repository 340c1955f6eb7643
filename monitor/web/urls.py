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
    guide,
    handbook,
    health,
    history,
    log_in,
    next_mail,
    project,
    recipients,
    rule_lab,
    search,
    settings,
    settings_rules,
    settings_sources,
    subscription,
)

ROUTES: tuple[Route, ...] = (
    *front.ROUTES,
    *search.ROUTES,
    *department.ROUTES,
    *calendars.ROUTES,
    *project.ROUTES,
    *call.ROUTES,
    *answers.ROUTES,
    *subscription.ROUTES,
    *digest.ROUTES,
    *guide.ROUTES,
    *coordinator.ROUTES,
    *next_mail.ROUTES,
    *gaps.ROUTES,
    *recipients.ROUTES,
    *settings.ROUTES,
    *settings_rules.ROUTES,
    *settings_sources.ROUTES,
    *followup.ROUTES,
    *history.ROUTES,
    *rule_lab.ROUTES,
    *concept_lab.ROUTES,
    *feeds.ROUTES,
    *log_in.ROUTES,
    *handbook.ROUTES,
    *health.ROUTES,
)
