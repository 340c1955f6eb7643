"""Pages on which a recipient chooses or stops the mails, and on which a colleague signs up.

Addresses hold a signed token. A GET changes nothing, since mail programs fetch links in advance; only a page's button acts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from datasette import Response

from monitor.archive.connection import Database
from monitor.archive.outbox import is_stopped, stopped_recipients
from monitor.archive.recipients import (
    ASKED,
    RecipientEvent,
    ask_to_join,
    count_asked,
    find_event,
    join,
    leave_department,
    list_recipients,
    recipient_rows,
    restore_choices,
    return_to_department,
    save_choices,
)
from monitor.digest.answers import LeaveLink
from monitor.matching.rules.model import Department
from monitor.subscription import LONGEST_PAUSE, Choices, Subscriber, mask_address
from monitor.vocabulary import Pace, RecipientState
from monitor.web.framework.addresses import page_address
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.views.corrections import read_moment

DONE = {
    "sparat": "Dina val är sparade. De gäller från nästa mejl.",
    "slutat": "Klart. Vi skickar ett mejl till adressen, med en länk som ångrar det.",
    "ater": "Klart. Mejlen kommer igen.",
    "angrat": "Klart. Dina val är som de var före ändringen.",
}
ASKED_AGAIN = timedelta(hours=24)
"""Period in which an address gets one mail that asks for a confirmation."""
MOST_ASKED = 50
"""Sign-ups of all addresses in that period; more are refused, lest somebody has the program write to a whole municipality."""
_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,250}")
_MARK = re.compile(r"[0-9a-f]{16}")
_TOKEN = r"(?P<token>[^/]{1,7000})"  # noqa: S105 - a pattern, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesForm:
    """Values of the form of choices as they are shown: the stored ones, or those that were typed."""

    pace: str
    language: str
    departments: tuple[str, ...]
    left_out: tuple[str, ...]
    pause: str
    problems: dict[str, str] = field(default_factory=dict)
    """Swedish sentences by the field that they are about."""


def leave(visit: Visit) -> Response:
    """Show a recipient's choices; a POST, also a mail program's one-click, stops the mails of the link's department.

    Buttons of the page also let them come again, or take back a change of choices that a receipt told of.
    """
    link = read_recipient_link(visit)
    if link is None:
        return problem_page(visit, 410)
    if visit.is_post:
        return _leave_or_return(visit, link)
    return _choices_page(visit, link)


def read_recipient_link(visit: Visit) -> LeaveLink | None:
    """Return the recipient that the address is for: by a signed token, or by the mark of a text mail's short address."""
    token, signer = visit.path_vars["token"], visit.site.signer
    if not _MARK.fullmatch(token):
        return signer.read_leave(token)
    rows = list_recipients(visit.site.config, visit.site.archive.db)
    return signer.find(token, (LeaveLink(department=row.department, recipient=row.folded) for row in rows))


def _change_of_link(visit: Visit, link: LeaveLink) -> RecipientEvent | None:
    """Return the change of choices that a receipt's link or button names, if it is one of the link's own recipient."""
    number = visit.form.get("andring", "") if visit.is_post else visit.args.get("andring", "")
    event = find_event(visit.site.archive.db, int(number)) if re.fullmatch(r"[0-9]{1,15}", number) else None
    if event is None or event.change is None or event.email.casefold() != link.recipient.casefold():
        return None
    return event


def _take_back(visit: Visit, link: LeaveLink) -> Response:
    event = _change_of_link(visit, link)
    if event is None:
        return problem_page(visit, 410)
    with visit.site.archive.writing() as db:
        if _is_recipient(visit, db, link):
            restore_choices(visit.site.config, db, event, visit.now)
    return redirect(page_address(visit.path, visit.language, klart="angrat"))


def _leave_or_return(visit: Visit, link: LeaveLink) -> Response:
    if visit.form.get("gor") == "angra":
        return _take_back(visit, link)
    returns = visit.form.get("gor") == "fortsatt"
    if link.department:
        with visit.site.archive.writing() as db:
            if returns:
                return_to_department(db, link.department, link.recipient)
            else:
                leave_department(visit.site.config, db, link.department, link.recipient, visit.now)
    if visit.form.get("List-Unsubscribe") == "One-Click":
        # A mail program posts, not a person: it takes a redirect for a failure.
        # RFC 8058, section 3.1: https://www.rfc-editor.org/rfc/rfc8058#section-3.1
        return Response.text("Klart: inga fler mejl.\n" if link.department else "Det finns inget att avsluta.\n")
    return redirect(page_address(visit.path, visit.language, klart="ater" if returns else "slutat"))


