"""Health of sources: judged after each reading, and stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.archive.findings import find_lost
from monitor.archive.runs import RunRow, list_runs, write_health
from monitor.archive.scheduler import all_readings
from monitor.collect.health import Health, HealthClass, RunFacts, judge_health
from monitor.collect.item_losses import read_items
from monitor.collect.usual import describe_usual, learn
from monitor.errors import MonitorError
from monitor.sources import ADDRESS_KINDS, CLOCK_SLACK
from monitor.vocabulary import ACCEPTED_RUNS

if TYPE_CHECKING:
    from monitor.archive.connection import Database
    from monitor.config import Config
    from monitor.sources import Source

_LONGEST_SILENCE = timedelta(days=300)
"""Time without any reading after which the clock is taken to be wrong: `monitor run` reads before it builds mails."""
LOST = frozenset(
    kind.value
    for kind in (
        HealthClass.GONE,
        HealthClass.MOVED,
        HealthClass.LAYOUT,
        HealthClass.SCRIPTED,
        HealthClass.NOT_A_FEED,
        HealthClass.EMPTY,
        HealthClass.SILENT,
        HealthClass.FIELDS,
    )
)
"""Classes of health after which another row of the same site may give what the source gave."""


def update_health(db: Database, source: Source, now: datetime) -> Health:
    """Judge a source by its stored runs, store its health, and return it."""
    runs = [run_facts(row) for row in list_runs(db, source.id)]
    health = judge_health(runs, every=source.every, expected=source.expected)
    write_health(db, source.id, health.kind.value, health.text, now)
    return health


def accepted_readings(db: Database, source: str) -> list[RunFacts]:
    """Return the accepted readings of a source in which it sent something, oldest first."""
    runs = [run_facts(row) for row in list_runs(db, source)]
    return [run for run in runs if run.accepted and not run.not_modified]


def usual_text(db: Database, source: str) -> str:
    """Return what a source usually sends, as Swedish sentences; "" before enough is known."""
    usual = learn(accepted_readings(db, source))
    return describe_usual(usual) if usual is not None else ""


def run_facts(row: RunRow) -> RunFacts:
    """Return the facts of a row of `runs` that health is judged by."""
    stats = row["stats"]
    newest = stats.get("newest")
    return RunFacts(
        at=datetime.fromisoformat(row["finished"]),
        accepted=row["state"] in ACCEPTED_RUNS,
        items=int(stats.get("items", row["current"])),
        seen=row["seen"],
        skipped=row["skipped"],
        changes=row["new"] + row["changed"],
        not_modified=bool(stats.get("not_modified")),
        said_empty=bool(stats.get("said_empty")),
        newest=datetime.fromisoformat(newest) if newest else None,
        fields=dict(stats.get("fields") or {}),
        chars=stats.get("chars"),
        read_fields=dict(stats.get("read_fields") or {}),
        read_chars=stats.get("read_chars"),
        each=read_items(stats.get("each")),
        accepted_doubts=tuple(str(kind) for kind in stats.get("accepted_doubts") or ()),
        problems=tuple((str(kind), str(text)) for kind, text in stats.get("problems") or ()),
        moved=str(stats.get("moved") or ""),
    )


def lost_sources(config: Config, db: Database, now: datetime) -> list[Source]:
    """Return the sources that are to be looked for, those lost longest first: enabled ones that are read by their address."""
    by_id = {source.id: source for source in config.sources if source.enabled and source.kind in ADDRESS_KINDS}
    return [by_id[source] for source in find_lost(db, LOST, now) if source in by_id]


def refuse_wrong_clock(config: Config, db: Database, now: datetime) -> None:
    """Raise MonitorError where the readings show that the clock is wrong: mails would tell what has not happened, or tell twice.

    A clock that was ahead once is no hindrance: the sources that it read are read again before mails are built.
    """
    enabled = {source.id for source in config.sources if source.enabled}
    readings = [at for source, at in all_readings(db).items() if source in enabled]
    if not readings:
        return
    today = now.astimezone(config.zone).date()
    if min(readings) > now + CLOCK_SLACK:
        raise MonitorError(
            "", f"datorns klocka står på {today}, före alla läsningar av källorna; ställ klockan, sedan byggs mejlen"
        )
    if max(readings) < now - _LONGEST_SILENCE:
        newest = max(readings).astimezone(config.zone).date()
        raise MonitorError(
            "", f"datorns klocka står på {today}, men den senaste läsningen är från {newest}; ställ klockan, eller läs källorna"
        )
