"""The page of a call: facts, matches, history, follow-up and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from datasette import Response

from monitor.archive.calls import correct_field, drop_correction, load_call
from monitor.archive.feedback import call_history
from monitor.archive.history import list_call_documents, read_document, read_versions
from monitor.archive.listing import list_calls
from monitor.archive.lookup import call_facts, find_call, find_calls, find_left_out_item, similar_calls
from monitor.archive.overrides import ADD, HOLD, list_overrides, remove_override, store_override, write_mail_note
from monitor.archive.search.index import index_call, stored_zones
from monitor.archive.stories import decide_story, write_stories
from monitor.calls import Call, CallKey, DeadlineModel, Precision, call_zones, next_deadline
from monitor.errors import ArchiveError
from monitor.language.dates import find_dates
from monitor.matching.explain import Circumstances, Why, why_all
from monitor.matching.fit_card import FitCard, fit_card
from monitor.matching.match import Evidence
from monitor.vocabulary import ANSWER_LABELS, FOLLOW_STATE_LABELS, KIND_LABELS, Answer, FollowState, Kind
from monitor.web.framework.english import CardLine, card_lines, why_text
from monitor.web.framework.labels import LANGUAGES, ZONES
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Missing, Route
from monitor.web.framework.templates import (
    address,
    call_path,
    day,
    download,
    left,
    number,
    page,
    problem_page,
    redirect,
    safe_url,
    weekday,
    when,
)
from monitor.web.views.diff import compare_versions
from monitor.web.views.search import finder_of

DONE = {
    "rattat": "Rättelsen är sparad. Den står kvar när källan läses igen.",
    "borta": "Rättelsen är borttagen. Källans egen uppgift gäller igen.",
    "rad": "Raden är sparad. Den följer med i mejlen.",
    "styrt": "Valet är sparat och gäller från nästa mejl.",
    "fogat": "De är nu samma sak och visas som en.",
    "skilt": "De är nu skilda åt.",
}
FIELDS = {
    "title": "Rubrik",
    "deadlines": "Sista dag",
    "opens": "Öppnar",
    "kind": "Slag (call, news, event, policy, partner-search)",
    "summary": "Sammanfattning",
    "programme": "Program (id i programmes.toml)",
    "url": "Adress hos utgivaren",
    "place": "Plats (en per rad)",
    "applicants": "Vem kan söka (en per rad)",
}
_AROUND = 70
# A date as a machine writes it says nothing beside the date in words.
_MACHINE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?$")
_REACHED = ("matched", "told")


def visited_call(visit: Visit) -> Call:
    """The call that the address names."""
    call = load_call(visit.site.archive.db, visit.vars["source"], visit.vars["call"])
    if call is None:
        raise Missing
    return call


def call_view(visit: Visit, problem: str = "") -> Response:
    """Show all that the archive knows of a call. `problem` says why a correction was not kept; its text stands in the form still."""
    site, db = visit.site, visit.site.archive.db
    call = visited_call(visit)
    key = call.key
    facts = call_facts(db, key)
    rules = site.rules
    zones = stored_zones(db, *key)
    told = {row["department"]: datetime.fromisoformat(row["at"]).astimezone(site.config.zone) for row in reversed(facts["told"])}
    vanished = datetime.fromisoformat(facts["vanished_at"]).astimezone(site.config.zone) if facts["vanished_at"] else None
    recipients = frozenset(one.department for one in site.config.recipient) if site.config.recipient else None
    circumstances = Circumstances(now=visit.now, vanished=vanished, told=told, recipients=recipients)
    reasons = why_all(rules, call, circumstances, zones)
    card = fit_card(rules, call, zones)
    texts = call_zones(call)
    names = {one.id: one.name for one in rules.departments.values()}
    lead = tuple(facts["story"].split("/", 1)) if facts["story"] else ()
    others = [row for row in facts["stories"] if (row["source"], row["call_id"]) != key]
    return page(
        "call.html",
        visit,
        status=400 if problem else 200,
        problem=problem,
        typed={"falt": visit.form.get("falt", ""), "varde": visit.form.get("varde", "")} if problem else {},
        call=call,
        listed=list_calls(db, [key], visit.now)[0],
        card=_card(visit, call, card),
        programme=rules.programme_of(call),
        vanished=facts["vanished_at"],
        publisher=safe_url(call.url),
        calendar=f"/kalender/{quote(call.source, safe='')}/{quote(call.call_id, safe='')}.ics",
        has_calendar=bool(call.deadlines or (call.kind is Kind.EVENT and call.starts)),
        deadlines=_points(call, visit),
        probable=(upcoming := next_deadline(call, visit.now)) is not None and upcoming.year_guessed,
        sections=call.sections,
        reached=[_why(one, texts, visit, _reason(visit, one, call, circumstances)) for one in reasons if one.step in _REACHED],
        missed=[
            {"name": one.name, "text": _reason(visit, one, call, circumstances)} for one in reasons if one.step not in _REACHED
        ],
        facts=list(_facts(call, facts, visit)),
        links=[one for one in call.links if safe_url(one.url)],
        lead=next((row for row in others if (row["source"], row["call_id"]) == lead), None),
        stories=[row for row in others if (row["source"], row["call_id"]) != lead],
        told=tellings(facts["told"], names),
        answers=[
            {
                **row,
                "name": names.get(row["department"], row["department"]),
                "what": visit.say(_answer_label(row["what"])),
                "note": visit.note(row["note"]),
            }
            for row in call_history(db, *key)
        ],
        events=[{"type": one["type"], "at": one["at"], "text": event_text(one, visit)} for one in reversed(facts["events"])],
        versions=version_changes(visit, key),
        documents=[{**one, "kb": max(1, round(one["size"] / 1000))} for one in list_call_documents(db, call.source, call.url)],
        corrections=[
            {**row, "label": FIELDS.get(row["field"], row["field"]), "value": _shown(json.loads(row["value"]))}
            for row in facts["corrections"]
        ],
        fields=FIELDS,
        all_departments=list(rules.departments.values()),
        choices=[
            {**row, "name": names.get(row["department"], row["department"])}
            for row in (list_overrides(db) if visit.actor else ())
            if (row["source"], row["call_id"]) == key
        ],
        done=DONE,
    )


def _points(call: Call, visit: Visit) -> list[dict[str, str]]:
    """The dates of a call in order, with today among them."""
    points: list[tuple[datetime, dict[str, str]]] = []

    def add(at: datetime, what: str, *, exact: bool, words: str = "", state: str = "", probable: bool = False) -> None:
        passed = at < visit.now
        shown = when(at, visit) if exact else weekday(at, visit)
        points.append(
            (
                at,
                {
                    "when": f"{visit.say('troligen')} {shown}" if probable else shown,
                    "what": visit.say(what),
                    "left": "" if passed else left(at, visit),
                    "words": words,
                    "state": state or ("passed" if passed else ""),
                },
            )
        )

    zone = visit.site.config.zone
    if call.published:
        add(call.published, "Publicerad", exact=False)
    if call.opens:
        begins = datetime(call.opens.year, call.opens.month, call.opens.day, tzinfo=zone)
        add(begins, "Öppnade" if begins < visit.now else "Öppnar", exact=False)
    upcoming = next_deadline(call, visit.now)
    for place, deadline in enumerate(call.deadlines, 1):
        name = visit.say("Sista dag")
        if len(call.deadlines) > 1:
            name = f"{name} {visit.say('steg')} {deadline.stage or place}"
        exact = deadline.precision is Precision.MINUTE
        words = "" if _MACHINE.match(deadline.text) else deadline.text
        state = "next" if deadline is upcoming else ""
        add(deadline.at, name, exact=exact, words=words, state=state, probable=deadline.year_guessed)
    if call.starts:
        add(call.starts, "Börjar", exact=True)
    if call.ends and call.ends != call.starts:
        add(call.ends, "Slutar", exact=True)
    if points and points[0][0] < visit.now < max(at for at, _ in points):
        points.append((visit.now, {"when": visit.say("I dag"), "what": "", "left": "", "words": "", "state": "now"}))
    return [point for _, point in sorted(points, key=lambda one: one[0])]


def _card(visit: Visit, call: Call, card: FitCard) -> dict[str, Any]:
    """The fit card in the page's language; what exists in Swedish alone is said to be so."""
    if visit.language == "en":
        return {"lines": card_lines(card, call, visit.wording), "unread": card.unread}
    lines = [CardLine(line.label, line.value, line.known) for line in card.lines]
    return {"lines": lines, "unread": card.unread}


