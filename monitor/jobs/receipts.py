"""Mails about what recipients did on pages: a receipt that undoes it to the recipient, and letters to the coordinator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from monitor.archive.connection import Database
from monitor.archive.files import load_secret
from monitor.archive.outbox import has_digest
from monitor.archive.recipients import (
    ASKED,
    CHANGED,
    JOINED,
    MUTED,
    PAUSED,
    RecipientEvent,
    list_unanswered,
    list_unreported,
    mark_answered,
    mark_events_reported,
    recipient_rows,
)
from monitor.archive.subjects import read_subjects
from monitor.config import Config
from monitor.digest.answers import CONFIRM_DAYS, Signer
from monitor.digest.links import Links
from monitor.digest.render import load_templates
from monitor.jobs.interest import department_names
from monitor.jobs.letter import Receipt, store_letter, store_receipt
from monitor.subscription import ChoiceChange, Subjects
from monitor.translation import translate
from monitor.vocabulary import PACE_LABELS

_MAX_LINES = 30


def is_receipt_due(config: Config, db: Database, now: datetime) -> bool:
    """Return whether a recipient is still to get a receipt, or the coordinator the letter of this hour."""
    return bool(list_unanswered(db)) or (bool(list_unreported(db)) and not has_digest(db, _letter_id(config, now)))


def write_receipts(config: Config, db: Database, now: datetime) -> None:
    """Put the receipts and the hour's letter to the coordinator into the outbox.

    Each is stored together with the mark of its events as told: each event is told once, whatever is interrupted.
    """
    names = department_names(db)
    for event in list_unanswered(db):
        with db.atomic():
            subject, paragraphs = _receipt(config, db, event, _all_names(config, db, event, names), now)
            receipt = Receipt(
                id=f"kvitto-{event.id}",
                subject=subject,
                paragraphs=paragraphs,
                recipient=event.email,
                language=event.language,
                department=event.department,
            )
            store_receipt(config, db, receipt, now)
            mark_answered(db, event, now)
    events, letter_id = list_unreported(db), _letter_id(config, now)
    if events and not has_digest(db, letter_id):
        with db.atomic():
            store_letter(config, db, letter_id, _subject(events), _paragraphs(config, events, names), now)
            mark_events_reported(db, events, now)


def _letter_id(config: Config, now: datetime) -> str:
    return f"{now.astimezone(config.zone):%Y-%m-%dT%H%z}-mottagare"


def _all_names(config: Config, db: Database, event: RecipientEvent, names: Mapping[str, str]) -> Mapping[str, str]:
    """Return the names of departments; for a pause, which holds for all mails to the address, those of all that it gets."""
    if event.event != PAUSED:
        return names
    own = [row.department for row in recipient_rows(config, db, event.email) if not row.removed]
    return {event.department: ", ".join(names.get(department, department) for department in own or [event.department])}


def _receipt(
    config: Config, db: Database, event: RecipientEvent, names: Mapping[str, str], now: datetime
) -> tuple[str, list[str]]:
    """Return subject and paragraphs of a receipt, in the recipient's language."""
    language, links = event.language, Links(config.municipality.base_url, event.language)
    name = names.get(event.department, event.department)
    if event.event == ASKED:
        today = now.astimezone(config.zone).date()
        token = Signer(load_secret(config.data_dir)).confirm_token(event.id, today)
        chosen = ", ".join(names.get(department, department) for department in event.departments)
        return translate("Bekräfta att du vill ha mejlen om EU-utlysningar", language), [
            translate("Den här adressen har anmälts till mejlen om EU-utlysningar för {names}.", language).format(names=chosen),
            f"{translate('Stämmer det? Öppna sidan och tryck på knappen:', language)} {links.confirm(token)}",
            translate("Gör du ingenting får du inga mejl. Länken gäller i {days} dagar.", language).format(days=CONFIRM_DAYS),
        ]
    if event.event == CHANGED:
        subjects = read_subjects(db, now.astimezone(config.zone).date(), language)
        return _receipt_of_change(config, event, names, subjects, links, now)
    undo = translate("Var det inte du, eller ångrar du dig? Öppna sidan och tryck på ”Börja få mejlen igen”:", language)
    if event.event == PAUSED:
        day = _day_words(config, date.fromisoformat(event.detail), language, now)
        subject = translate("Mejlen om EU-utlysningar är pausade till {day}", language).format(day=day)
        said = translate(
            "Någon med länken i ett mejl till dig har pausat mejlen för {name} till {day}. Då kommer de igen.", language
        )
        return subject, [said.format(name=name, day=day), f"{undo} {links.leave()}"]
    subject = translate("Du får inga fler mejl om EU-utlysningar för {name}", language).format(name=name)
    said = translate("Någon med länken i ett mejl till dig har avslutat mejlen för {name}.", language).format(name=name)
    return subject, [said, f"{undo} {links.leave()}"]


