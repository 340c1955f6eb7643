"""The page of a call: facts, dates, matches, history and answers, and the coordinator's changes on it.

`CallView` holds the values of the template `call.html`; `call_view` fills it from the archive and the rules, one function per
section. A change (`correct`, `steer`, `write_mail_line`, `join_stories`, `part_stories`) is a POST that leads back to the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from datasette import Response
from markupsafe import Markup

from monitor.archive.calls import correct_field, drop_correction, load_call, load_uncorrected
from monitor.archive.dossiers import list_dossiers
from monitor.archive.feedback import call_history
from monitor.archive.history import list_call_documents, read_document
from monitor.archive.left_out import is_left_out
from monitor.archive.listing import CallSummary, list_calls
from monitor.archive.lookup import call_facts, find_call, find_calls, find_left_out_item, is_name, similar_calls
from monitor.archive.matches import decisive_words
from monitor.archive.numbers import find_by_number, find_by_short, number_of
from monitor.archive.overrides import ADD, HOLD, list_overrides, remove_override, store_override, write_mail_note
from monitor.archive.readings import stored_reading
from monitor.archive.recipients import departments_with_recipients
from monitor.archive.search.index import index_call, stored_zones
from monitor.archive.stories import decide_story, lead_title, write_stories
from monitor.calls import Call, CallKey, Link, Section, next_deadline
from monitor.corrected import FIELDS, correction_time
from monitor.digest.fit_wording import FitLine, fit_lines
from monitor.digest.links import publisher_words
from monitor.documents.facts import filled_card
from monitor.documents.kept import facts_of
from monitor.errors import ArchiveError
from monitor.language.dossiers import DossierStep, Phase
from monitor.matching.engine import PreparedCall
from monitor.matching.explain import Circumstances, Why, why_all
from monitor.matching.fit_card import fit_card
from monitor.matching.rules.model import Department, Programme
from monitor.vocabulary import ANSWER_LABELS, FOLLOW_STATE_LABELS, KIND_LABELS, Answer, FollowState, Kind
from monitor.web.framework.addresses import calendar_path, call_path, page_address, safe_url
from monitor.web.framework.labels import LANGUAGES, PHASES
from monitor.web.framework.reasons import why_text
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import (
    download,
    format_day,
    format_moment,
    format_number,
    moved,
    page,
    problem_page,
    redirect,
)
from monitor.web.outputs.discovery import schema_of
from monitor.web.search_index import search_index_of, titles_of
from monitor.web.views.call_changes import VersionChange, describe_event, list_tellings, list_version_changes
from monitor.web.views.corrections import CHOICE_LABELS, FieldGroup, form_groups, present_texts, read_corrections
from monitor.web.views.documents import (
    ShownDocument,
    ShownFact,
    asked_documents,
    differing_lines,
    shown_documents,
    shown_facts,
)
from monitor.web.views.earlier import EarlierView, earlier_view
from monitor.web.views.evidence import EvidenceMark, MarkedTexts, place_of
from monitor.web.views.project_form import ProjectForm, project_currencies, project_forms
from monitor.web.views.search import QUERY_LIMIT, SearchParams, search_archive
from monitor.web.views.similar import ShownProject, similar_view
from monitor.web.views.timeline import TimelinePoint, timeline
from monitor.web.views.translation import ShortText, short_text

DONE = {
    "rattat": "Rättat. Det står kvar när källan läses igen.",
    "lika": "Ingenting var ändrat, så inget är sparat.",
    "borta": "Rättelsen är borttagen. Källans egen uppgift gäller igen.",
    "rad": "Raden är sparad. Den följer med i mejlen.",
    "radbort": "Raden är borttagen.",
    "styrt": "Valet är sparat och gäller från nästa mejl.",
    "fogat": "De är nu samma sak och visas som en.",
    "skilt": "De är nu skilda åt.",
    "projekt": "Projektet är sparat och räknas i uppföljningen.",
}
"""Confirmation after a change, by the value of `klart` in the address."""

_EVIDENCE_CONTEXT = 70
"""Characters of text shown on either side of a hit."""
_MAX_KEYWORDS = 12
_MAX_OFFERED = 6
"""Hits of the search that the lookup offers for words that no title has."""
_REACHED_STEPS = ("matched", "told")
"""Steps of `Why` at which a department gets the call."""


@dataclass(frozen=True, slots=True)
class ThemeReason:
    """Theme with its points for a call."""

    id: str
    line: str
    """Its title, the points and the threshold, in the page's language."""
    evidence: tuple[EvidenceMark, ...]
    rest: str
    """Points of words that are never shown as a reason, in the page's language; "" for none."""