def _reason(visit: Visit, one: Why, call: Call, circumstances: Circumstances) -> str:
    if visit.language != "en":
        return one.text
    titles = {theme.theme.id: theme.theme.title for theme in visit.site.rules.themes}
    return why_text(one, call, circumstances, titles, visit.wording)


def _why(one: Why, texts: Mapping[str, str], visit: Visit, text: str) -> dict[str, Any]:
    evidence = [_marked(item, texts, visit) for item in one.evidence]
    return {"department": one.department, "name": one.name, "level": one.level, "text": text, "evidence": evidence}


def _marked(item: Evidence, texts: Mapping[str, str], visit: Visit) -> dict[str, str]:
    """A reason with the words around it."""
    text = texts.get(item.zone, "")
    before = after = ""
    if item.start >= 0:
        begin, end = max(0, item.start - _AROUND), min(len(text), item.end + _AROUND)
        before = ("… " if begin else "") + text[begin : item.start].replace("\n", " ")
        after = text[item.end : end].replace("\n", " ") + (" …" if end < len(text) else "")
    points = f"{item.points:+g}"
    return {
        "points": points if visit.language == "en" else points.replace(".", ","),
        "before": before,
        "found": item.found,
        "after": after,
        "where": f"{visit.say('i')} {visit.say(ZONES.get(item.zone, item.zone))}",
    }


