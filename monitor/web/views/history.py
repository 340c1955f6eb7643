"""The page of the municipality's own EU projects, its neighbours', and the comparison with a list of the coordinator's."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from datasette import Response
from markupsafe import Markup

from monitor.archive.award_decisions import decided_organisations, last_own_list, store_award_decision, store_own_list
from monitor.awards.installation import MunicipalHistory, municipal_history
from monitor.awards.municipal import (
    SURE,
    FundedGroup,
    MunicipalComparison,
    OwnProject,
    compare_municipalities,
    group_projects,
)
from monitor.awards.organisations import Sureness
from monitor.awards.reconcile import COLUMNS, Outcome, Reconciled, parse_list, reconcile, table_rows
from monitor.awards.wording import SURENESS
from monitor.errors import SourceError
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import download, page, problem_page, redirect
from monitor.web.outputs.exports import escape_formula
from monitor.web.views.followup import draw_bars

DONE = {
    "hor": "Sparat: organisationen räknas nu till kommunen.",
    "inte": "Sparat: organisationen räknas inte till kommunen.",
    "lista": "Listan är sparad.",
}
"""Confirmation after a change, by the value of `klart` in the address."""
_MOST_CANDIDATES = 60
_MOST_PROJECTS = 200


@dataclass(frozen=True, slots=True)
class CandidateOrganisation:
    """Organisation that may be the municipality's own, for a person to decide."""

    key: str
    name: str
    place: str
    reason: str
    """Words that say why it may be the municipality, in Swedish."""
    projects: Sequence[OwnProject]


@dataclass(frozen=True, kw_only=True)
class HistoryView:
    """Values of the template `history.html`."""

    history: MunicipalHistory
    groups: Sequence[FundedGroup]
    own: Sequence[OwnProject]
    """Sure projects, the latest first."""
    chart: Markup | None
    compared: MunicipalComparison | None
    candidates: Sequence[CandidateOrganisation]
    unlisted: int
    """Candidates beside those, for which the page has no room yet."""
    decided: Sequence[dict[str, object]]
    reconciled: Sequence[Reconciled]
    counts: Counter[Outcome]
    differing: int
    own_list: str
    """The coordinator's list as it was saved, or as it was sent when it has an error."""
    list_error: str
    asked: Sequence[tuple[str, str, str]]
    """Programme, and name and address of its Swedish contact."""
    done: dict[str, str]


def history_page(visit: Visit) -> Response:
    """Show the municipality's own projects, the comparison, and for the coordinator what a person has to decide."""
    return _page(visit)


def _page(visit: Visit, *, text: str | None = None, error: str = "") -> Response:
    """Return the page; `text` is a list that was sent and has an error."""
    db = visit.site.archive.db
    history = municipal_history(visit.site.config, db)
    projects = list(history.projects.get(history.home, ()))
    own = [one for one in projects if one.sureness in SURE]
    candidates = _candidates(projects) if visit.actor else []
    stored = last_own_list(db) if visit.actor else None
    listed = stored[0] if stored else ""
    try:
        reconciled, unread = _reconciled(listed, projects), ""
    except SourceError as problem:  # a list that an older version read otherwise
        reconciled, unread = [], str(problem)
    view = HistoryView(
        history=history,
        groups=group_projects(own),
        own=own[:_MOST_PROJECTS],
        chart=_chart(own, visit),
        compared=compare_municipalities(history.projects, history.home) if history.home and history.projects else None,
        candidates=candidates[:_MOST_CANDIDATES],
        unlisted=max(0, len(candidates) - _MOST_CANDIDATES),
        decided=decided_organisations(db) if visit.actor else [],
        reconciled=reconciled,
        counts=Counter(one.outcome for one in reconciled),
        differing=sum(one.differs for one in reconciled),
        own_list=listed if text is None else text,
        list_error=error or (unread if text is None else ""),
        asked=_contacts(visit),
        done=DONE,
    )
    return page("history.html", visit, status=400 if error else 200, **vars(view))


