"""A department's next mail as it will look, before and after the coordinator's changes, and a recipient's own.

The mail is what `monitor digest --dry-run` would write at the moment. Its HTML is shown in a frame without scripts, and without
the links that answer or unsubscribe for its readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from datasette import Response

from monitor.archive.listing import CallSummary, list_calls
from monitor.archive.lookup import require_call
from monitor.archive.overrides import (
    ADD,
    HOLD,
    MAIL_NOTE_LIMIT,
    remove_override,
    store_override,
    write_comment,
    write_places,
)
from monitor.archive.probation import list_probation_matches
from monitor.archive.theme_drafts import list_theme_drafts
from monitor.calls import CallKey
from monitor.digest.arrange import move
from monitor.errors import ArchiveError
from monitor.matching.rules.model import Department
from monitor.matching.theme_draft import draft_from_json
from monitor.vocabulary import SECTION_LABELS, MailSection
from monitor.web.framework.mail_drafts import DraftItem, DraftWish, MailDraft
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.planned_mails import read_next_mail
from monitor.web.views.digest import mail_response, without_signed_links
from monitor.web.views.search import SearchParams, search_archive
from monitor.web.views.subscription import read_recipient_link
from monitor.web.views.top_line import present_line, write_top_line

DONE = {
    "tillbaka": "Posten hålls tillbaka.",
    "slappt": "Posten följer reglerna igen.",
    "lagd": "Posten är tillagd.",
    "flyttad": "Ordningen är sparad för det här mejlet.",
    "kommentar": "Kommentaren är sparad för det här mejlet.",
    "rad": "Raden överst är sparad.",
    "radbort": "Raden överst är borttagen.",
}
"""Confirmation after a change, by the value of `klart` in the address."""
_MAX_FOUND = 8
_MAX_SHOWN = 100
"""Calls of a part that are shown at first: nobody orders more, and a page of a thousand takes long to read."""
_DEPARTMENT = "(?P<department>[^/.]+)"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedText:
    """Text that was posted and not stored, to be shown again with the reason beside its field."""

    key: CallKey | None = None
    """Call that the comment is about; None for the line at the top."""
    text: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """Part of the mail in which calls stand in one order."""

    heading: str
    movable: bool
    """False for calls of groups and behind links, which have no places."""
    items: Sequence[DraftItem] = field(default_factory=tuple)
    left: int = 0
    """Number of further calls, which the page shows when it is asked for all."""


def next_mail(visit: Visit) -> Response:
    """Show a department's next mail with its calls and forms to change it."""
    return _show(visit, _require_department(visit))


def _require_department(visit: Visit) -> Department:
    department = visit.site.rules.departments.get(visit.path_vars["department"])
    if department is None:
        raise NotFound
    return department


def _wish(visit: Visit, department: str) -> DraftWish:
    audience = visit.args.get("mejl", "")
    return DraftWish(
        department=department,
        audience=int(audience) if audience.isdecimal() and len(audience) < 4 else 0,
        language=visit.args.get("sprak", ""),
        unchanged=visit.args.get("utan") == "1",
    )


def _show(visit: Visit, department: Department, typed: TypedText = TypedText()) -> Response:
    wish = _wish(visit, department.id)
    found = read_next_mail(visit.site, wish)
    draft = found.draft
    asked = visit.args.get("sok", "").strip()
    everything = visit.args.get("alla") == "1" or typed.key is not None
    frame = "&".join(f"{name}={value}" for name in ("mejl", "sprak", "utan") if (value := visit.args.get(name, "")).isalnum())
    return page(
        "next-mail.html",
        visit,
        status=400 if typed.problem else 200,
        department=department,
        path=f"/samordna/mejl/{department.id}",
        draft=draft,
        draft_at=found.made if found.is_old else None,
        wish=wish,
        week=_week_number(draft),
        parts_of_mail=_parts(draft, everything=everything) if draft is not None else [],
        text=without_signed_links(draft.text) if draft is not None else "",
        own_line=present_line(visit.site.archive.db, department.id, draft.week) if draft is not None else "",
        line_of_all=present_line(visit.site.archive.db, "", draft.week) if draft is not None else "",
        frame=f"/samordna/mejl/{department.id}/html" + (f"?{frame}" if frame else ""),
        asked=asked,
        found=_search(visit, asked) if asked else [],
        drafts=[
            one for one in list_theme_drafts(visit.site.archive.db) if department.id in draft_from_json(one.content).departments
        ],
        tried=list_probation_matches(visit.site.archive.db, visit.now, department=department.id),
        titles={theme.theme.id: theme.theme.title for theme in visit.site.rules.themes},
        in_mail={item.key for item in draft.items} if draft is not None else set(),
        typed=typed,
        limit=MAIL_NOTE_LIMIT,
        done=DONE,
    )


