"""The form of a project on a call's page: its fields as text, and what was typed as a `Project`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from monitor.archive.projects import FollowedProject, Project, ReportingDay, list_followed_projects
from monitor.calls import CallKey
from monitor.config import Config
from monitor.vocabulary import FOLLOW_STATE_LABELS, FollowState
from monitor.web.framework.request import Visit
from monitor.web.report.tables import KRONOR
from monitor.web.views.corrections import read_moment, read_sum

AMOUNTS = {"sokt": "applied_amount", "beviljat": "granted_amount", "egen": "own_amount"}
"""Field of `Project` by the name of its form field."""
DAYS = {"sokt_den": "applied_on", "beslut_den": "decided_on", "borjar": "starts", "slutar": "ends"}
LABELS = {
    "forvaltning": "Förvaltning eller bolag",
    "namn": "Projektets namn",
    "lage": "Läge",
    "valuta": "Valuta",
    "sokt": "Sökt belopp",
    "beviljat": "Beviljat belopp",
    "egen": "Egen del",
    "sokt_den": "Ansökan lämnades in",
    "beslut_den": "Beslutet kom",
    "borjar": "Projektet börjar",
    "slutar": "Projektet slutar",
}
"""Label of each form field."""
_BLANK_REPORTS = 2
"""Empty rows for further reporting days."""
_MAX_REPORTS = 40
_MAX_NAME = 200
_MAX_AMOUNT = 10**12
_YEARS = (2000, 2200)
_AMOUNT = re.compile(r"(\d{1,13}|\d{1,3}(?:[ .\u00a0\u202f]\d{3}){1,4})(?:\s*(?:kr|kronor|euro|:-))?", re.IGNORECASE)
_NO_AMOUNT = "Skriv beloppet som 450 000, 450 tkr eller 1,5 miljoner."
_NO_DAY = "Skriv dagen som 2027-02-01 eller 1 februari 2027."


@dataclass(frozen=True, kw_only=True)
class ProjectForm:
    """Form of one project as the page shows it."""

    id: str
    """Prefix of the ids of its fields, unique in the page."""
    department: str
    """Id of the department; "" where it is to be chosen."""
    title: str
    """Heading of the form."""
    values: Mapping[str, str]
    """Text of each form field by its name."""
    reports: tuple[tuple[str, str, bool], ...]
    """Day, name and whether it was handed in, of each reporting day; empty ones last."""
    version: str
    """`Project.saved` of the project that is changed."""
    labels: Mapping[str, str] = field(default_factory=lambda: LABELS)
    """Label of each form field by its name."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Reason for which a field was refused, by its name."""
    stored: tuple[tuple[str, str], ...] = ()
    """Label and value of each field that somebody else has saved under the time, where that differs from what was typed."""


def project_forms(visit: Visit, key: CallKey) -> list[ProjectForm]:
    """Return a form for each department that works with the call, and an empty one for a further department."""
    followed = list_followed_projects(visit.site.archive.db, key)
    names = department_names(visit)
    forms = [stored_form(one, f"projekt{number}", names) for number, one in enumerate(followed, 1)]
    return [*forms, _empty_form()]


def project_currencies(config: Config) -> tuple[str, ...]:
    """Return the currencies of projects: kronor, then those that have a rate."""
    return (KRONOR, *(currency for currency in sorted(config.money.rates) if currency != KRONOR))


def department_names(visit: Visit) -> dict[str, str]:
    """Return the name of each department by its id."""
    return {department.id: department.name for department in visit.site.rules.departments.values()}


def stored_form(followed: FollowedProject, id_: str, names: Mapping[str, str]) -> ProjectForm:
    """Return the form with the values that are stored."""
    project = followed.project or Project(department=followed.department, source=followed.source, call_id=followed.call_id)
    state = followed.states[-1][1] if followed.states else FollowState.APPLIES
    return ProjectForm(
        id=id_,
        department=followed.department,
        title=f"{names.get(followed.department, followed.department)}: {FOLLOW_STATE_LABELS[FollowState(state)].lower()}",
        values={"forvaltning": followed.department, "lage": state, **_texts(project)},
        reports=_with_blanks([(report.day.isoformat(), report.label, report.done) for report in project.reports]),
        version=project.saved,
    )


def _empty_form() -> ProjectForm:
    project = Project(department="", source="", call_id="")
    return ProjectForm(
        id="nytt",
        department="",
        title="Lägg till en förvaltnings projekt",
        values={"forvaltning": "", "lage": FollowState.APPLIES.value, **_texts(project)},
        reports=_with_blanks([]),
        version="",
    )


