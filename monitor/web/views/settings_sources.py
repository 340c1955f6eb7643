"""Sources, edited in the browser: switched off and on, given another address, tried, and added by pasting an address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from datasette import Response

from monitor.archive.findings import RowFinding, list_findings, take_finding
from monitor.archive.runs import stored_health
from monitor.archive.source_checks import list_checks
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.fields import field_texts, list_form_fields, plain_values, value_at
from monitor.sources import ADDRESS_KINDS, BROWSED_KINDS, CONFIRMED_BY, LANGUAGES, Source
from monitor.toml_edit import Edit, EditError, Place, find_value, load_values
from monitor.vocabulary import ACCEPTED_RUNS, KIND_LABELS, READ_FIELD_LABELS, VERDICT_LABELS
from monitor.web.framework.addresses import typed_address
from monitor.web.framework.long_work import LongWork
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import format_day, format_moment, fragment, page, problem_page, redirect
from monitor.web.views.front import source_rows
from monitor.web.views.settings_form import (
    DONE,
    EditedTable,
    Sheet,
    edit_table,
    make_id,
    read_sheet,
    refuse,
    show_form,
    submit,
)

FILE = "monitor.toml"
_CRUMBS = (("/samordna", "Samordna"), ("/samordna/installningar", "Inställningar"))
_LIST_CRUMBS = (*_CRUMBS, ("/samordna/kallor", "Källor"))
_FIELDS = (
    "enabled",
    "name",
    "url",
    "kind",
    "publisher",
    "language",
    "publishes",
    "place",
    "links",
    "browser",
    "every",
    "expected",
    "address",
)
_NEW_FIELDS = ("kind", "name", "url", "publisher", "language", "publishes", "place", "links", "browser")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)(?:[+-]\d\d:\d\d)?")
_MAX_ADDRESS = 2_000
_MAX_SHOWN = 5
"""Items that are shown field by field."""
_PATIENCE_SECONDS = 4.0
"""Time that a page waits for a reading before it shows how far it has come."""
_REFRESH_SECONDS = 2
_MAX_QUERY = 200
_SHOWS = {"": "Alla", "atgard": "De som behöver tittas på", "forslag": "De som har ett förslag", "egna": "Kommunens egna"}
"""Choices of the list, by the value of `visa` in the address."""
_NO_FINDING = "Förslaget gäller inte längre: källan har ändrats, eller så är det redan taget."


def sources(visit: Visit) -> Response:
    """List the sources with their state: those that need a person first, those that are switched off last.

    `q` keeps those with its words in name, publisher, id or address, `visa` those of one of `_SHOWS`.
    """
    query = " ".join(visit.args.get("q", "").split())[:_MAX_QUERY]
    show = visit.args.get("visa", "")
    show = show if show in _SHOWS else ""
    words = query.casefold().split()
    rows = [row for row in _source_lines(visit) if _is_shown(row, words, show)]
    return page(
        "settings-sources.html",
        visit,
        read=[row for row in rows if row["enabled"]],
        off=[row for row in rows if not row["enabled"]],
        query=query,
        show=show,
        shows=_SHOWS,
        total=len(visit.site.config.sources),
        accepted=ACCEPTED_RUNS,
        trail=_CRUMBS,
        done=DONE,
    )


def _source_lines(visit: Visit) -> list[dict[str, Any]]:
    """Return a line for each source: first those that are read, in the order of `source_rows`, then the others by name."""
    states = {row["id"]: row for row in source_rows(visit.site, visit.now)}
    own, findings = _own_ids(visit), _shown_findings(visit)
    places = {name: place for place, name in enumerate(states)}
    rows = [
        {
            "name": source.name,
            "publisher": source.publisher,
            "url": source.url,
            "id": source.id,
            "state": "",
            **states.get(source.id, {}),
            "enabled": source.id in states,
            "path": f"/samordna/kallor/{source.id}",
            "own": source.id in own,
            "found": source.id in findings and bool(findings[source.id].row),
        }
        for source in visit.site.config.sources
    ]
    return sorted(rows, key=lambda row: (places.get(row["id"], len(places)), str(row["name"]).casefold()))


def _is_shown(row: Mapping[str, Any], words: Sequence[str], show: str) -> bool:
    """Return True for a line that has all the words, and that the choice of `_SHOWS` keeps."""
    text = " ".join(str(row[name]) for name in ("name", "publisher", "id", "url")).casefold()
    kept = {"atgard": row["enabled"] and row["state"] not in (*ACCEPTED_RUNS, ""), "forslag": row["found"], "egna": row["own"]}
    return all(word in text for word in words) and kept.get(show, True)


def _own_ids(visit: Visit) -> set[str]:
    try:
        rows = load_values(visit.site.jobs.settings_text(FILE)).get("source", [])
    except EditError:
        return set()
    return {str(row.get("id")) for row in rows}


def source(visit: Visit) -> Response:
    """Show one source; a POST reviews or saves it."""
    row = visit.path_vars["row"]
    try:
        target = _target(visit, row)
    except EditError as error:
        return refuse(visit, row, error, _LIST_CRUMBS)
    return edit_table(visit, target)


def _target(visit: Visit, row: str, checked: str = "") -> EditedTable:
    """Return the page of a source; `checked` is HTML on a reading that was just made.

    Raises:
        EditError: The settings cannot be changed.
        NotFound: No source has the id.
    """
    values = load_values(visit.site.jobs.settings_text(FILE))
    present = next((source for source in visit.site.config.sources if source.id == row), None)
    if present is None:
        raise NotFound
    health = stored_health(visit.site.archive.db).get(row)
    state = next((found for found in source_rows(visit.site, visit.now) if found["id"] == row), None)
    own = find_value(values, ("source", row)) is not None
    obstacle = visit.site.jobs.browser_obstacle() if present.kind in BROWSED_KINDS else ""

    def place_of(path: tuple[str, ...]) -> Place:
        overridden = find_value(values, ("sources", row, *path)) is not None
        return ("source", row, *path) if own and not overridden else ("sources", row, *path)

    return EditedTable(
        file=FILE,
        place=("source", row) if own else ("sources", row),
        model=Source,
        present=present,
        title=present.name,
        lead="Kommunens egen källa." if own else "Källan följer med EU-bevakningen. Det du ändrar gäller bara här.",
        effect="Gäller från nästa läsning.",
        path=f"/samordna/kallor/{row}",
        crumbs=_LIST_CRUMBS,
        only=_shown(_FIELDS, present.kind, obstacle="" if present.browser else obstacle),
        place_of=place_of,
        follows=partial(_confirmation, today=visit.now.date().isoformat()),
        aside=fragment(
            "settings-source.html",
            visit,
            source=present,
            state=state,
            health=health,
            checked=checked,
            finding=_shown_findings(visit).get(row),
            kinds=ADDRESS_KINDS,
            tried=list_checks(visit.site.archive.db, {row: present.url}).get(row),
            ways=CONFIRMED_BY,
            verdicts=VERDICT_LABELS,
            obstacle=obstacle,
            scripted=health is not None and health.health == "scripted",
        ),
    )


def _confirmation(before: Source, after: Source, *, today: str) -> dict[str, str]:
    """Return when and by whom an address was confirmed, where a person gave it or said that it is right; else nothing."""
    if (before.url, before.address) == (after.url, after.address):
        return {}
    seen = after.address == "confirmed"
    return {"confirmed": today if seen else "", "confirmed_by": "person" if seen else ""}


def _shown(names: tuple[str, ...], kind: str, *, obstacle: str) -> tuple[str, ...]:
    """Return the fields that the form of a source of a kind has; `obstacle` is why no browser can read it, or ""."""
    left_out = set() if kind in ADDRESS_KINDS else {"kind"}
    if kind not in BROWSED_KINDS or obstacle:
        left_out.add("browser")
    return tuple(name for name in names if name not in left_out)


def _shown_findings(visit: Visit) -> dict[str, RowFinding]:
    """Return the result of the last search for another row of each source in trouble, by its id.

    Those that were taken are left out, and those of sources that work again or have another address since.
    """
    db = visit.site.archive.db
    troubled = {source for source, health in stored_health(db).items() if health.health}
    addresses = {source.id: source.url for source in visit.site.config.sources}
    return {
        source: finding
        for source, finding in list_findings(db).items()
        if source in troubled and finding.taken is None and finding.url == addresses.get(source)
    }


def take_found(visit: Visit) -> Response:
    """Read from now on what was found on a source's site: its row in the settings is changed, and the change can be undone."""
    row = visit.path_vars["row"]
    present = next((source for source in visit.site.config.sources if source.id == row), None)
    finding = _shown_findings(visit).get(row)
    if present is None or finding is None or not finding.row:
        return refuse(visit, "Hittat på samma webbplats", EditError(_NO_FINDING), _LIST_CRUMBS)
    try:
        target = _target(visit, row)
    except EditError as error:
        return refuse(visit, present.name, error, _LIST_CRUMBS)
    confirmed = {"address": "confirmed", "confirmed": visit.now.date().isoformat(), "confirmed_by": "person"}
    values = {**finding.row, **confirmed}
    edits = tuple(Edit(target.locate((name,)), value) for name, value in values.items() if getattr(present, name) != value)
    outcome = submit(visit, target, edits, dry_run=False)
    if outcome.problems:
        return refuse(visit, present.name, EditError(" ".join(outcome.problems)), _LIST_CRUMBS)
    with visit.site.archive.writing() as db:
        take_finding(db, row, visit.now)
    return redirect(f"/samordna/kallor/{row}?klart=sparat")