def choose(visit: Visit) -> Response:
    """Store a recipient's choices, or show the form again with what is wrong beside each field."""
    link = read_recipient_link(visit)
    if link is None or not link.department:
        return problem_page(visit, 410)
    if not visit.is_post:
        return redirect(page_address(f"/avsluta/{visit.path_vars['token']}", visit.language))
    form = _typed(visit)
    if form.problems:
        return _choices_page(visit, link, form)
    choices = Choices(
        pace=Pace(form.pace),
        language=form.language,
        left_out=form.left_out,
        paused_until=_read_day(form.pause) if form.pause else None,
        departments=form.departments,
    )
    with visit.site.archive.writing() as db:
        if _is_recipient(visit, db, link):
            save_choices(visit.site.config, db, link.recipient, choices, visit.now)
    return redirect(page_address(f"/avsluta/{visit.path_vars['token']}", visit.language, klart="sparat"))


def _is_recipient(visit: Visit, db: Database, link: LeaveLink) -> bool:
    """Return whether the address of a link still is a recipient; one that the coordinator took away cannot let itself in."""
    return any(not row.removed for row in recipient_rows(visit.site.config, db, link.recipient))


def _typed(visit: Visit) -> ChoicesForm:
    rules = visit.site.rules
    departments = tuple(name for name in visit.form_lists.get("forvaltning", ()) if name in rules.departments)
    pace, language, pause = visit.form.get("takt", ""), visit.form.get("sprak", ""), visit.form.get("paus", "").strip()
    problems = {}
    if not departments:
        problems["forvaltning"] = "Välj minst en, eller tryck på ”Sluta få mejlen” längre ner."
    if pace not in tuple(Pace):
        problems["takt"] = "Välj hur ofta."
    if language not in ("sv", "en"):
        problems["sprak"] = "Välj språk."
    if pause and (day := _read_day(pause)) is None:
        problems["paus"] = "Vi förstod inte datumet. Skriv till exempel 2027-02-01."
    elif pause and day is not None and not visit.now.date() < day <= visit.now.date() + LONGEST_PAUSE:
        problems["paus"] = "Välj en dag efter i dag och högst ett år fram."
    wanted = {theme for name in departments for theme, _, _ in _themes(visit, (name,))}
    left_out = tuple(theme for theme in visit.form_lists.get("utan", ()) if theme in wanted)
    return ChoicesForm(pace=pace, language=language, departments=departments, left_out=left_out, pause=pause, problems=problems)


def _read_day(text: str) -> date | None:
    try:
        return read_moment(text)[0]
    except ValueError:
        return None


def _choices_page(visit: Visit, link: LeaveLink, typed: ChoicesForm | None = None) -> Response:
    """Return the page of a recipient: the form of choices, and the button that stops the mails or lets them come again."""
    db, rules = visit.site.archive.db, visit.site.rules
    rows = [row for row in recipient_rows(visit.site.config, db, link.recipient) if not row.removed]
    stopped, today = stopped_recipients(db), visit.now.date()
    here = next((row for row in rows if row.department == link.department), None)
    state = here.state(stopped, today) if here is not None else RecipientState.REMOVED
    if here is None and is_stopped(stopped, link.department, link.recipient):
        state = RecipientState.LEFT
    form = typed or _stored(rows, stopped, today)
    department = rules.departments.get(link.department)
    chosen = tuple(dict.fromkeys((*form.departments, link.department)))
    return page(
        "leave.html",
        visit,
        status=400 if form.problems else 200,
        name=department.name if department else link.department,
        recipient=mask_address(link.recipient),
        state=state.value,
        until=here.paused_until if here is not None else None,
        test=not link.department,
        change=_change_of_link(visit, link),
        form=form,
        token_path=visit.path_vars["token"],
        departments=_departments(visit),
        themes=_themes(visit, chosen),
        first_day=today + timedelta(days=1),
        last_day=today + LONGEST_PAUSE,
        done=DONE,
    )


