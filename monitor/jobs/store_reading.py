"""Facts of the archive that a reading of a source begins from, and the storing of what was read: one way, whoever has read."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.archive import Archive
from monitor.archive.dossiers import read_references
from monitor.archive.runs import (
    RunReport,
    SourceRun,
    last_accepted_size,
    last_validators,
    refresh_dates,
    refused_keys,
    store_run,
)
from monitor.collect.health import RunFacts
from monitor.collect.reading import Problem, ProblemKind
from monitor.errors import describe_row_error
from monitor.jobs.health import accepted_readings, update_health
from monitor.jobs.search import index_archive
from monitor.jobs.stories import join_stories
from monitor.vocabulary import RunState

if TYPE_CHECKING:
    from monitor.archive.connection import Database
    from monitor.sources import Source

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingContext:
    """Facts of earlier readings of a source that its next one is made and judged by."""

    previous: int | None
    """Number of current items of the last accepted run; None before the first one."""
    refused: frozenset[str]
    """Keys of the newest whole reading since then that was refused for too few items."""
    validators: dict[str, str]
    """Request headers for a conditional request, or the cursor of another archive."""
    earlier: tuple[RunFacts, ...]
    """Accepted readings, oldest first."""

    def options(self) -> dict[str, Any]:
        """Return the options of a spider."""
        return {name: getattr(self, name) for name in ("previous", "refused", "validators", "earlier")}


def load_context(db: Database, source: str) -> ReadingContext:
    """Return the facts that the next reading of a source begins from."""
    return ReadingContext(
        previous=last_accepted_size(db, source),
        refused=refused_keys(db, source),
        validators=last_validators(db, source),
        earlier=tuple(accepted_readings(db, source)),
    )


def store_judged(db: Database, source: Source, run: SourceRun, now: datetime) -> RunReport:
    """Store a judged reading of a source and its health, and return the report; one that cannot be stored becomes a failed run.

    Raises:
        sqlite3.Error: The archive itself cannot be written.
    """
    try:
        report = store_run(db, run, now)
    except sqlite3.Error:
        raise
    except Exception as error:
        logger.exception("source_unstored source=%s", source.id)
        report = store_run(db, failed_run(source, unstored(error), now), now)
    health = update_health(db, source, now)
    report.health, report.health_text = health.kind.value, health.text
    logger.info(
        "source_read source=%s state=%s seen=%d current=%d new=%d changed=%d",
        *(report.id, report.state, report.seen, report.current, report.new, report.changed),
    )
    return report


def unstored(error: Exception) -> Problem:
    """Return the problem of a reading that could not be judged, written or stored."""
    return Problem(ProblemKind.UNSTORED, f"Det som lästes gick inte att spara: det {describe_row_error(error)}.")


def failed_run(source: Source, problem: Problem, now: datetime) -> SourceRun:
    """Return a failed run with its reason and nothing read."""
    return SourceRun(
        source=source.id,
        name=source.name,
        publisher=source.publisher,
        kind=source.kind,
        url=source.url,
        language=source.language,
        started=now,
        finished=now,
        state=RunState.FAILED,
        reason=problem.text,
        complete_list=False,
        seen=0,
        stats={"problems": [[problem.kind.value, problem.text]]},
    )


def make_findable(archive: Archive, now: datetime) -> None:
    """Bring dates, stories, references and the search up to what was stored."""
    refresh_dates(archive.db, now)
    join_stories(archive.db, now)
    read_references(archive.db, now)
    index_archive(archive)