def switch_source(visit: Visit) -> Response:
    """Read a source from now on, or no longer: `lases` is "ja" or "nej". The change stands in the history and can be undone."""
    row, wanted = visit.path_vars["row"], visit.form.get("lases", "")
    if wanted not in ("ja", "nej"):
        return problem_page(visit, 400)
    try:
        target = _target(visit, row)
    except EditError as error:
        return refuse(visit, row, error, _LIST_CRUMBS)
    outcome = submit(visit, target, (Edit(target.locate(("enabled",)), wanted == "ja"),), dry_run=False)
    if outcome.problems:
        return refuse(visit, target.title, EditError(" ".join(outcome.problems)), _LIST_CRUMBS)
    return redirect(f"/samordna/kallor/{row}?klart=sparat")


def try_source(visit: Visit) -> Response:
    """Read a source now, as it is or with the change that an advice names, and show what was found field by field."""
    row = visit.path_vars["row"]
    change = {
        name.removeprefix("andra."): text.strip()[:_MAX_ADDRESS]
        for name, text in visit.form.items()
        if name.startswith("andra.") and name.removeprefix("andra.") in Source.model_fields
    }
    try:
        target = _target(visit, row)
    except EditError as error:
        return refuse(visit, row, error, _LIST_CRUMBS)
    try:
        found = visit.site.jobs.check_source(row, change)
        checked = _render_check(visit, found, row=row, change=change)
    except MonitorError as error:
        checked = fragment("settings-check.html", visit, problem=error.problem, found=None)
    target = _target(visit, row, checked)
    sheet = Sheet(texts=target.texts() | _texts_of(target, change))
    return show_form(visit, target, sheet)