@dataclass(frozen=True, slots=True)
class MatchReason:
    """Reason for which a department gets a call or not."""

    department: str
    name: str
    level: str
    """The value of a `Level`, "" if there is no match."""
    text: str
    themes: tuple[ThemeReason, ...] = ()
    """Themes that give the call to the department; the nearest one where none does."""


@dataclass(frozen=True, kw_only=True)
class CallView:
    """Values of the template `call.html`."""

    call: Call
    listed: CallSummary
    """The call as lists show it, for its status and next deadline."""
    fit: Sequence[FitLine]
    """Lines of the fit card in the page's language."""
    short: ShortText | None
    """The call in short, in the page's language; None for a call that is written in it."""
    differing: frozenset[str]
    """Keys of the lines of which data, documents and text say different things."""
    programme: Programme | None
    vanished: str | None
    left_out: bool
    """True where a person left the call out."""
    """Time at which the call disappeared from its source."""
    publisher: str
    """The publisher's page, "" if its address is not safe."""
    publisher_words: str
    """Words of the link to it: where it leads, and in which language."""
    calendar: str
    own: str
    """The path of the page, below which its forms post."""
    has_calendar: bool
    deadlines: Sequence[TimelinePoint]
    probable: bool
    """True if the year of the next deadline was guessed."""
    sections: Sequence[Section]
    links: Sequence[Link]
    facts: Sequence[tuple[str, str, datetime | None]]
    """Label, value and time of correction of each fact of the side column."""
    corrected: Mapping[str, datetime]
    """Time at which each corrected field was corrected."""
    reached: Sequence[MatchReason]
    missed: Sequence[MatchReason]
    lead: Mapping[str, Any] | None
    """The call that leads the story which this call is part of."""
    stories: Sequence[Mapping[str, Any]]
    """The other calls of the story."""
    dossier: Sequence[DossierStep]
    """The other documents about the same matter, the oldest first."""
    phases: Mapping[Phase, str]
    """Name of each phase of a matter, in Swedish."""
    told: Sequence[Mapping[str, Any]]
    answers: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]]
    versions: Sequence[VersionChange]
    documents: Sequence[Mapping[str, Any]]
    proven: Sequence[ShownFact]
    """Facts with the words they were read from."""
    own_documents: Sequence[ShownDocument]
    other_documents: Sequence[ShownDocument]
    """Forms, guides and agreements that the call links to."""
    before: EarlierView | None
    """Facts of the call's earlier rounds."""
    similar: Sequence[ShownProject]
    """Funded projects on the same subject."""
    corrections: Sequence[Mapping[str, Any]]
    choices: Sequence[Mapping[str, Any]]
    """Departments from which the coordinator withholds the call or for which he adds it; empty for other readers."""
    department_names: Mapping[str, str]
    """Name of each department by its id."""
    projects: Sequence[ProjectForm]
    """Forms of the departments' projects; empty for other readers."""
    currencies: Sequence[str]
    """Currencies that a project may have."""
    all_departments: Sequence[Department]
    form: Sequence[FieldGroup]
    """Fields of the form with which the coordinator corrects facts; empty for other readers."""
    errors: Mapping[str, str]
    """Reason for which a corrected field was refused, by field."""
    done: Mapping[str, str]
    schema: Markup
    """The call as JSON-LD of schema.org, ready to stand in the page."""


def require_call(visit: Visit) -> Call:
    """Return the call that the address names.

    Raises:
        NotFound: The archive does not have it.
    """
    db = visit.site.archive.db
    number = visit.path_vars.get("number")
    key = find_by_number(db, int(number)) if number else CallKey(visit.path_vars["source"], visit.path_vars["call"])
    call = load_call(db, *key) if key is not None else None
    if call is None:
        raise NotFound
    return call


