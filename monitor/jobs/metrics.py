"""State of an installation for monitoring systems: a health check, and metrics of Prometheus.

The text format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from monitor.jobs.status import SourceStatus, StatusDocument
from monitor.vocabulary import DONE_JOBS

HEALTHY, UNHEALTHY = 200, 503
NO_ARCHIVE = (UNHEALTHY, "Arkivet går inte att använda. Kör monitor doctor på servern.\n")
_PATH = re.compile(r"(?<![\w/.:])(?:[A-Za-z]:)?(?:[/\\][\w.@+-]+){2,}[/\\]?")
_JOB_WORDS = re.compile(r"(?<=har misslyckats flera gånger):.*", re.DOTALL)
_MAX_SENTENCE = 200
"""Characters of a public sentence at most."""


def render_health(document: StatusDocument) -> tuple[int, str]:
    """Return the HTTP status and a text on whether a person is needed.

    Anyone who reaches the address reads it: the output of jobs and paths of the machine are for `monitor status` alone.
    """
    attention = document["attention"]
    return (UNHEALTHY, "\n".join(map(_public, attention)) + "\n") if attention else (HEALTHY, "ok\n")


def _public(sentence: str) -> str:
    first = _JOB_WORDS.sub(".", sentence).partition("Traceback")[0].strip().splitlines()
    return _PATH.sub("…", first[0] if first else "")[:_MAX_SENTENCE].rstrip()


def render_metrics(document: StatusDocument, now: datetime) -> str:
    """Return the metrics in the text format of Prometheus.

    They name no person.
    """
    registry = CollectorRegistry()

    def gauge(name: str, text: str, values: Mapping[str, float], label: str = "") -> None:
        measure = Gauge(f"monitor_{name}", text, [label] if label else [], registry=registry)
        for key, value in values.items():
            (measure.labels(key) if label else measure).set(value)

    calls, sources = document["calls"], [source for source in document["sources"] if source["enabled"]]
    gauge("calls", "Living items by status.", {key: calls[key] for key in ("open", "forthcoming", "closed")}, "status")
    gauge("calls_stored", "Everything that the archive holds.", {"": calls["total"]})
    gauge(
        "sources",
        "Enabled sources by the state of their last reading.",
        _count(source["state"] or "unread" for source in sources),
        "state",
    )
    gauge("sources_overdue", "Enabled sources that have not been read whole for too long.", {"": sum(map(_overdue, sources))})
    gauge("sources_unhealthy", "Enabled sources with a health problem.", {"": sum(bool(source["health"]) for source in sources)})
    gauge(
        "source_age_seconds",
        "Time since a source was last read whole.",
        {source["id"]: _age(source["last_accepted"], now) for source in sources if source["last_accepted"]},
        "source",
    )
    gauge("digests", "Digests by state.", document["digests"], "state")
    gauge("digests_missing", "Departments that lack the mail of the week that was due.", {"": len(document["week"]["missing"])})
    gauge("outbox", "Mails by state.", document["outbox"], "state")
    gauge("outbox_oldest_seconds", "Age of the oldest mail that waits.", {"": _age(document["oldest_mail"], now)})
    jobs = document["jobs"]
    gauge(
        "job_age_seconds", "Time since a job last ended.", {name: _age(job["finished"], now) for name, job in jobs.items()}, "job"
    )
    gauge(
        "job_ok",
        "Whether a job last ended well.",
        {name: job["state"] in DONE_JOBS for name, job in jobs.items()},
        "job",
    )
    if document["backup"]:
        gauge("backup_age_seconds", "Age of the newest back-up.", {"": _age(document["backup"]["at"], now)})
        gauge("backup_bytes", "Size of the newest back-up.", {"": document["backup"]["bytes"]})
    gauge("rule_errors", "Errors in the rule files as they lie there now.", {"": len(document["rules"]["errors"])})
    gauge("disk_free_bytes", "Free space on the disk of the archive.", {"": document["disk"]["free"]})
    gauge("archive_bytes", "Size of the archive.", {"": document["disk"]["archive"]})
    gauge("attention", "How many things need a person.", {"": len(document["attention"])})
    return generate_latest(registry).decode()


def _overdue(source: SourceStatus) -> bool:
    return bool(source["overdue"])


def _count(values: Iterable[str]) -> dict[str, float]:
    counts: dict[str, float] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


def _age(moment: datetime | str | None, now: datetime) -> float:
    if moment is None:
        return 0
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return max(0.0, (now - at).total_seconds())