def _texts_of(target: EditedTable, change: Mapping[str, str]) -> dict[str, list[str]]:
    words = {"true": "ja", "false": "nej"}
    given = {one.name: change[one.name] for one in target.fields if one.name in change}
    flags = {one.name for one in target.fields if one.kind == "flag"}
    return {name: [words.get(text, text) if name in flags else text] for name, text in given.items()}


def _render_check(visit: Visit, found: Mapping[str, Any], **more: object) -> str:
    """Return what a reading found as HTML: problems, advice with a button for each change, and the items field by field."""
    items = [
        {**item, "found": {name: _readable(visit, str(text)) for name, text in item["found"].items()}} for item in found["items"]
    ]
    return fragment(
        "settings-check.html",
        visit,
        **{"problem": "", "row": "", "change": {}, **more},
        found={**found, "items": items},
        most=_MAX_SHOWN,
        field_labels=READ_FIELD_LABELS,
        kinds={kind.value: label.one for kind, label in KIND_LABELS.items()},
    )


def _readable(visit: Visit, text: str) -> str:
    """Return a found fact with its times as people write them; the end of a day is the day alone."""

    def words(moment: re.Match[str]) -> str:
        return format_day(moment[0], visit) if moment[1] == "23:59:59" else format_moment(moment[0], visit)

    return _MOMENT.sub(words, text)