def _week_number(draft: MailDraft | None) -> str:
    return draft.week.partition("-W")[2].lstrip("0") if draft is not None else ""


def _parts(draft: MailDraft, *, everything: bool) -> list[PartView]:
    """Return the parts of a mail in its order, each cut unless `everything`; calls of groups and behind links come last."""

    def part(item: DraftItem) -> tuple[int, bool, bool]:
        return list(MailSection).index(MailSection(item.section)), not item.place, item.doubtful

    views = []
    for (section, hidden, doubtful), group in groupby(sorted(draft.items, key=part), key=part):
        items = tuple(group)
        shown = items if everything else items[:_MAX_SHOWN]
        heading = SECTION_LABELS[list(MailSection)[section]].page
        ending = " (i grupp eller bakom en länk)" if hidden else ", osäkra" if doubtful else ""
        views.append(PartView(heading=heading + ending, movable=not hidden, items=shown, left=len(items) - len(shown)))
    return views


def _search(visit: Visit, query: str) -> list[CallSummary]:
    keys = search_archive(visit.site, SearchParams(query=query[:400])).keys(0, _MAX_FOUND)
    return list_calls(visit.site.archive.db, keys, visit.now)


def change(visit: Visit) -> Response:
    """Store one change of a department's next mail; what cannot be stored is shown again with the reason."""
    department = _require_department(visit)
    action = visit.form.get("gor", "")
    if action == "rad":
        return _write_line(visit, department)
    key = CallKey(visit.form.get("kalla", ""), visit.form.get("id", ""))
    try:
        require_call(visit.site.archive.db, *key)
    except ArchiveError as error:
        return problem_page(visit, 400, detail=error.problem)
    if action == "kommentar":
        return _write_comment(visit, department, key)
    who, now = visit.coordinator_name, visit.now
    if action in ("hall", "lagg"):
        with visit.site.archive.writing() as db:
            store_override(db, department.id, key, HOLD if action == "hall" else ADD, who=who, now=now)
    elif action == "slapp":
        with visit.site.archive.writing() as db:
            remove_override(db, department.id, key)
    elif action in ("flytta", "ordna"):
        if not _move(visit, department, key, visit.form.get("plats", "")):
            return problem_page(visit, 400, detail="Mejlet har ändrats sedan sidan visades. Gå tillbaka och ladda om den.")
    else:
        return problem_page(visit, 400)
    done = {"hall": "tillbaka", "lagg": "lagd", "slapp": "slappt"}.get(action, "flyttad")
    return redirect(_back(department, done, key if action in ("lagg", "flytta", "ordna") else None))


def _back(department: Department, done: str, key: CallKey | None = None) -> str:
    return f"/samordna/mejl/{department.id}?klart={done}" + (f"#p-{key.short}" if key else "")


def _move(visit: Visit, department: Department, key: CallKey, place: str) -> bool:
    """Give a call a place in its part, or with "" the program's; return False for a call or a place that is not there."""
    draft = read_next_mail(visit.site, DraftWish(department=department.id)).draft
    item = next((item for item in draft.items if item.key == key), None) if draft is not None else None
    if draft is None or item is None or not (place == "" or (place.isdecimal() and len(place) < 5)):
        return False
    places: dict[CallKey, int | None] = {key: None}
    if place:
        same = [one for one in draft.items if one.place and (one.section, one.doubtful) == (item.section, item.doubtful)]
        order = [one.key for one in sorted(same, key=lambda one: one.program_place)]
        own = {one.key: one.own_place for one in same if one.own_place is not None}
        places = move(order if key in order else [*order, key], own, key, int(place))
    with visit.site.archive.writing() as db:
        write_places(db, department.id, places, who=visit.coordinator_name, now=visit.now)
    return True


