"""The guide of the first day: from a fresh installation to the first mails, in a browser.

Before there is a password it answers on the machine of the program alone, and asks for the code that `monitor serve` has shown
in its terminal. After that it is the coordinator's. It can be left at any time: what it shows follows from what is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from datasette import Response

from monitor.archive.recipients import add_recipient, list_recipients, remove_recipient
from monitor.errors import ConfigError
from monitor.subscription import typed_recipient
from monitor.toml_edit import Edit, EditRequest, Place
from monitor.web.framework.addresses import typed_address
from monitor.web.framework.auth import COOKIE, MIN_PASSWORD_LENGTH, SESSION_HOURS
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import page, problem_page, redirect

DONE = {
    "losenord": "Lösenordet är satt och du är inloggad.",
    "kommun": "Uppgifterna är sparade.",
    "forvaltningar": "Förvaltningarna är sparade.",
    "mottagare": "Mottagarna är sparade.",
    "mejl": "Mejlservern är sparad.",
    "borjat": "Det är på gång. Du kan lämna sidan och komma tillbaka.",
    "forhandsvisning": "Noterat.",
}
"""Confirmation after a change, by the value of `klart` in the address."""
_GUIDE = "/kom-igang"
_WORKS = {"prov": "mail", "kallor": "sources", "lasning": "reading", "igang": "first-mails"}
"""Work of a step's button by the name in its address."""
_REFRESH_SECONDS = 3
_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,250}")
_ELSEWHERE = "Guiden öppnas på datorn där EU-bevakningen körs, innan lösenordet är satt."
_NO_CODE = "Starta om monitor serve, så visar det en ny kod i sitt fönster."


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedStep:
    """Values of a step's form as typed, with sentences by the field that they are about."""

    step: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


NOTHING_TYPED = TypedStep()


def guide(visit: Visit) -> Response:
    """Show the steps with what is done and what is left; before there is a password, the form that sets it."""
    if visit.actor is not None:
        return _steps_page(visit, NOTHING_TYPED)
    if not visit.site.sessions.has_password:
        return _password_page(visit, {})
    return redirect("/logga-in?till=" + _GUIDE)


def _password_page(visit: Visit, problems: Mapping[str, str]) -> Response:
    if not visit.local or not visit.site.sessions.offers_code:
        return problem_page(visit, 403, detail=_NO_CODE if visit.local else _ELSEWHERE)
    return page(
        "guide-password.html",
        visit,
        status=400 if problems else 200,
        problems=problems,
        least=MIN_PASSWORD_LENGTH,
        typed=visit.form,
    )


def set_password(visit: Visit) -> Response:
    """Set the first password with the code of the terminal, and log in."""
    sessions, form = visit.site.sessions, visit.form
    if not visit.local or not sessions.offers_code:
        return problem_page(visit, 403, detail=_ELSEWHERE)
    password = form.get("losen", "")
    problems = {}
    if len(password) < MIN_PASSWORD_LENGTH:
        problems["losen"] = f"Lösenordet måste ha minst {MIN_PASSWORD_LENGTH} tecken."
    elif password != form.get("losen2", ""):
        problems["losen2"] = "De två lösenorden är inte lika."
    if not problems and not sessions.set_first_password(form.get("kod", ""), password, visit.login_bucket):
        problems["kod"] = "Koden stämmer inte. Den står i fönstret där monitor serve körs."
    if problems:
        return _password_page(visit, problems)
    cookie = sessions.log_in(password, visit.login_bucket)
    response = redirect(f"{_GUIDE}?klart=losenord")
    response.set_cookie(COOKIE, cookie or "", max_age=SESSION_HOURS * 3600, httponly=True, samesite="lax")
    return response


def _steps_page(visit: Visit, typed: TypedStep) -> Response:
    try:
        # A coordinator whom a proxy logs in needs no password.
        state = visit.site.jobs.guide(visit.site.rules, has_password=True)
    except ConfigError as error:
        return problem_page(visit, 500, detail=str(error))
    departments = visit.site.rules.departments.values()
    return page(
        "guide.html",
        visit,
        status=400 if typed.problems else 200,
        state=state,
        typed=typed,
        value=lambda name: typed.values.get(name, state.values.get(name, "")),
        departments=[one for one in departments if one.enabled],
        done=DONE,
    )


def progress(visit: Visit) -> Response:
    """Show how far the work is that is under way; the browser asks again by itself, without a script, until it is done."""
    state = visit.site.jobs.guide(visit.site.rules, has_password=True)
    work = next((name for name, work in _WORKS.items() if work == state.running), "")
    step = next((one for one in state.steps if one.id == {"prov": "mejl"}.get(work, work)), None)
    headers = {"refresh": str(_REFRESH_SECONDS)} if state.running else {}
    return page("guide-progress.html", visit, headers=headers, state=state, step=step)


def act(visit: Visit) -> Response:
    """Save a step's form, or start its work."""
    step = visit.path_vars["step"]
    if step in _WORKS:
        problem = visit.site.jobs.start_guide_work(_WORKS[step])
        if problem:
            return _steps_page(visit, TypedStep(step=step, problems={step: problem}))
        return redirect(f"{_GUIDE}?klart=borjat#{'mejl' if step == 'prov' else step}")
    saves = {
        "kommun": _save_municipality,
        "forvaltningar": _save_departments,
        "mottagare": _save_recipient,
        "mejl": _save_mail,
        "forhandsvisning": _approve,
    }
    if step not in saves:
        return problem_page(visit, 404)
    problems = saves[step](visit)
    if problems:
        return _steps_page(visit, TypedStep(step=step, values=visit.form, problems=problems))
    return redirect(f"{_GUIDE}?klart={step}#{step}")


