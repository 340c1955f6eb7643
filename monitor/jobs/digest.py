"""Building digests: every department's mail of the week, corrections that cannot wait, and the coordinator's previews."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.archive import Archive, lock
from monitor.archive.ledger import list_failures, note_failure
from monitor.config import Config
from monitor.digest.wording import iso_week
from monitor.errors import ArchiveError, ConfigError, LockedError, MonitorError
from monitor.jobs.digest_builder import DigestBuilder, DigestReport
from monitor.jobs.last_rules import load_checked
from monitor.matching.model import Department
from monitor.matching.ruleset import RuleSet

logger = logging.getLogger(__name__)
_RETRIED = timedelta(days=8)
_NOT_ONE_DEPARTMENTS = (ConfigError, ArchiveError, LockedError, OSError, MemoryError)

__all__ = ["BuildReport", "DigestReport", "build_digests", "build_previews"]


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """What one run of `digest` built, and what stood there already."""

    week: str
    digests: list[DigestReport] = field(default_factory=list)
    corrections: list[DigestReport] = field(default_factory=list)


def build_digests(
    config: Config,
    archive: Archive,
    now: datetime,
    *,
    week: str | None = None,
    departments: Iterable[str] = (),
    dry_run: bool = False,
    corrections_only: bool = False,
    rules: RuleSet | None = None,
) -> BuildReport:
    """Build what is due: each department's mail of the week, and corrections to those who already have theirs.

    A department whose mail cannot be built is reported as `failed`, with the reason, and noted in the archive; the others get theirs, and
    it is tried again with the next corrections. Raises MonitorError when no mail at all could be built for the same kind of reason.
    Building again changes nothing. A dry run stores nothing and writes the mails to `preview/` in the data folder.
    """
    # A digest that a power failure takes back is built again as it was; a mail that has left is marked for good, and keeps its digest.
    with lock(config.data_dir, "digest"), archive.db.redoable():
        builder = DigestBuilder(
            config, archive, rules or load_checked(archive, config.rules_dir), now, week=week, dry_run=dry_run
        )
        report = BuildReport(week=builder.week)
        failed = {department for department, week, _ in list_failures(archive.db, now - _RETRIED) if week == builder.week}
        found = builder.departments(departments)
        errors: list[Exception] = []
        for department in found:
            weekly = not corrections_only or department.id in failed
            try:
                _build(builder, report, department, weekly=weekly, corrections=not dry_run)
            except _NOT_ONE_DEPARTMENTS:
                raise
            except Exception as error:
                if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
                    raise  # the archive's trouble, not the department's
                errors.append(error)
                report.digests.append(_failure(archive, builder.week, department, error, now, stored=not dry_run))
        if len(errors) == len(found) and isinstance(errors[0], MonitorError):
            raise errors[0]
    return report


def _build(builder: DigestBuilder, report: BuildReport, department: Department, *, weekly: bool, corrections: bool) -> None:
    """Build one department's mail of the week, or its correction, into the report."""
    # A weekly mail that is built now tells everything that a correction would.
    fresh = weekly and not builder.is_built(department)
    if weekly:
        report.digests.append(builder.weekly(department))
    if corrections and not fresh:
        correction = builder.correction(department)
        if correction is not None:
            report.corrections.append(correction)


def _failure(
    archive: Archive, week: str, department: Department, error: Exception, now: datetime, *, stored: bool
) -> DigestReport:
    reason = f"mejlet kunde inte skrivas ({error if isinstance(error, MonitorError) else f'{type(error).__name__}: {error}'})"
    logger.error("digest_failed department=%s week=%s", department.id, week, exc_info=error)
    if stored:
        note_failure(archive.db, department.id, week, reason, now)
    return DigestReport(department=department.id, state="failed", items=0, sections={}, reason=reason)


def build_previews(config: Config, archive: Archive, now: datetime, *, rules: RuleSet | None = None) -> BuildReport:
    """Build the coordinator's copies of the mails that tomorrow's digest will hold, as they would be now."""
    tomorrow = (now.astimezone(config.zone) + timedelta(days=1)).date()
    with lock(config.data_dir, "digest"):
        builder = DigestBuilder(config, archive, rules or load_checked(archive, config.rules_dir), now, week=iso_week(tomorrow))
        previews = []
        for department in builder.departments(()):
            try:
                previews.append(builder.preview(department))
            except _NOT_ONE_DEPARTMENTS:
                raise
            except Exception as error:
                if isinstance(error, sqlite3.Error):
                    raise
                previews.append(_failure(archive, builder.week, department, error, now, stored=False))
    return BuildReport(week=builder.week, digests=[preview for preview in previews if preview is not None])
