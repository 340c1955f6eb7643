"""Two addresses for monitoring programs: `/-/health` (does a person need to act?) and `/-/metrics` (Prometheus).

Metrics are in Prometheus' text format, version 0.0.4:
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import logging
import sqlite3

from datasette import Response

from monitor.errors import MonitorError
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route

logger = logging.getLogger(__name__)

HEALTH_PATHS = ("/-/health", "/-/metrics")
_NO_STORE = {"cache-control": "no-store"}
_NO_METRICS = "# The archive cannot be read; /-/health says more.\n"


def show_health(visit: Visit) -> Response:
    """Return 200 when all is well, else 503 with the reasons for which a person is needed."""
    status, text = visit.site.jobs.health(visit.now, visit.site.rules_error)
    return Response.text(text, status=status, headers=dict(_NO_STORE))


def show_metrics(visit: Visit) -> Response:
    """Return the measures, or 503 when the archive cannot be read."""
    try:
        text, status = visit.site.jobs.metrics(visit.now, visit.site.rules_error), 200
    except (MonitorError, OSError, sqlite3.Error):
        logger.exception("metrics_failed")
        text, status = _NO_METRICS, 503
    return Response(text, status=status, headers=dict(_NO_STORE), content_type="text/plain; version=0.0.4; charset=utf-8")


ROUTES = (Route(r"^/-/health$", show_health), Route(r"^/-/metrics$", show_metrics))