def new_source(visit: Visit) -> Response:
    """Show the form for an address; a POST reads the address, then reviews or saves the row that the person chose."""
    if not visit.is_post:
        work = visit.site.works.find(visit.args.get("las", ""))
        return _address_form(visit) if work is None else _show_reading(visit, work)
    if visit.form.get("gor") == "las":
        return _read_address(visit)
    kind = visit.form.get("kind", "")
    if kind not in ADDRESS_KINDS:
        return _address_form(visit, problem="Välj vad adressen ska läsas som.", status=400)
    try:
        load_values(visit.site.jobs.settings_text(FILE))
    except EditError as error:
        return refuse(visit, "Ny källa", error, _LIST_CRUMBS)
    today = visit.now.date().isoformat()
    blank = Source.model_construct(id="", kind="", name="", url="", address="confirmed", confirmed=today, confirmed_by="person")
    target = EditedTable(
        file=FILE,
        place=("source",),
        model=Source,
        present=blank,
        title="Ny källa",
        lead=f"Läses som {ADDRESS_KINDS[kind]}.",
        effect="Läses första gången vid nästa läsning. Det som redan finns på adressen räknas inte som nytt.",
        path=visit.path,
        crumbs=_LIST_CRUMBS,
        only=_shown(_NEW_FIELDS, kind, obstacle=visit.site.jobs.browser_obstacle()),
        new_id=lambda values: make_id(str(values.get("name", "")), _taken(visit.site.config)),
        leads_to="/samordna/kallor",
    )
    address = visit.form.get("url", "").strip()
    if _is_own(visit, address):
        return _address_form(visit, problem="Det är EU-bevakningens egen adress: allt skulle komma in två gånger.", status=400)
    known = _known_source(visit, address)
    if known is not None:
        sheet = read_sheet(target, visit.form_lists)
        sheet.problems["url"] = f"Adressen läses redan: {known.name}."
        return show_form(visit, target, sheet, status=400)
    return edit_table(visit, target)


def _taken(config: Config) -> list[dict[str, str]]:
    return [{"id": source.id} for source in config.sources]


def _is_own(visit: Visit, address: str) -> bool:
    """Return True for a page of this installation."""
    own = urlsplit(visit.site.config.municipality.base_url).netloc.casefold()
    try:
        return urlsplit(address).netloc.casefold() == own
    except ValueError:
        return False


def _known_source(visit: Visit, address: str) -> Source | None:
    plain = address.rstrip("/").casefold()
    return next((source for source in visit.site.config.sources if source.url.rstrip("/").casefold() == plain), None)