def _day_words(config: Config, day: date, language: str, now: datetime) -> str:
    """Return a day as people write it in a language."""
    return load_templates(config.digests_dirs).wording(language).short_day(day, now)


def _receipt_of_change(
    config: Config, event: RecipientEvent, names: Mapping[str, str], subjects: Subjects, links: Links, now: datetime
) -> tuple[str, list[str]]:
    """Return subject and paragraphs of a receipt of changed choices: what comes now, what differs, and how to undo it."""
    language = event.language
    chosen = ", ".join(names.get(department, department) for department in event.departments)
    said = translate("Någon med länken i ett mejl till dig har ändrat valen. Nu får du mejl på svenska för {names}.", language)
    if not chosen:
        said = translate("Någon med länken i ett mejl till dig har ändrat valen. Nu får du inga mejl.", language)
    change = event.change
    if change is None:  # an event of an earlier version
        lines = []
        undo = f"{translate('Var det inte du, eller ångrar du dig? Öppna sidan och välj på nytt:', language)} {links.leave()}"
    else:
        paused = change.after.paused_until
        until = _day_words(config, paused, language, now) if paused is not None else ""
        lines = [translate("Det här är ändrat:", language), *_changed_lines(change, names, subjects, language, until)]
        words = translate("Var det inte du, eller ångrar du dig? Öppna sidan och tryck på ”Ta tillbaka ändringen”:", language)
        undo = f"{words} {links.leave(andring=str(event.id))}"
    subject = translate("Dina val för mejlen om EU-utlysningar är ändrade", language)
    return subject, [said.format(names=chosen), *lines, undo]


def _changed_lines(change: ChoiceChange, names: Mapping[str, str], subjects: Subjects, language: str, until: str) -> list[str]:
    """Return a line on each choice that differs; `until` is the last day of the pause in words, "" for no pause."""
    before, after, differs = change.before, change.after, change.names

    def named(departments: Sequence[str]) -> str:
        return ", ".join(names.get(department, department) for department in departments)

    def titled(themes: Sequence[str], departments: Sequence[str]) -> str:
        known = {theme: title for department in departments for theme, title in subjects.get(department, {}).items()}
        return ", ".join(known.get(theme, theme) for theme in themes if theme in known or not subjects)

    skipped = titled([theme for theme in after.left_out if theme not in before.left_out], after.departments)
    # A department that was left takes its subjects along: those of the others come again.
    unskipped = titled([theme for theme in before.left_out if theme not in after.left_out], after.departments)
    lines = []
    if "pace" in differs:
        new, old = (translate(PACE_LABELS[choices.pace], language) for choices in (after, before))
        lines.append(translate("Hur ofta: ”{new}” i stället för ”{old}”.", language).format(new=new, old=old))
    if "language" in differs:
        lines.append(translate("Språk: svenska i stället för engelska.", language))
    if change.added:
        lines.append(translate("Nya mejl för: {names}.", language).format(names=named(change.added)))
    if change.dropped:
        lines.append(translate("Inga fler mejl för: {names}.", language).format(names=named(change.dropped)))
    if skipped:
        lines.append(translate("Ämnen som hoppas över: {titles}.", language).format(titles=skipped))
    if unskipped:
        lines.append(translate("Ämnen som kommer med igen: {titles}.", language).format(titles=unskipped))
    if until and "paused_until" in differs:
        lines.append(translate("Paus: inga mejl före {day}.", language).format(day=until))
    elif "paused_until" in differs:
        lines.append(translate("Pausen är borttagen.", language))
    if muted := change.muted(subjects):
        said = translate("Alla ämnen är bortvalda för: {names}. Då kommer nästan inga mejl.", language)
        lines.append(said.format(names=named(muted)))
    return lines


def _subject(events: Sequence[RecipientEvent]) -> str:
    if len(events) > 1:
        return f"{len(events)} ändringar bland mottagarna"
    return {JOINED: "En ny mottagare har anmält sig", MUTED: "En mottagare har valt bort alla ämnen"}.get(
        events[0].event, "En mottagare har slutat få mejlen"
    )


def _paragraphs(config: Config, events: Sequence[RecipientEvent], names: Mapping[str, str]) -> list[str]:
    lines = [_line(event, names) for event in events[:_MAX_LINES]]
    if len(events) > _MAX_LINES:
        lines.append(f"och {len(events) - _MAX_LINES} till.")
    page = f"{config.municipality.base_url.rstrip('/')}/samordna/mottagare"
    return [*lines, f"Alla mottagare, och knappar för att ta bort eller lägga till: {page}"]


def _line(event: RecipientEvent, names: Mapping[str, str]) -> str:
    if event.event == JOINED:
        chosen = ", ".join(names.get(department, department) for department in event.departments)
        return f"{event.email} har anmält sig till mejlen för {chosen} och bekräftat det."
    name = names.get(event.department, event.department)
    if event.event == MUTED:
        return f"{event.email} har valt bort alla ämnen för {name} och får nästan inga mejl."
    return f"{event.email} har slutat få mejlen för {name}."