def _write_comment(visit: Visit, department: Department, key: CallKey) -> Response:
    text = visit.form.get("kommentar", "")
    draft = read_next_mail(visit.site, DraftWish(department=department.id)).draft
    item = next((item for item in draft.items if item.key == key), None) if draft is not None else None
    problem = _length_problem(text)
    if draft is None or item is None:
        problem = problem or "Posten är inte längre med i mejlet, så kommentaren sparades inte."
    elif draft.week != visit.form.get("vecka"):
        problem = problem or f"Förra mejlet har gått. Spara igen om kommentaren ska med vecka {_week_number(draft)}."
    elif str(item.version) != visit.form.get("version") and item.comment not in ("", " ".join(text.split())):
        problem = problem or f"Någon annan har skrivit: ”{item.comment}”. Spara igen om din text ska gälla i stället."
    if problem:
        return _show(visit, department, TypedText(key=key, text=text, problem=problem))
    with visit.site.archive.writing() as db:
        write_comment(db, department.id, key, text, who=visit.coordinator_name, now=visit.now)
    return redirect(_back(department, "kommentar", key))


def _write_line(visit: Visit, department: Department) -> Response:
    text = visit.form.get("rad", "")
    draft = read_next_mail(visit.site, DraftWish(department=department.id)).draft
    problem = _length_problem(text) or ("" if draft is not None else "Inget mejl går ut, så raden sparades inte.")
    if problem or draft is None:
        return _show(visit, department, TypedText(text=text, problem=problem))
    with visit.site.archive.writing() as db:
        write_top_line(db, department.id, draft.week, text, who=visit.coordinator_name, now=visit.now)
    return redirect(_back(department, "rad" if text.strip() else "radbort"))


def _length_problem(text: str) -> str:
    length = len(" ".join(text.split()))
    return f"Högst {MAIL_NOTE_LIMIT} tecken får plats; texten har {length}." if length > MAIL_NOTE_LIMIT else ""


def html(visit: Visit) -> Response:
    """Answer with the HTML of the next mail, for the frame of its page."""
    wish = replace(_wish(visit, _require_department(visit).id), bare=True)
    draft = read_next_mail(visit.site, wish).draft
    if draft is None:
        raise NotFound
    return mail_response(draft.html)


def own(visit: Visit) -> Response:
    """Show a recipient, by the link in the mails, the next mail with the choices that are stored."""
    department, draft = _own_draft(visit)
    if department is None:
        return problem_page(visit, 410)
    return page(
        "own-mail.html",
        visit,
        department=department,
        draft=draft,
        week=_week_number(draft),
        text=without_signed_links(draft.text) if draft is not None else "",
        token_path=visit.path_vars["token"],
    )


def own_html(visit: Visit) -> Response:
    """Answer with the HTML of a recipient's next mail, for the frame of its page."""
    department, draft = _own_draft(visit)
    if department is None or draft is None:
        return problem_page(visit, 410)
    return mail_response(draft.html)


def _own_draft(visit: Visit) -> tuple[Department | None, MailDraft | None]:
    link = read_recipient_link(visit)
    department = visit.site.rules.departments.get(link.department) if link is not None else None
    if link is None or department is None:
        return None, None
    wish = DraftWish(department=department.id, recipient=link.recipient, bare=True)
    return department, read_next_mail(visit.site, wish).draft


ROUTES = (
    Route(rf"^/samordna/mejl/{_DEPARTMENT}$", next_mail, coordinator=True),
    Route(rf"^/samordna/mejl/{_DEPARTMENT}/andra$", change, coordinator=True, acts=True),
    Route(rf"^/samordna/mejl/{_DEPARTMENT}/html$", html, coordinator=True),
    Route(r"^/mejlval/(?P<token>[^/]{1,7000})/nasta$", own),
    Route(r"^/mejlval/(?P<token>[^/]{1,7000})/nasta/mejl$", own_html),
)