def _answer_label(value: str) -> str:
    """Return the label of an answer or of a follow-up state; their values never coincide."""
    return ANSWER_LABELS[Answer(value)].button if value in tuple(Answer) else FOLLOW_STATE_LABELS[FollowState(value)]


def _facts(call: Call, facts: Mapping[str, Any], visit: Visit) -> Iterable[tuple[str, str]]:
    programme = visit.site.rules.programme_of(call)
    rows = (
        ("Beteckning", call.identifier),
        ("Program", programme.name if programme else call.programme),
        ("Hör till", call.parent_title),
        ("Slag", visit.say(KIND_LABELS[call.kind].one)),
        ("Källa", visit.site.source_name(call.source)),
        ("Språk", visit.say(LANGUAGES.get(call.language, call.language)).capitalize()),
        ("Plats", ", ".join(call.place) or call.location),
        ("Vem kan söka", "; ".join(call.applicants)),
        ("Publicerad", day(call.published, visit)),
        ("Hittad", day(facts["first_seen"], visit)),
        ("Senast sedd", day(facts["last_seen"], visit)),
        ("Nyckelord", ", ".join(call.keywords[:12])),
        ("Gick inte att läsa", ", ".join(call.unread)),
    )
    return ((label, value) for label, value in rows if value)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item.get("at", item)) if isinstance(item, dict) else str(item) for item in value)
    return "" if value is None else str(value)


def original(visit: Visit) -> Response:
    """A raw document as it came, to keep; never shown as a page of ours."""
    found = read_document(visit.site.archive.db, int(visit.vars["fetch"]))
    if found is None:
        raise Missing
    return download(found[1], "application/octet-stream", f"original-{visit.vars['fetch']}")


def lookup(visit: Visit) -> Response:
    """Lead to the call that a person names by title, identifier, key or address; else say what became of it, or which are like it."""
    wanted = visit.args.get("vad", "").strip()
    db = visit.site.archive.db
    keys = find_calls(db, wanted)
    if keys:
        return redirect(address(call_path(*keys[0]), visit))
    aside = find_left_out_item(db, wanted)
    near = [] if aside or not wanted else similar_calls(db, wanted)
    return page("lookup.html", visit, status=200 if aside or near else 404, wanted=wanted, aside=aside, near=near)


_PAGE_ROUTES = (
    Route(r"^/original/(?P<fetch>[0-9]{1,15})$", original, coordinator=True),
    Route(r"^/hitta$", lookup),
    Route(r"^/utlysning/(?P<source>[^/]+)/(?P<call>[^/]+)$", call_view),
)