def call_view(visit: Visit, errors: Mapping[str, str] = MappingProxyType({})) -> Response:
    """Show all that the archive has of a call.

    Args:
        visit: The request.
        errors: Reason for which a corrected field was refused, by field; the form then shows it beside the text that was typed.
    """
    db, rules = visit.site.archive.db, visit.site.rules
    call = require_call(visit)
    facts = call_facts(db, call.key)
    zones, reading = stored_zones(db, *call.key), stored_reading(db, *call.key)
    names = {department.id: department.name for department in rules.departments.values()}
    prepared = PreparedCall(call, zones, reading, asked_documents(db, rules, call.key))
    reached, missed = _match_reasons(visit, prepared, _circumstances(visit, facts))
    lead, stories = _stories(call.key, facts)
    deadline = next_deadline(call, visit.now)
    proven = facts_of(db, call, reading)
    card = filled_card(fit_card(rules, call, zones, reading), proven)
    own_documents, other_documents = shown_documents(visit, call.key)
    view = CallView(
        call=call,
        listed=list_calls(db, [call.key], visit.now)[0],
        fit=fit_lines(card, visit.wording),
        short=short_text(visit, call, facts["matches"], card),
        differing=differing_lines(proven),
        programme=rules.programme_of(call),
        vanished=facts["vanished_at"],
        left_out=is_left_out(db, call.key),
        publisher=safe_url(call.url),
        publisher_words=publisher_words(call, visit.site.source_name(call.source), visit.wording),
        own=visit.call_path(*call.key),
        calendar=calendar_path(call.source, call.call_id),
        has_calendar=bool(call.deadlines or (call.kind is Kind.EVENT and call.starts)),
        deadlines=timeline(call, visit),
        probable=deadline is not None and deadline.year_guessed,
        sections=call.sections,
        links=[link for link in call.links if safe_url(link.url)],
        facts=list(_facts(call, facts, visit)),
        corrected=dict(call.corrected),
        reached=reached,
        missed=missed,
        lead=lead,
        stories=stories,
        dossier=list_dossiers(db, [call.key]).get(call.key, []) if call.kind is Kind.POLICY else [],
        phases=PHASES,
        told=list_tellings(facts["told"], names),
        answers=_answers(visit, call.key, names),
        events=[{"type": row["type"], "at": row["at"], "text": describe_event(row, visit)} for row in reversed(facts["events"])],
        versions=list_version_changes(visit, call.key),
        documents=[{**row, "kb": max(1, round(row["size"] / 1000))} for row in list_call_documents(db, call.source, call.url)],
        proven=shown_facts(visit, proven),
        own_documents=own_documents,
        other_documents=other_documents,
        before=earlier_view(visit, call),
        similar=similar_view(visit, call, zones),
        corrections=[
            {**row, "label": FIELDS.get(row["field"], row["field"]), "value": _corrected_value(row["field"], row["value"], visit)}
            for row in facts["corrections"]
        ],
        choices=_choices(visit, call.key, names) if visit.actor else [],
        department_names=names,
        projects=project_forms(visit, call.key) if visit.actor else [],
        currencies=project_currencies(visit.site.config),
        all_departments=list(rules.departments.values()),
        form=form_groups(visit, call, card, errors) if visit.actor else [],
        errors=errors,
        done=DONE,
        schema=Markup(schema_of(visit, call, visit.links_to([call.key]))),  # noqa: S704 - escaped by schema_of
    )
    return page("call.html", visit, status=400 if errors else 200, **vars(view))


def _circumstances(visit: Visit, facts: Mapping[str, Any]) -> Circumstances:
    """Return the facts besides the call that decide whether a department gets it; times are in the installation's zone."""
    config = visit.site.config
    # The earliest row of a department comes last and stays.
    told = {row["department"]: datetime.fromisoformat(row["at"]).astimezone(config.zone) for row in reversed(facts["told"])}
    vanished = datetime.fromisoformat(facts["vanished_at"]).astimezone(config.zone) if facts["vanished_at"] else None
    recipients = departments_with_recipients(config, visit.site.archive.db)
    lead = lead_title(visit.site.archive.db, facts["source"], facts["call_id"])
    return Circumstances(now=visit.now, vanished=vanished, told=told, recipients=recipients, lead=lead)


