"""What the coordinator does to a call: correct a field, hold it back or add it, write a line for it, join and part stories."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from datasette import Response

from monitor.archive.corrections import correct_field, drop_correction
from monitor.archive.desk import ADD, HOLD, choose_call, drop_choice, write_line
from monitor.archive.lookup import find_call
from monitor.archive.stories import decide_story, write_stories
from monitor.archive.texts import index_call
from monitor.calls import Kind
from monitor.errors import ArchiveError
from monitor.language.dates import find_dates
from monitor.web.callpage import FIELDS, call_view, visited_call
from monitor.web.finding import finder_of
from monitor.web.pages import call_path, problem_page, redirect, safe_url
from monitor.web.route import Missing, Route
from monitor.web.site import Visit

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?")
_NOT_UNDERSTOOD = "Vi förstod inte datumet ”{}”. Skriv till exempel 2027-02-01 eller 1 februari 2027 kl. 17.00."


def correct(visit: Visit) -> Response:
    """Keep a person's value of a field, or let the source's own stand again. A value that does not fit is answered beside the field."""
    call = visited_call(visit)
    field = visit.form.get("falt", "")
    assert visit.actor is not None
    if field not in FIELDS:
        return problem_page(visit, 400)
    drop = bool(visit.form.get("tabort"))
    try:
        value = None if drop else read_value(field, visit.form.get("varde", ""), visit)
        with visit.site.archive.writing() as db:
            if drop:
                drop_correction(db, call.source, call.call_id, field, now=visit.now)
            else:
                correct_field(db, call.source, call.call_id, field, value, who=visit.actor.name, now=visit.now)
            index_call(db, visit.site.rules.analyser, call.source, call.call_id)
    except (ValueError, ArchiveError) as error:
        return call_view(visit, problem=str(error))
    finder_of(visit.site).renew_soon()
    visit.site.work.rematch()
    return redirect(f"{call_path(call.source, call.call_id)}?klart={'borta' if drop else 'rattat'}")


def read_value(field: str, text: str, visit: Visit) -> Any:
    """What was typed, as the field's JSON value. ValueError in Swedish when it does not fit."""
    text = text.replace("\r\n", "\n").strip()
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if field == "deadlines":
        return [_deadline(line, visit) for line in lines]
    if field == "opens":
        return _day(text).isoformat() if text else None
    if field in ("place", "applicants"):
        return lines
    if field == "kind" and text not in {kind.value for kind in Kind}:
        raise ValueError(f"Slaget ska vara ett av {', '.join(kind.value for kind in Kind)}.")
    if field == "url" and not safe_url(text):
        raise ValueError("Adressen ska börja med https://.")
    if field == "title" and not text:
        raise ValueError("Rubriken kan inte vara tom.")
    return text


def _day(text: str) -> date:
    day, clock = _instant(text)
    if clock is not None:
        raise ValueError(f"Vi förstod inte datumet ”{text[:40]}”. Skriv bara dagen, till exempel 2027-02-01.")
    return day


def _deadline(line: str, visit: Visit) -> dict[str, Any]:
    day, clock = _instant(line)
    moment = datetime.combine(day, clock or time(23, 59, 59), visit.site.config.zone)
    return {
        "at": moment.isoformat(),
        "precision": "minute" if clock else "day",
        "zone": visit.site.config.schedule.time_zone,
        "text": "rättat för hand",
    }


def _instant(text: str) -> tuple[date, time | None]:
    """Return the day and the time that a person typed: 2027-02-01 17:00, 1 februari 2027 or 1 februari 2027 kl. 17.

    Raises:
        ValueError: The text is no single day with its year, or no time; in Swedish.
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        try:
            return date.fromisoformat(found[1]), time.fromisoformat(found[2]) if found[2] else None
        except ValueError as error:
            raise ValueError(_NOT_UNDERSTOOD.format(text[:40])) from error
    # Figures alone but in ISO's order may be day or month first: only a month in letters is sure.
    dates = find_dates(text, reference=None, language="sv") if re.search(r"[a-zåäö]{3}", text.lower()) else []
    if len(dates) != 1 or dates[0].date is None or dates[0].date_from is not None or dates[0].ambiguous:
        raise ValueError(_NOT_UNDERSTOOD.format(text[:40]))
    return dates[0].date, dates[0].time


def steer(visit: Visit) -> Response:
    """Hold the call back from a department, add it, or leave it to the rules."""
    call = visited_call(visit)
    department, choice = visit.form.get("forvaltning", ""), visit.form.get("val", "")
    if department not in visit.site.rules.departments or choice not in (HOLD, ADD, ""):
        return problem_page(visit, 400)
    assert visit.actor is not None
    with visit.site.archive.writing() as db:
        if choice:
            choose_call(db, department, (call.source, call.call_id), choice, who=visit.actor.name, now=visit.now)
        else:
            drop_choice(db, department, (call.source, call.call_id))
    back = visit.form.get("tillbaka", "")
    return redirect("/samordna?klart=styrt" if back == "samordna" else f"{call_path(call.source, call.call_id)}?klart=styrt")


def line(visit: Visit) -> Response:
    """A line of one's own for the call in the mails."""
    call = visited_call(visit)
    department = visit.form.get("forvaltning", "")
    if department and department not in visit.site.rules.departments:
        return problem_page(visit, 400)
    assert visit.actor is not None
    with visit.site.archive.writing() as db:
        key = (call.source, call.call_id)
        write_line(db, department, "", key, visit.form.get("rad", ""), who=visit.actor.name, now=visit.now)
    return redirect(f"{call_path(call.source, call.call_id)}?klart=rad")


def join(visit: Visit) -> Response:
    """The call is the same story as another, which leads."""
    call = visited_call(visit)
    own = (call.source, call.call_id)
    assert visit.actor is not None
    try:
        lead = find_call(visit.site.archive.db, visit.form.get("med", ""))
        if lead == own:
            return problem_page(visit, 400, detail="En post kan inte fogas till sig själv.")
        with visit.site.archive.writing() as db:
            decide_story(db, own, lead, "together", visit.actor.name, visit.now)
            write_stories(db, {own: lead}, [own])
    except ArchiveError as error:
        return problem_page(visit, 400, detail=error.problem)
    return redirect(f"{call_path(*own)}?klart=fogat")


def part(visit: Visit) -> Response:
    """The call is a story of its own."""
    call = visited_call(visit)
    own = (call.source, call.call_id)
    assert visit.actor is not None
    row = visit.site.archive.db.execute("SELECT story FROM calls WHERE source = ? AND call_id = ?", own).fetchone()
    lead = tuple(row[0].split("/", 1)) if row and row[0] else None
    if lead is None or len(lead) != 2:
        raise Missing
    with visit.site.archive.writing() as db:
        decide_story(db, own, (lead[0], lead[1]), "apart", visit.actor.name, visit.now)
        write_stories(db, {}, [own])
    return redirect(f"{call_path(*own)}?klart=skilt")


_AT = r"^/utlysning/(?P<source>[^/]+)/(?P<call>[^/]+)/"
ROUTES = tuple(
    Route(rf"{_AT}{name}$", view, coordinator=True, acts=True, shared=shared)
    for name, view, shared in (
        ("ratta", correct, True),
        ("styr", steer, False),
        ("rad", line, False),
        ("foga", join, True),
        ("skilj", part, True),
    )
)
