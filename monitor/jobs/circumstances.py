"""Facts that a mail tells beside its items: earlier rounds, translations, matters, plans and expected rounds, from the archive.

The mail of the week and a past mail that is written again with other rules have them alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.archive.connection import Database
from monitor.archive.dossiers import list_dossiers
from monitor.calls import CallKey
from monitor.config import Config
from monitor.digest.layout import Occasion
from monitor.digest.model import Audience, Selection
from monitor.jobs.awards import earlier_lines
from monitor.jobs.candidates import make_audience
from monitor.jobs.plan import plan_reminders
from monitor.jobs.seasons import expected_rounds_for
from monitor.jobs.translate import machine_summaries
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Department


def audience_of(
    config: Config,
    db: Database,
    department: Department,
    numbers: Mapping[CallKey, int],
    selection: Selection,
    languages: Sequence[str],
) -> Audience:
    """Return the audience of a department's mail with what the archive knows beside the calls of the selection."""
    return replace(
        make_audience(config, department, numbers),
        earlier=earlier_lines(config, db, selection, languages),
        machine=machine_summaries(db, selection),
        dossiers=list_dossiers(db, [item.candidate.key for item in selection.items]),
    )


def with_reminders(
    occasion: Occasion,
    config: Config,
    db: Database,
    rules: RuleSet,
    department: Department,
    selection: Selection,
    languages: Sequence[str],
) -> Occasion:
    """Return the occasion with the department's plans and the rounds that it can expect.

    A past mail has the plans of its time, with their steps as they are now.
    """
    return replace(
        occasion,
        expected=expected_rounds_for(db, department.id, occasion.previous_week, occasion.now, languages, rules),
        plans=plan_reminders(config, db, rules, department, occasion.now, selection.kind),
    )