def _match_reasons(
    visit: Visit, prepared: PreparedCall, circumstances: Circumstances
) -> tuple[list[MatchReason], list[MatchReason]]:
    """Return the reasons of the departments that get the call, with evidence, and those of the others."""
    call = prepared.call
    reached: list[MatchReason] = []
    missed: list[MatchReason] = []
    for why in why_all(visit.site.rules, call, circumstances, prepared.zones, prepared.reading, prepared.documents):
        text = _reason(visit, why, call, circumstances)
        reason = MatchReason(why.department, why.name, why.level or "", text, tuple(_theme_reasons(visit, why, call)))
        (reached if why.step in _REACHED_STEPS else missed).append(reason)
    return reached, missed


def _theme_reasons(visit: Visit, why: Why, call: Call) -> Iterable[ThemeReason]:
    """Yield each theme of an explanation with the sum of its points and the words that gave them."""
    texts = MarkedTexts(visit.site.archive.db, call)
    for theme in why.themes:
        own = [item for item in why.evidence if item.theme == theme]
        head = visit.site.rules.theme(theme)
        line = visit.say("{title}: {points} av {threshold} poäng").format(
            title=head.title if head else theme,
            points=visit.wording.number(sum(item.points for item in own), "#,##0.#"),
            threshold=visit.wording.number(why.threshold, "#,##0.#"),
        )
        marks = tuple(
            texts.mark(item, _EVIDENCE_CONTEXT, place_of(item, visit), visit.language) for item in own if not item.generic
        )
        common = sum(item.points for item in own if item.generic)
        rest = visit.say("{points} poäng: ord som nästan varje utlysning har")
        points = visit.wording.number(common, "+#,##0.#;-#,##0.#")
        yield ThemeReason(theme, line, marks, rest.format(points=points) if common else "")


def _reason(visit: Visit, why: Why, call: Call, circumstances: Circumstances) -> str:
    titles = {theme.theme.id: theme.theme.title for theme in visit.site.rules.themes}
    return why_text(why, call, circumstances, titles, visit.wording)


def _stories(key: CallKey, facts: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, list[Mapping[str, Any]]]:
    """Return the call that leads this call's story, None if it leads itself, and the story's other calls."""
    lead = _story_lead(facts)
    others = {row_key: row for row in facts["stories"] if (row_key := CallKey(row["source"], row["call_id"])) != key}
    return others.get(lead) if lead else None, [row for row_key, row in others.items() if row_key != lead]


def _story_lead(facts: Mapping[str, Any]) -> CallKey | None:
    """Return the call that leads the story of a call, None if the call leads itself."""
    source, _, call_id = (facts["story"] or "").partition("/")
    return CallKey(source, call_id) if call_id else None


def _answers(visit: Visit, key: CallKey, names: Mapping[str, str]) -> list[dict[str, Any]]:
    db = visit.site.archive.db
    history = call_history(db, *key)
    words = decisive_words(db, [(row["department"], key) for row in history]) if visit.actor else {}
    return [
        {
            **row,
            "name": names.get(row["department"], row["department"]),
            "what": visit.say(_answer_label(row["what"])),
            "note": visit.private_note(row["note"]),
            "word": words.get((row["department"], key)) if row["what"] == Answer.NOT_FOR_US else None,
        }
        for row in history
    ]


def _answer_label(value: str) -> str:
    """Return the label of an answer or of a follow-up state; their values never coincide."""
    return ANSWER_LABELS[Answer(value)].button if value in tuple(Answer) else FOLLOW_STATE_LABELS[FollowState(value)]


def _choices(visit: Visit, key: CallKey, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {**row, "name": names.get(row["department"], row["department"])}
        for row in list_overrides(visit.site.archive.db)
        if (row["source"], row["call_id"]) == key
    ]