def _stored(rows: Sequence[Subscriber], stopped: set[tuple[str, str]], today: date) -> ChoicesForm:
    first = rows[0] if rows else Subscriber(department="", email="")
    getting = [row for row in rows if not is_stopped(stopped, row.department, row.email)]
    return ChoicesForm(
        pace=first.pace.value,
        language=first.language,
        departments=tuple(row.department for row in getting),
        left_out=first.left_out,
        pause=first.paused_until.isoformat() if first.paused_until is not None and today < first.paused_until else "",
    )


def _departments(visit: Visit) -> list[Department]:
    return [department for department in visit.site.rules.departments.values() if department.enabled]


def _themes(visit: Visit, departments: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return id, title and the title's language of the live themes of these departments, by title."""
    themes = [file.theme for file in visit.site.rules.themes if file.theme.state == "live"]
    english = visit.site.rules.english_titles if visit.language == "en" else {}
    found = [
        (theme.id, english.get(theme.id, theme.title), "en" if theme.id in english else "sv")
        for theme in themes
        if set(departments) & set(theme.departments)
    ]
    return sorted(found, key=lambda item: item[1].casefold())


def sign_up(visit: Visit) -> Response:
    """Show the form with which a colleague asks for the mails; a POST has a mail sent that asks for a confirmation."""
    config = visit.site.config
    domains = config.subscription.domains
    email = visit.form.get("epost", "").strip()
    chosen = [name for name in visit.form_lists.get("forvaltning", ()) if name in visit.site.rules.departments]
    if not visit.is_post:
        wished = visit.args.get("forvaltning", "")
        chosen = [wished] if wished in visit.site.rules.departments else []
        return _sign_up_page(visit, email="", chosen=chosen, problems={})
    problems = {}
    if not _EMAIL.fullmatch(email):
        problems["epost"] = "Skriv en e-postadress, till exempel namn@example.se."
    elif email.rpartition("@")[2].casefold() not in {domain.casefold() for domain in domains}:
        problems["epost"] = "Adressen hör inte till dem som får anmäla sig här. Hör av dig till samordnaren."
    if not chosen:
        problems["forvaltning"] = "Välj minst en förvaltning."
    if problems:
        return _sign_up_page(visit, email=email, chosen=chosen, problems=problems)
    since = visit.now - ASKED_AGAIN
    with visit.site.archive.writing() as db:
        if count_asked(db, since) >= MOST_ASKED:
            return problem_page(visit, 429)
        if not count_asked(db, since, email):
            language = visit.form.get("sprak", "sv")
            ask_to_join(db, email, chosen, language if language in ("sv", "en") else "sv", visit.now)
    return redirect(page_address("/anmal", visit.language, klart="skickat"))


def _sign_up_page(visit: Visit, *, email: str, chosen: Sequence[str], problems: dict[str, str]) -> Response:
    return page(
        "sign-up.html",
        visit,
        status=400 if problems else 200,
        domains=visit.site.config.subscription.domains,
        departments=_departments(visit),
        email=email,
        chosen=chosen,
        wanted_language=visit.form.get("sprak", visit.language),
        problems=problems,
        sent=visit.args.get("klart") == "skickat",
    )


def confirm(visit: Visit) -> Response:
    """Show the button that confirms a sign-up; a POST lets the address get the mails."""
    number = visit.site.signer.read_confirm(visit.path_vars["token"], visit.now.date())
    asked = find_event(visit.site.archive.db, number) if number is not None else None
    if asked is None:
        return problem_page(visit, 410)
    departments = [visit.site.rules.departments[name] for name in asked.departments if name in visit.site.rules.departments]
    if visit.is_post and asked.event == ASKED and departments:
        with visit.site.archive.writing() as db:
            join(db, asked, [department.id for department in departments], visit.now)
        return redirect(page_address(visit.path, visit.language))
    return page(
        "sign-up-confirm.html",
        visit,
        recipient=mask_address(asked.email),
        departments=departments,
        confirmed=asked.event != ASKED,
    )


ROUTES = (
    Route(rf"^/avsluta/{_TOKEN}$", leave, posts=True),
    Route(rf"^/mejlval/{_TOKEN}$", choose, posts=True),
    Route(r"^/anmal$", sign_up, posts=True),
    Route(rf"^/anmal/{_TOKEN}$", confirm, posts=True),
)