def _texts(project: Project) -> dict[str, str]:
    """Return the fields of a project as text."""
    amounts = {name: getattr(project, attribute) for name, attribute in AMOUNTS.items()}
    days = {name: getattr(project, attribute) for name, attribute in DAYS.items()}
    return {
        "namn": project.title,
        "valuta": project.currency,
        **{name: "" if amount is None else f"{amount:,}".replace(",", " ") for name, amount in amounts.items()},
        **{name: day.isoformat() if day else "" for name, day in days.items()},
    }


def _with_blanks(rows: list[tuple[str, str, bool]]) -> tuple[tuple[str, str, bool], ...]:
    return (*rows, *[("", "", False)] * _BLANK_REPORTS)


def typed_form(form: Mapping[str, str], errors: Mapping[str, str], stored: ProjectForm | None = None) -> ProjectForm:
    """Return the form with what was typed and why it was refused; `stored` is what somebody else has saved under the time."""
    values = {name: form.get(name, "") for name in LABELS}
    differing = () if stored is None else tuple(
        (LABELS[name], text) for name, text in stored.values.items() if text != values.get(name, "")
    )  # fmt: skip
    return ProjectForm(
        id="projekt",
        department=form.get("fast", ""),
        title="Projektet är inte sparat",
        values=values,
        reports=_with_blanks(_without_last_blanks(_typed_reports(form))),
        version=form.get("version", "") if stored is None else stored.version,
        errors=errors,
        stored=differing,
    )


def _without_last_blanks(rows: list[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Return the rows up to the last one with a text; rows between keep their numbers, by which errors name them."""
    used = max((number for number, row in enumerate(rows, 1) if row[0] or row[1]), default=0)
    return rows[:used]


def _typed_reports(form: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    return [
        (
            form.get(f"redovisning{number}_dag", "").strip(),
            form.get(f"redovisning{number}_namn", "").strip()[:_MAX_NAME],
            bool(form.get(f"redovisning{number}_klar")),
        )
        for number in range(1, _MAX_REPORTS + 1)
    ]


def read_project_form(
    form: Mapping[str, str], key: CallKey, departments: Mapping[str, str], currencies: tuple[str, ...]
) -> tuple[Project, dict[str, str]]:
    """Return the project that was typed, and the Swedish reason for each field that does not hold, by the field's name."""
    errors: dict[str, str] = {}
    amounts: dict[str, Any] = {attribute: _read_amount(form.get(name, ""), name, errors) for name, attribute in AMOUNTS.items()}
    days: dict[str, Any] = {attribute: _read_day(form.get(name, ""), name, errors) for name, attribute in DAYS.items()}
    reports = []
    for number, (text, label, done) in enumerate(_typed_reports(form), 1):
        day = _read_day(text, f"redovisning{number}", errors)
        if day is not None:
            reports.append(ReportingDay(day, label, done))
        elif label and not text:
            errors[f"redovisning{number}"] = "Skriv också dagen."
    if form.get("forvaltning", "") not in departments:
        errors["forvaltning"] = "Välj en förvaltning."
    if form.get("lage", "") not in tuple(FollowState):
        errors["lage"] = "Välj ett läge."
    if form.get("valuta", "") not in currencies:
        errors["valuta"] = "Välj en valuta."
    project = Project(
        department=form.get("forvaltning", ""),
        source=key.source,
        call_id=key.call_id,
        title=form.get("namn", "").strip()[:_MAX_NAME],
        currency=form.get("valuta", ""),
        reports=tuple(sorted(reports, key=lambda report: report.day)),
        saved=form.get("version", ""),
        **amounts,
        **days,
    )
    _check_order(project, errors)
    return project, errors


def _check_order(project: Project, errors: dict[str, str]) -> None:
    if project.applied_on and project.decided_on and project.decided_on < project.applied_on:
        errors.setdefault("beslut_den", "Beslutet kan inte ha kommit före ansökan.")
    if project.starts and project.ends and project.ends < project.starts:
        errors.setdefault("slutar", "Projektet kan inte sluta innan det börjar.")


def _read_amount(text: str, name: str, errors: dict[str, str]) -> int | None:
    text = text.strip()
    if not text:
        return None
    found = _AMOUNT.fullmatch(text)
    try:
        amount = int(re.sub(r"\D", "", found[1])) if found else read_sum(text)
    except ValueError:
        amount = None
    if amount is None or amount > _MAX_AMOUNT:
        errors[name] = _NO_AMOUNT
        return None
    return amount


def _read_day(text: str, name: str, errors: dict[str, str]) -> date | None:
    text = text.strip()
    if not text:
        return None
    try:
        day, _ = read_moment(text)
    except ValueError:
        day = None
    if day is None or not _YEARS[0] <= day.year <= _YEARS[1]:
        errors[name] = _NO_DAY
        return None
    return day
