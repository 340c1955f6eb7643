"""Plan of the week: the calls that each department's next mail would hold if it were built now. Nothing is stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.archive import Archive
from monitor.archive.digests import departments_with_digest
from monitor.config import Config
from monitor.digest.wording import iso_week
from monitor.jobs.digest import DigestBuilder
from monitor.language.one_line import clean
from monitor.matching.compiled import RuleSet
from monitor.web.framework.request import PlannedItem, PlannedMail


def plan_digests(config: Config, archive: Archive, rules: RuleSet, now: datetime) -> list[PlannedMail]:
    """Return the plan of each department with a recipient: this week's mail, or the next one when that is built already."""
    this_week = DigestBuilder(config, archive, rules, now, dry_run=True)
    following = iso_week((now.astimezone(config.zone) + timedelta(weeks=1)).date())
    next_week = DigestBuilder(config, archive, rules, now, week=following, dry_run=True)
    built = departments_with_digest(archive.db, this_week.week)
    plans = []
    for department in this_week.departments(()):
        if not this_week.recipients(department):
            continue
        builder = next_week if department.id in built else this_week
        selection = builder.plan(department)
        items = tuple(
            PlannedItem(
                section=item.section.value,
                key=item.candidate.key,
                title=clean(item.candidate.call.title),
                level=item.candidate.match.level.value if item.candidate.match else "",
                themes=item.candidate.reasons.themes,
                note=item.candidate.note,
                told=bool(item.candidate.told),
            )
            for item in selection.everything
        )
        plans.append(PlannedMail(department=department.id, kind=selection.kind.value, week=builder.week, items=items))
    return plans