def tellings(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each telling once, whatever number of facts it held."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        found.setdefault((row["department"], row["digest"]), {**row, "name": names.get(row["department"], row["department"])})
    return list(found.values())


def event_text(event: Mapping[str, Any], visit: Visit) -> str:
    """What changed, in one line, from the event's old and new value."""
    kind, old, new = event["type"], event["old"], event["new"]
    if kind == "deadline_moved":
        return f"{visit.say('från')} {_instants(old, visit)} {visit.say('till')} {_instants(new, visit)}"
    if kind == "budget_changed":
        return f"{visit.say('från')} {_money(old, visit)} {visit.say('till')} {_money(new, visit)}"
    if kind == "text_changed":
        names = {"title": "rubriken", "summary": "sammanfattningen", "description": "texten", "conditions": "villkoren"}
        return ", ".join(visit.say(names.get(name, name)) for name in json.loads(new).get("fields", ()))
    if kind == "news":
        return " ".join(json.loads(new))
    return ""


def _instants(text: str | None, visit: Visit) -> str:
    words = {
        model.value: name for model, name in ((DeadlineModel.ROLLING, "löpande"), (DeadlineModel.UNKNOWN, "ingen dag angiven"))
    }
    given = [visit.say(words[item]) if item in words else day(item, visit) for item in json.loads(text or "[]")]
    return ", ".join(given) or visit.say("ingen dag angiven")


def _money(text: str | None, visit: Visit) -> str:
    values = json.loads(text or "{}")
    names = {
        "total": "totalt",
        "project_min": "minst per projekt",
        "project_max": "högst per projekt",
        "grants": "projekt",
    }
    values.setdefault("funder_share", values.get("rate"))  # its name until November 2026
    shares = {"funder_share": "finansiären betalar högst {} procent", "own_share": "ni betalar minst {} procent"}
    amounts = [
        f"{number(values[name], visit)} {visit.say(words)}" for name, words in names.items() if isinstance(values.get(name), int)
    ]
    amounts += [visit.say(words).format(values[name]) for name, words in shares.items() if isinstance(values.get(name), int)]
    return f"{', '.join(amounts)} ({values.get('currency', '')})" if amounts else visit.say("inget angivet")


def version_changes(visit: Visit, key: CallKey) -> list[dict[str, Any]]:
    """What changed from each version to the next, the newest first."""
    versions = read_versions(visit.site.archive.db, *key)
    found = []
    for (_, old), (at, new) in pairwise(versions):
        changes = compare_versions(old, new, visit.say)
        if changes:
            found.append({"at": at, "changes": changes, "fields": [visit.say(change.label).lower() for change in changes]})
    return found[::-1]


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
            store_override(db, department, call.key, choice, who=visit.actor.name, now=visit.now)
        else:
            remove_override(db, department, call.key)
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
        key = call.key
        write_mail_note(db, department, "", key, visit.form.get("rad", ""), who=visit.actor.name, now=visit.now)
    return redirect(f"{call_path(call.source, call.call_id)}?klart=rad")


def join(visit: Visit) -> Response:
    """The call is the same story as another, which leads."""
    call = visited_call(visit)
    own = call.key
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
    own = call.key
    assert visit.actor is not None
    row = visit.site.archive.db.execute("SELECT story FROM calls WHERE source = ? AND call_id = ?", own).fetchone()
    lead = tuple(row[0].split("/", 1)) if row and row[0] else None
    if lead is None or len(lead) != 2:
        raise Missing
    with visit.site.archive.writing() as db:
        decide_story(db, own, CallKey(lead[0], lead[1]), "apart", visit.actor.name, visit.now)
        write_stories(db, {}, [own])
    return redirect(f"{call_path(*own)}?klart=skilt")


_AT = r"^/utlysning/(?P<source>[^/]+)/(?P<call>[^/]+)/"
_ACTION_ROUTES = tuple(
    Route(rf"{_AT}{name}$", view, coordinator=True, acts=True, shared=shared)
    for name, view, shared in (
        ("ratta", correct, True),
        ("styr", steer, False),
        ("rad", line, False),
        ("foga", join, True),
        ("skilj", part, True),
    )
)


ROUTES = (*_ACTION_ROUTES, *_PAGE_ROUTES)