def _save_municipality(visit: Visit) -> dict[str, str]:
    name, contact, url = (visit.form.get(one, "").strip() for one in ("namn", "kontakt", "adress"))
    problems = {}
    if not name:
        problems["namn"] = "Skriv kommunens namn."
    if not _EMAIL.fullmatch(contact):
        problems["kontakt"] = "Skriv en e-postadress, till exempel namn@example.se."
    try:
        url = typed_address(url)
    except ValueError as error:
        spaced = any(char.isspace() for char in url)
        problems["adress"] = (
            str(error) if spaced else "Skriv en adress som börjar med https://, till exempel https://eu.example.se."
        )
    if problems:
        return problems
    values: dict[Place, Any] = {
        ("municipality", "name"): name,
        ("municipality", "contact"): contact,
        ("municipality", "base_url"): url,
    }
    return _save_values(visit, "monitor.toml", values, "namn")


def _save_values(visit: Visit, file: str, values: Mapping[Place, Any], field_name: str) -> dict[str, str]:
    """Save values as the pages of settings do, with history and undo; return what is wrong by a field."""
    edits = tuple(Edit(place, value) for place, value in values.items())
    request = EditRequest(file=file, edits=edits, mark="", who=visit.coordinator_name, note="Kom igång")
    outcome = visit.site.jobs.edit_settings(request, visit.now)
    return {field_name: " ".join(outcome.problems)} if outcome.problems else {}


def _save_departments(visit: Visit) -> dict[str, str]:
    chosen = [name for name in visit.form_lists.get("forvaltning", ()) if name in visit.site.rules.departments]
    if not chosen:
        return {"forvaltning": "Välj minst en."}
    departments = visit.site.rules.departments.values()
    values: dict[Place, Any] = {
        ("department", one.id, "enabled"): one.id in chosen for one in departments if one.enabled != (one.id in chosen)
    }
    problems = _save_values(visit, "departments.toml", values, "forvaltning") if values else {}
    visit.site.rules_changed()
    return problems


def _save_recipient(visit: Visit) -> dict[str, str]:
    config = visit.site.config
    if visit.form.get("gor") == "ta-bort":
        department, _, email = visit.form.get("mottagare", "").partition("/")
        with visit.site.archive.writing() as db:
            if any((row.department, row.email) == (department, email) for row in list_recipients(config, db)):
                remove_recipient(config, db, department, email, visit.now)
        return {}
    email, department = typed_recipient(visit.form.get("epost", "")), visit.form.get("forvaltning", "")
    problems = {}
    if not _EMAIL.fullmatch(email):
        problems["epost"] = "Skriv en e-postadress, till exempel namn@example.se."
    if department not in visit.site.rules.departments:
        problems["forvaltning"] = "Välj en förvaltning."
    if not problems and any(
        (row.department, row.folded) == (department, email.casefold()) and not row.removed
        for row in list_recipients(config, visit.site.archive.db)
    ):
        problems["epost"] = f"{email} får redan mejlen för {visit.site.rules.departments[department].name}."
    if not problems:
        with visit.site.archive.writing() as db:
            add_recipient(db, department, email, "sv", visit.now)
    return problems


def _save_mail(visit: Visit) -> dict[str, str]:
    form = {name: visit.form.get(name, "").strip() for name in ("satt", "server", "port", "sakerhet", "anvandare")}
    name, sender = visit.form.get("avsandarnamn", "").strip(), visit.form.get("avsandare", "").strip()
    problems = {}
    if form["satt"] not in ("files", "smtp"):
        problems["satt"] = "Välj hur mejlen ska gå."
    if not re.fullmatch(r"[A-Za-z0-9.:\-]{1,253}", form["server"]):
        problems["server"] = "Skriv mejlserverns namn, till exempel smtp.example.se."
    if not form["port"].isdecimal() or not 1 <= int(form["port"]) <= 65535:
        problems["port"] = "Skriv ett tal mellan 1 och 65535, ofta 25 eller 587."
    if form["sakerhet"] not in ("none", "starttls", "tls"):
        problems["sakerhet"] = "Välj säkerhet."
    if not _EMAIL.fullmatch(sender) or any(char in name for char in '<>"\r\n'):
        problems["avsandare"] = "Skriv en e-postadress, till exempel eu@example.se, och ett namn utan < och >."
    if problems:
        return problems
    values: dict[Place, Any] = {
        ("mail", "transport"): form["satt"],
        ("mail", "host"): form["server"],
        ("mail", "port"): int(form["port"]),
        ("mail", "security"): form["sakerhet"],
        ("mail", "username"): form["anvandare"],
        ("mail", "from"): f"{name} <{sender}>" if name else sender,
    }
    if visit.form.get("mejllosen"):
        values["mail", "password_file"] = visit.site.jobs.keep_mail_password(visit.form["mejllosen"])
    return _save_values(visit, "monitor.toml", values, "server")


def _approve(visit: Visit) -> dict[str, str]:
    visit.site.jobs.approve_first_mails(visit.now)
    return {}


ROUTES = (
    Route(r"^/kom-igang$", guide),
    Route(r"^/kom-igang/losenord$", set_password, acts=True),
    Route(r"^/kom-igang/lage$", progress, coordinator=True),
    Route(r"^/kom-igang/(?P<step>[a-z]{1,20})$", act, coordinator=True, acts=True),
)
