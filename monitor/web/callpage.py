"""The page of one call: everything that is known, why each department gets it or not, what happened, where it came from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from datasette import Response

from monitor.archive.browse import list_calls
from monitor.archive.corrections import load_call
from monitor.archive.desk import list_choices
from monitor.archive.followup import call_history
from monitor.archive.history import call_documents, read_document
from monitor.archive.lookup import call_facts, find_aside, find_calls, similar_calls
from monitor.archive.texts import stored_zones
from monitor.calls import Call, Kind, Precision, call_zones, next_deadline
from monitor.matching.card import FitCard, fit_card
from monitor.matching.explain import Circumstances, Why, why_all
from monitor.matching.match import Evidence
from monitor.web.callpast import event_text, tellings, version_changes
from monitor.web.english import CardLine, card_lines, why_text
from monitor.web.pages import address, call_path, day, download, left, page, redirect, safe_url, weekday, when
from monitor.web.route import Missing, Route
from monitor.web.site import Visit
from monitor.web.words import ANSWERS, FOLLOW, KINDS, LANGUAGES, ZONES

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
    key = (call.source, call.call_id)
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
                "what": visit.say({**ANSWERS, **FOLLOW}[row["what"]]),
                "note": visit.note(row["note"]),
            }
            for row in call_history(db, *key)
        ],
        events=[{"type": one["type"], "at": one["at"], "text": event_text(one, visit)} for one in reversed(facts["events"])],
        versions=version_changes(visit, key),
        documents=[{**one, "kb": max(1, round(one["size"] / 1000))} for one in call_documents(db, call.source, call.url)],
        corrections=[
            {**row, "label": FIELDS.get(row["field"], row["field"]), "value": _shown(json.loads(row["value"]))}
            for row in facts["corrections"]
        ],
        fields=FIELDS,
        all_departments=list(rules.departments.values()),
        choices=[
            {**row, "name": names.get(row["department"], row["department"])}
            for row in (list_choices(db) if visit.actor else ())
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


def _facts(call: Call, facts: Mapping[str, Any], visit: Visit) -> Iterable[tuple[str, str]]:
    programme = visit.site.rules.programme_of(call)
    rows = (
        ("Beteckning", call.identifier),
        ("Program", programme.name if programme else call.programme),
        ("Hör till", call.parent_title),
        ("Slag", visit.say(KINDS[call.kind.value][0])),
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
    aside = find_aside(db, wanted)
    near = [] if aside or not wanted else similar_calls(db, wanted)
    return page("lookup.html", visit, status=200 if aside or near else 404, wanted=wanted, aside=aside, near=near)


ROUTES = (
    Route(r"^/original/(?P<fetch>[0-9]{1,15})$", original, coordinator=True),
    Route(r"^/hitta$", lookup),
    Route(r"^/utlysning/(?P<source>[^/]+)/(?P<call>[^/]+)$", call_view),
)
