"""Building digests: every department's mail of the week, corrections that cannot wait, and the coordinator's previews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.archive import Archive, lock
from monitor.config import Config
from monitor.digest.wording import iso_week
from monitor.jobs.digest_builder import DigestBuilder, DigestReport
from monitor.jobs.last_rules import load_checked
from monitor.matching.ruleset import RuleSet

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

    Building again changes nothing. A dry run stores nothing and writes the mails to `preview/` in the data folder.
    """
    # A digest that a power failure takes back is built again as it was; a mail that has left is marked for good, and keeps its digest.
    with lock(config.data_dir, "digest"), archive.db.redoable():
        builder = DigestBuilder(
            config, archive, rules or load_checked(archive, config.rules_dir), now, week=week, dry_run=dry_run
        )
        report = BuildReport(week=builder.week)
        for department in builder.departments(departments):
            # A weekly mail that is built now tells everything that a correction would.
            fresh = not corrections_only and not builder.is_built(department)
            if not corrections_only:
                report.digests.append(builder.weekly(department))
            if not dry_run and not fresh:
                correction = builder.correction(department)
                if correction is not None:
                    report.corrections.append(correction)
    return report


def build_previews(config: Config, archive: Archive, now: datetime, *, rules: RuleSet | None = None) -> BuildReport:
    """Build the coordinator's copies of the mails that tomorrow's digest will hold, as they would be now."""
    tomorrow = (now.astimezone(config.zone) + timedelta(days=1)).date()
    with lock(config.data_dir, "digest"):
        builder = DigestBuilder(config, archive, rules or load_checked(archive, config.rules_dir), now, week=iso_week(tomorrow))
        previews = [builder.preview(department) for department in builder.departments(())]
    return BuildReport(week=builder.week, digests=[preview for preview in previews if preview is not None])
