"""Job `plan`: the plan of a call for the command line, and the reminders of plans for the week's mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from monitor.archive.calls import load_call
from monitor.archive.connection import Database
from monitor.archive.lookup import find_call
from monitor.archive.plans import list_planned
from monitor.config import Config
from monitor.digest.reminders import PlanReminder, choose_reminders
from monitor.digest.render import load_templates
from monitor.errors import ArchiveError, ConfigError
from monitor.language.one_line import clean
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Department
from monitor.vocabulary import WEEKS_MAILS, MailKind
from monitor.web.plan.facts import CallPlan, read_plan
from monitor.web.plan.text import PlanText, write_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePlan:
    """Plan of a call as values and in words."""

    found: CallPlan
    text: PlanText
    files: dict[str, bytes]
    """Content of each file that was asked for, by its suffix."""


def plan_reminders(
    config: Config, db: Database, rules: RuleSet, department: Department, now: datetime, kind: MailKind = MailKind.WEEKLY
) -> tuple[PlanReminder, ...]:
    """Return the department's plans that a mail of this kind reminds of at `now`: only the week's mails remind."""
    if kind not in WEEKS_MAILS:
        return ()
    found = []
    for _, key in list_planned(db, department.id, until=now):
        call = load_call(db, *key)
        if call is None:
            continue
        plan = read_plan(config, db, rules, call, department, now).plan
        title = clean(call.title) or call.call_id
        found.append(PlanReminder(source=key.source, call_id=key.call_id, title=title, language=call.language, plan=plan))
    return choose_reminders(found)


def make_call_plan(
    config: Config, db: Database, rules: RuleSet, now: datetime, wanted: str, *, department: str = "", files: tuple[str, ...] = ()
) -> MadePlan:
    """Return the plan of a call that is named by title, identifier, key or address.

    Args:
        config: The installation.
        db: Its archive.
        rules: Its rules.
        now: Day of the plan.
        wanted: Name of the call.
        department: Id of the department whose states count; empty: none.
        files: Suffixes of the files to make as well: ics, docx.

    Raises:
        ConfigError: The rules have no such department.
        ArchiveError: The archive has no such call.
    """
    if department and department not in rules.departments:
        known = ", ".join(rules.departments)
        raise ConfigError("--department", f"det finns ingen förvaltning {department!r}; väntade en av {known}")
    key = find_call(db, wanted)
    call = load_call(db, *key)
    if call is None:
        raise ArchiveError(wanted, "finns inte i arkivet")
    found = read_plan(config, db, rules, call, rules.departments.get(department), now)
    wording = load_templates(config.digests_dirs).wording("sv")
    text = write_plan(found, wording, now.astimezone(config.zone), rates_day=config.money.day)
    address = f"{config.municipality.base_url.rstrip('/')}/utlysning/{call.source}/{call.call_id}/plan"
    made: dict[str, bytes] = {}
    if "ics" in files:
        from monitor.web.plan.calendar import plan_calendar

        made["ics"] = plan_calendar(found, text, address, now)
    if "docx" in files:
        from monitor.web.plan.word import plan_word

        made["docx"] = plan_word(found, text, wording, address)
    return MadePlan(found=found, text=text, files=made)


def plan_row(made: MadePlan) -> dict[str, Any]:
    """Return a plan as the value of `plan --json`."""
    found, text = made.found, made.text
    share = found.share
    return {
        "call": {"source": found.call.source, "call_id": found.call.call_id, "title": text.title},
        "department": found.department.id if found.department is not None else "",
        "last_day": _iso(found.plan.last_day),
        "passed": found.plan.passed,
        "summary": list(text.summary),
        "steps": [
            {
                "id": step.id,
                "title": words.title,
                "verdict": step.verdict.value,
                "begin": _iso(step.begin),
                "papers": _iso(step.papers),
                "due": _iso(step.due),
                "earliest": _iso(step.earliest),
                "decided": step.decided,
                "stated": step.stated,
                "state": words.state,
                "notes": list(words.notes),
            }
            for step, words in zip(found.plan.steps, text.steps, strict=True)
        ],
        "own_share": {
            "percent": share.percent,
            "stated": share.stated,
            "currency": share.currency,
            "least": share.least.own if share.least else None,
            "most": share.most.own if share.most else None,
            "most_kronor": share.most.kronor if share.most else None,
            "years": [{"year": year.year, "kronor": year.kronor, "calendar": share.calendar} for year in share.years],
            "text": list(text.share),
        },
        "checks": [{"id": check.id, "title": check.title, "state": check.state} for check in text.checks],
        "contact": list(text.contact),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