def _facts(call: Call, facts: Mapping[str, Any], visit: Visit) -> Iterable[tuple[str, str, datetime | None]]:
    """Return the label, the value and the time of correction of each fact of the side column that has a value."""
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
        ("Publicerad", format_day(call.published, visit)),
        ("Hittad", format_day(facts["first_seen"], visit)),
        ("Senast sedd", format_day(facts["last_seen"], visit)),
        ("Nyckelord", ", ".join(call.keywords[:_MAX_KEYWORDS])),
        ("Gick inte att läsa", ", ".join(call.unread)),
    )
    fields = {
        "Program": "programme",
        "Slag": "kind",
        "Plats": "place" if call.place else "location",
        "Vem kan söka": "applicants",
    }
    return ((label, value, correction_time(call, fields.get(label, ""))) for label, value in rows if value)


def _corrected_value(field: str, text: str, visit: Visit) -> str:
    """Return a correction's value, which is JSON, as text in the page's language; "" for a fact that was emptied."""
    value = json.loads(text)
    if field == "deadlines":
        moments = [
            format_moment(datetime.fromisoformat(item["at"]), visit)
            if item.get("precision") == "minute"
            else format_day(item["at"], visit)
            for item in value
        ]
        return ", ".join(moments)
    if field in CHOICE_LABELS:
        return visit.say(CHOICE_LABELS[field].get(value, value))
    if field in ("starts", "ends", "opens") and value:
        return format_day(value, visit) if field == "opens" else format_moment(datetime.fromisoformat(value), visit)
    if isinstance(value, list):
        return ("–" if field == "terms.months" else ", ").join(str(item) for item in dict.fromkeys(value))
    return "" if value is None else format_number(value, visit) if isinstance(value, int) else str(value)


def original(visit: Visit) -> Response:
    """Answer with a fetched document to save; it is never shown as a page of ours."""
    document = read_document(visit.site.archive.db, int(visit.path_vars["fetch"]))
    if document is None:
        raise NotFound
    return download(document[1], "application/octet-stream", f"original-{visit.path_vars['fetch']}")


def lookup(visit: Visit) -> Response:
    """Lead to the call with a title, identifier, key or address; else show why it is missing, or similar calls."""
    wanted = visit.args.get("vad", "").strip()
    db = visit.site.archive.db
    keys = find_calls(db, wanted, titles_of(visit.site))
    if keys:
        return redirect(page_address(visit.call_path(*keys[0]), visit.language))
    aside = find_left_out_item(db, wanted)
    similar = [] if aside or not wanted else similar_calls(db, wanted, titles_of(visit.site))
    by_words = bool(wanted) and not (aside or similar or is_name(wanted))
    keys = search_archive(visit.site, SearchParams(query=wanted[:QUERY_LIMIT])).keys(0, _MAX_OFFERED) if by_words else []
    found = titles_of(visit.site)().titles_of(keys)
    status = 200 if aside or similar or found else 404
    return page("lookup.html", visit, status=status, wanted=wanted, aside=aside, near=similar, found=found, by_words=by_words)


def correct(visit: Visit) -> Response:
    """Store what was changed in the form of facts, or take one correction back; the page shows errors beside their fields."""
    db, call = visit.site.archive.db, require_call(visit)
    if visit.form.get("tabort"):
        field = visit.form.get("falt", "")
        if field not in FIELDS:
            return problem_page(visit, 400)
        return _store_corrections(visit, call.key, {}, [field])
    source = load_uncorrected(db, *call.key)
    present, own = (present_texts(visit, one, fit_card(visit.site.rules, one)) for one in (call, source))
    values, dropped, errors = read_corrections(visit, present, own)
    if errors:
        return call_view(visit, errors)
    if not values and not dropped:
        return _back_to(visit, call.key, "lika")
    return _store_corrections(visit, call.key, values, dropped)


def _store_corrections(visit: Visit, key: CallKey, values: Mapping[str, Any], dropped: Iterable[str]) -> Response:
    """Store corrected values and take other corrections back, all or none, and lead back to the page."""
    with visit.site.archive.writing() as db, db.atomic():
        for field, value in values.items():
            correct_field(db, *key, field, value, who=visit.coordinator_name, now=visit.now)
        for field in dropped:
            drop_correction(db, *key, field, now=visit.now)
        index_call(db, visit.site.rules.analyser, *key)
    search_index_of(visit.site).rebuild_soon()
    visit.site.jobs.rematch()
    return _back_to(visit, key, "rattat" if values else "borta")


