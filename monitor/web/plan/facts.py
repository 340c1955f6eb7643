"""Facts of a plan, read from the archive: the call's terms, the department's states and project, and the plan made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.connection import Database
from monitor.archive.feedback import current_state
from monitor.archive.lookup import call_facts
from monitor.archive.plans import StoredStep, read_steps
from monitor.archive.projects import Project, read_project
from monitor.archive.readings import stored_reading
from monitor.archive.search.index import stored_zones
from monitor.calls import Call, next_deadline
from monitor.config import Config
from monitor.documents.facts import filled_card
from monitor.documents.kept import facts_of
from monitor.fit import FitCard
from monitor.matching.compiled import RuleSet
from monitor.matching.fit_card import fit_card
from monitor.matching.rules.load import shipped_gates
from monitor.matching.rules.model import Department, Programme
from monitor.plan.gates import GatesFile
from monitor.plan.money import NO_PROJECT, EnteredProject, OwnShare, own_share
from monitor.plan.steps import Plan, PlanFacts, StepMark, make_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """Plan of one call, for one department or for none in particular."""

    call: Call
    card: FitCard
    programme: Programme | None
    gates: GatesFile
    plan: Plan
    share: OwnShare
    department: Department | None = None
    state: str = ""
    """Value of `FollowState` that the department's work has; "" for none."""
    stored: Mapping[str, StoredStep]
    """States that people noted, by the id of the step or check."""
    project: Project | None = None


def gates_of(rules: RuleSet) -> GatesFile:
    """Return the gates of the rules in force; those that come with the program where the rules have none."""
    return rules.gates or shipped_gates()


def read_plan(config: Config, db: Database, rules: RuleSet, call: Call, department: Department | None, now: datetime) -> CallPlan:
    """Return the plan of a call at `now`, with the department's states and project where one is given."""
    now = now.astimezone(config.zone)
    reading = stored_reading(db, *call.key)
    card = filled_card(fit_card(rules, call, stored_zones(db, *call.key), reading), facts_of(db, call, reading))
    stored = read_steps(db, department.id, call.key) if department is not None else {}
    project = read_project(db, department.id, call.key) if department is not None else None
    current = current_state(db, department.id, call.key) if department is not None else None
    deadline = next_deadline(call, now)
    gates = gates_of(rules)
    facts = PlanFacts(
        card=card,
        deadline=deadline,
        passed=bool(call_facts(db, call.key)["vanished_at"]) or (deadline is None and bool(call.deadlines)),
        marks={id_: StepMark(step.state, step.at.astimezone(config.zone).date()) for id_, step in stored.items()},
        applied=project.applied_on if project is not None else None,
    )
    entered = (
        EnteredProject(own=project.own_amount, currency=project.currency, starts=project.starts, ends=project.ends)
        if project is not None
        else NO_PROJECT
    )
    return CallPlan(
        call=call,
        card=card,
        programme=rules.programme_of(call),
        gates=gates,
        plan=make_plan(gates, facts, now),
        share=own_share(card, config.money.rates, entered),
        department=department,
        state=current["state"] if current is not None else "",
        stored=stored,
        project=project,
    )