def _address_form(
    visit: Visit, *, address: str = "", problem: str = "", rows: Any = (), reading: str = "", status: int = 200
) -> Response:
    return page(
        "settings-address.html",
        visit,
        status=status,
        address=visit.form.get("adress", "") or address,
        problem=problem,
        reading=reading,
        rows=rows,
        kinds=ADDRESS_KINDS,
        trail=_LIST_CRUMBS,
    )


def _read_address(visit: Visit) -> Response:
    pasted = visit.form.get("adress", "").strip()[:_MAX_ADDRESS]
    try:
        address = typed_address(pasted if not pasted or _SCHEME.match(pasted) else f"https://{pasted}")
    except ValueError as error:
        return _address_form(visit, problem=str(error), status=400)
    if _is_own(visit, address):
        return _address_form(visit, problem="Det är EU-bevakningens egen adress: allt skulle komma in två gånger.", status=400)
    known = _known_source(visit, address)
    if known is not None:
        return _address_form(visit, problem=f"Adressen läses redan: {known.name}.", status=400)
    work = LongWork(address, lambda: visit.site.jobs.read_address(address))
    if not work.ends_within(_PATIENCE_SECONDS):
        return redirect(f"/samordna/kallor/ny?las={visit.site.works.keep(work)}")
    return _show_reading(visit, work)


def _show_reading(visit: Visit, work: LongWork) -> Response:
    """Show what was found at an address, or how far its reading has come."""
    if not work.ends_within(0):
        return _address_form(visit, address=work.about, reading=visit.args.get("las", ""))
    try:
        found = work.outcome()
    except MonitorError as error:
        return _address_form(visit, address=work.about, problem=error.problem, status=400)
    if not found["rows"]:
        return _address_form(visit, address=work.about, problem=" ".join(found["problems"]), status=400)
    return _address_form(visit, address=work.about, rows=[_candidate(visit, row) for row in found["rows"]])


def reading_progress(visit: Visit) -> Response:
    """Show how long the reading of an address has run; the frame loads itself again until it has ended."""
    work = visit.site.works.find(visit.path_vars["work"])
    if work is None:
        raise NotFound
    ended = work.ends_within(0)
    headers = {} if ended else {"refresh": str(_REFRESH_SECONDS)}
    name = visit.path_vars["work"]
    return page("settings-reading.html", visit, headers=headers, name=name, about=work.about, seconds=work.seconds, ended=ended)


def _candidate(visit: Visit, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row that an address may become: its form as hidden inputs, and what it would give."""
    row = {**found["row"], "id": "x"}
    present = Source.model_validate(row)
    values = plain_values(present)
    fields = [one for one in list_form_fields(Source) if one.name in _NEW_FIELDS]
    texts = {name: given for one in fields for name, given in field_texts(one, value_at(values, one.path)).items()}
    return {
        "source": present,
        "texts": texts,
        "items": len(found["check"]["items"]),
        "languages": [LANGUAGES.get(language, language) for language in found.get("languages", ())],
        **{name: found[name] for name in ("sure", "doubts", "way", "ahead", "newest")},
        "check": _render_check(visit, {**found["check"], "remedies": []}),
    }


_ROW = r"(?P<row>[a-z0-9]+(?:-[a-z0-9]+)*)"
ROUTES = (
    Route(r"^/samordna/kallor$", sources, coordinator=True),
    Route(r"^/samordna/kallor/las/(?P<work>[0-9a-f]{24})$", reading_progress, coordinator=True),
    Route(r"^/samordna/kallor/ny$", new_source, coordinator=True, posts=True, shared=True),
    Route(rf"^/samordna/kallor/{_ROW}$", source, coordinator=True, posts=True, shared=True),
    Route(rf"^/samordna/kallor/{_ROW}/ta$", take_found, coordinator=True, acts=True, shared=True),
    Route(rf"^/samordna/kallor/{_ROW}/las$", switch_source, coordinator=True, acts=True, shared=True),
    Route(rf"^/samordna/kallor/{_ROW}/prova$", try_source, coordinator=True, acts=True, shared=True),
)