def _back_to(visit: Visit, key: CallKey, done: str) -> Response:
    """Lead back to the call's page, to the text of DONE that confirms the change; a browser would keep the part of the form."""
    return redirect(f"{visit.call_path(*key)}?klart={done}#klart")


def steer(visit: Visit) -> Response:
    """Withhold the call from a department, add it, or leave it to the rules."""
    call = require_call(visit)
    department, choice = visit.form.get("forvaltning", ""), visit.form.get("val", "")
    if department not in visit.site.rules.departments or choice not in (HOLD, ADD, ""):
        return problem_page(visit, 400)
    with visit.site.archive.writing() as db:
        if choice:
            store_override(db, department, call.key, choice, who=visit.coordinator_name, now=visit.now)
        else:
            remove_override(db, department, call.key)
    return (
        redirect("/samordna?klart=styrt") if visit.form.get("tillbaka", "") == "samordna" else _back_to(visit, call.key, "styrt")
    )


def write_mail_line(visit: Visit) -> Response:
    """Store the coordinator's line for the call in the mails of one department or of all."""
    call = require_call(visit)
    department = visit.form.get("forvaltning", "")
    if department and department not in visit.site.rules.departments:
        return problem_page(visit, 400)
    with visit.site.archive.writing() as db:
        write_mail_note(db, department, "", call.key, visit.form.get("rad", ""), who=visit.coordinator_name, now=visit.now)
    return _back_to(visit, call.key, "rad" if visit.form.get("rad", "").strip() else "radbort")


def join_stories(visit: Visit) -> Response:
    """Make the call part of the story that another call leads."""
    call = require_call(visit)
    try:
        lead = find_call(visit.site.archive.db, visit.form.get("med", ""), titles_of(visit.site))
        if lead == call.key:
            return problem_page(visit, 400, detail="En post kan inte fogas till sig själv.")
        with visit.site.archive.writing() as db:
            decide_story(db, call.key, lead, "together", visit.coordinator_name, visit.now)
            write_stories(db, {call.key: lead}, [call.key])
    except ArchiveError as error:
        return problem_page(visit, 400, detail=error.problem)
    return _back_to(visit, call.key, "fogat")


def part_stories(visit: Visit) -> Response:
    """Make the call a story of its own."""
    call = require_call(visit)
    lead = _story_lead(call_facts(visit.site.archive.db, call.key))
    if lead is None:
        raise NotFound
    with visit.site.archive.writing() as db:
        decide_story(db, call.key, lead, "apart", visit.coordinator_name, visit.now)
        write_stories(db, {}, [call.key])
    return _back_to(visit, call.key, "skilt")


def call_page(visit: Visit) -> Response:
    """Show a call, or lead from the long address that its page had before to the present one."""
    number = number_of(visit.site.archive.db, require_call(visit).key)
    if number is None or "number" in visit.path_vars:
        return call_view(visit)
    return moved(call_path(number) + (f"?{visit.query}" if visit.query else ""))


def short_link(visit: Visit) -> Response:
    """Lead from the address in the text of a mail of November 2026 to the call's page."""
    key = find_by_short(visit.site.archive.db, visit.path_vars["short"])
    if key is None:
        raise NotFound
    return moved(page_address(visit.call_path(*key), visit.language))


CALL = r"^/(?:u/(?P<number>[0-9]{1,11})|utlysning/(?P<source>[^/]+)/(?P<call>[^/]+))"
"""Pattern of the path of a call: its number, or the source and key of older addresses."""
ROUTES = (
    Route(rf"{CALL}/ratta$", correct, coordinator=True, acts=True, shared=True),
    Route(rf"{CALL}/styr$", steer, coordinator=True, acts=True),
    Route(rf"{CALL}/rad$", write_mail_line, coordinator=True, acts=True),
    Route(rf"{CALL}/foga$", join_stories, coordinator=True, acts=True, shared=True),
    Route(rf"{CALL}/skilj$", part_stories, coordinator=True, acts=True, shared=True),
    Route(r"^/original/(?P<fetch>[0-9]{1,15})$", original, coordinator=True),
    Route(r"^/hitta$", lookup),
    Route(r"^/u/(?P<short>[0-9a-f]{12})$", short_link),
    Route(rf"{CALL}$", call_page),
)