def _chart(own: Sequence[OwnProject], visit: Visit) -> Markup | None:
    years = Counter(one.year for one in own if one.year)
    if len(years) < 2:
        return None
    rows = [{"name": str(year), "projects": years.get(year, 0)} for year in range(max(years), min(years) - 1, -1)]
    return draw_bars(rows[:16], ("projects",), {"projects": visit.say("Projekt")}, "diagram-historia", visit.say("flest"))


def _candidates(projects: Sequence[OwnProject]) -> list[CandidateOrganisation]:
    """Return the organisations that nothing but their names or towns tie to the municipality, the likest first."""
    by_key: dict[str, list[OwnProject]] = defaultdict(list)
    for one in projects:
        if one.sureness not in SURE:
            by_key[one.decision_key].append(one)
    return [
        CandidateOrganisation(key, some[0].organisation, some[0].place, _reason(some[0]), some) for key, some in by_key.items()
    ]


def _reason(project: OwnProject) -> str:
    return f"finns i {project.municipality}" if project.sureness is Sureness.LOCATED else SURENESS[project.sureness]


def _contacts(visit: Visit) -> list[tuple[str, str, str]]:
    """Return the programmes that a municipality may apply to, with whom to ask in Sweden."""
    return [
        (programme.name, programme.contact.name, programme.contact.url)
        for programme in visit.site.rules.programmes.values()
        if programme.contact and programme.municipality == "ja"
    ]


def _reconciled(listed: str, projects: Sequence[OwnProject]) -> list[Reconciled]:
    return reconcile(parse_list(listed), projects) if listed else []


def decide(visit: Visit) -> Response:
    """Store once whether an organisation belongs to the municipality."""
    history = municipal_history(visit.site.config, visit.site.archive.db)
    key, belongs = visit.form.get("nyckel", ""), visit.form.get("svar") == "hor"
    known = {one.decision_key for one in history.projects.get(history.home, ())}
    known |= {str(row["key"]) for row in decided_organisations(visit.site.archive.db)}
    if not history.home or key not in known or visit.form.get("svar") not in ("hor", "inte"):
        return problem_page(visit, 400, detail="Organisationen finns inte bland kandidaterna längre.")
    with visit.site.archive.writing() as db:
        store_award_decision(db, key, history.home, belongs=belongs, who=visit.coordinator_name, now=visit.now)
    return redirect(f"/historia?klart={'hor' if belongs else 'inte'}#kandidater")


def save_list(visit: Visit) -> Response:
    """Keep the coordinator's own list, or show what is wrong with it."""
    text = visit.form.get("lista", "").replace("\r\n", "\n").strip()
    try:
        rows = parse_list(text)
    except SourceError as error:
        return _page(visit, text=text, error=str(error))
    if not rows:
        return _page(visit, text=text, error="Listan har inga rader under rubrikraden.")
    with visit.site.archive.writing() as db:
        store_own_list(db, text, who=visit.coordinator_name, now=visit.now)
    return redirect("/historia?klart=lista#avstamning")


def reconciliation_file(visit: Visit) -> Response:
    """Answer with the comparison as CSV with semicolons and a byte order mark, as a Swedish Excel expects."""
    db = visit.site.archive.db
    stored = last_own_list(db)
    if stored is None:
        raise NotFound
    history = municipal_history(visit.site.config, db)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    try:
        rows = table_rows(_reconciled(stored[0], history.projects.get(history.home, ())))
    except SourceError as error:
        return problem_page(visit, 400, detail=f"{error}.")
    for row in rows:
        writer.writerow(escape_formula(cell) for cell in row)
    return download("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", "avstamning.csv")


ROUTES = (
    Route(r"^/historia$", history_page),
    Route(r"^/historia/avgor$", decide, coordinator=True, acts=True),
    Route(r"^/historia/lista$", save_list, coordinator=True, acts=True),
    Route(r"^/historia/avstamning\.csv$", reconciliation_file, coordinator=True),
)
