"""The week ahead: what each department's next mail would hold if it were built now. Stores nothing."""

from __future__ import annotations

from datetime import datetime

from monitor.archive import Archive
from monitor.config import Config
from monitor.digest.wording import clean
from monitor.jobs.digest_builder import DigestBuilder
from monitor.matching.ruleset import RuleSet
from monitor.web.site import Planned, PlannedItem


def plan_digests(config: Config, archive: Archive, rules: RuleSet, now: datetime) -> list[Planned]:
    """Every department that has a recipient, with the items that are due to it."""
    builder = DigestBuilder(config, archive, rules, now, dry_run=True)
    plans = []
    for department in builder.departments(()):
        if not builder.recipients(department):
            continue
        selection = builder.plan(department)
        items = tuple(
            PlannedItem(
                section=item.section.value,
                key=item.candidate.key,
                title=clean(item.candidate.call.title),
                level=item.candidate.match.level.value if item.candidate.match else "",
                themes=item.candidate.match.themes if item.candidate.match else (),
                note=item.candidate.note,
                told=bool(item.candidate.told),
            )
            for item in selection.everything
        )
        plans.append(Planned(department=department.id, kind=selection.kind.value, week=builder.week, items=items))
    return plans
