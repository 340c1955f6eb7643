"""Two addresses for machines that watch: whether a person is needed, and measures."""

from __future__ import annotations

from datasette import Response

from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route

PATHS = ("/-/health", "/-/metrics")


def show_health(visit: Visit) -> Response:
    """200 when all is well, else 503 with what needs a person."""
    status, text = visit.site.work.health(visit.now, visit.site.rules_error)
    return Response.text(text, status=status, headers={"cache-control": "no-store"})


def show_metrics(visit: Visit) -> Response:
    """The measures in the form of Prometheus."""
    text = visit.site.work.metrics(visit.now, visit.site.rules_error)
    return Response(text, headers={"cache-control": "no-store"}, content_type="text/plain; version=0.0.4; charset=utf-8")


ROUTES = (Route(r"^/-/health$", show_health), Route(r"^/-/metrics$", show_metrics))
