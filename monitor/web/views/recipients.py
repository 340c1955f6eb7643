"""The coordinator's page of recipients: who gets the mails, with which choices, who left, and what did not arrive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from datasette import Response

from monitor.archive.outbox import last_failures, stopped_recipients
from monitor.archive.recipients import (
    add_recipient,
    keep_recipient,
    list_recipients,
    list_stops,
    remove_recipient,
    return_to_department,
    silenced_departments,
)
from monitor.subscription import FROM_SETTINGS, OWN, Subscriber, typed_recipient
from monitor.vocabulary import RecipientState
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import page, problem_page, redirect

DONE = {
    "tillagd": "Mottagaren är tillagd och får nästa mejl.",
    "fanns": "Adressen får redan förvaltningens mejl. Inget är ändrat.",
    "borttagen": "Mottagaren är borttagen.",
    "ater": "Mottagaren får mejlen igen.",
    "behallen": "Mottagaren är kvar, också utan monitor.toml.",
}
ORIGINS = {FROM_SETTINGS: "monitor.toml", OWN: "anmälde sig själv", "coordinator": "tillagd här"}
_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,250}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """Recipient as the table shows it."""

    recipient: Subscriber
    state: RecipientState
    explanation: str
    """Swedish sentence about a stop; "" for none."""
    failure: str
    """Server's answer to the last mail that did not arrive; "" for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddForm:
    """Values of the form that adds a recipient, as typed, with sentences by the field that they are about."""

    email: str = ""
    department: str = ""
    language: str = "sv"
    problems: dict[str, str] = field(default_factory=dict)


def recipients(visit: Visit) -> Response:
    """List every recipient; a POST adds one, takes one away, or lets one get the mails again."""
    if visit.is_post:
        return _act(visit)
    return _list(visit, AddForm())


def _act(visit: Visit) -> Response:
    email, department = visit.form.get("epost", "").strip(), visit.form.get("forvaltning", "")
    action, config = visit.form.get("gor", ""), visit.site.config
    if action == "lagg-till":
        return _add(visit, email, department)
    with visit.site.archive.writing() as db:
        rows = list_recipients(config, db)
        found = next((row for row in rows if (row.department, row.email) == (department, email)), None)
        if found is None:
            return problem_page(visit, 400, detail="Mottagaren finns inte längre.")
        if action == "ta-bort":
            remove_recipient(config, db, department, email, visit.now)
            done = "borttagen"
        elif action == "ater":
            add_recipient(db, department, email, found.language, visit.now)
            return_to_department(db, department, email)
            done = "ater"
        elif action == "behall":
            keep_recipient(db, department, email)
            done = "behallen"
        else:
            return problem_page(visit, 400)
    return redirect(f"/samordna/mottagare?klart={done}")


def _add(visit: Visit, email: str, department: str) -> Response:
    language, email = visit.form.get("sprak", "sv"), typed_recipient(email)
    problems = {}
    if not _EMAIL.fullmatch(email):
        problems["epost"] = "Skriv en e-postadress, till exempel namn@example.se."
    if department not in visit.site.rules.departments:
        problems["forvaltning"] = "Välj en förvaltning."
    if problems:
        return _list(visit, AddForm(email=email, department=department, language=language, problems=problems))
    if _gets_mails(visit, email, department, language):
        return redirect("/samordna/mottagare?klart=fanns")
    with visit.site.archive.writing() as db:
        add_recipient(db, department, email, "en" if language == "en" else "sv", visit.now)
    return redirect("/samordna/mottagare?klart=tillagd")


def _gets_mails(visit: Visit, email: str, department: str, language: str) -> bool:
    """Return whether an address gets a department's mails already, in this language."""
    config, db = visit.site.config, visit.site.archive.db
    stopped, today = stopped_recipients(db), visit.now.date()
    return any(
        (row.department, row.email.casefold(), row.language) == (department, email.casefold(), language)
        and row.state(stopped, today) is RecipientState.ACTIVE
        for row in list_recipients(config, db)
    )


def _list(visit: Visit, form: AddForm) -> Response:
    db, config = visit.site.archive.db, visit.site.config
    stopped, today, failures = stopped_recipients(db), visit.now.date(), last_failures(db)
    stops = {(stop.department, stop.recipient): stop.explanation for stop in list_stops(config, db, visit.now)}
    rows = [
        RecipientRow(
            recipient=recipient,
            state=recipient.state(stopped, today),
            explanation=stops.get((recipient.department, recipient.email), ""),
            failure=failures.get(recipient.folded, ""),
        )
        for recipient in list_recipients(config, db)
    ]
    departments = [department for department in visit.site.rules.departments.values() if department.enabled]
    return page(
        "recipients.html",
        visit,
        status=400 if form.problems else 200,
        groups=_by_department(visit, rows),
        silenced=silenced_departments(config, db, visit.now),
        without=[one.name for one in departments if all(row.recipient.department != one.id for row in rows)],
        names={department.id: department.name for department in visit.site.rules.departments.values()},
        departments=departments,
        themes={file.theme.id: file.theme.title for file in visit.site.rules.themes},
        origins=ORIGINS,
        domains=config.subscription.domains,
        form=form,
        done=DONE,
    )


def _by_department(visit: Visit, rows: Sequence[RecipientRow]) -> list[tuple[str, list[RecipientRow]]]:
    """Return the rows of each department under its name, in the order of the rules; unknown departments last."""
    names = {department.id: department.name for department in visit.site.rules.departments.values()}
    found: dict[str, list[RecipientRow]] = {department: [] for department in names}
    for row in rows:
        found.setdefault(row.recipient.department, []).append(row)
    return [(names.get(department, department), members) for department, members in found.items() if members]


ROUTES = (Route(r"^/samordna/mottagare$", recipients, coordinator=True, posts=True),)
