"""Recipients of departments' mails with their choices, what they did, and who of them gets no mails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.outbox import Suppression, list_suppressions, resume_recipient, stop_recipient, stopped_recipients
from monitor.archive.subjects import read_subjects
from monitor.config import Config
from monitor.errors import describe_delivery
from monitor.subscription import (
    BY_COORDINATOR,
    FROM_SETTINGS,
    OWN,
    ChoiceChange,
    Choices,
    Subscriber,
    choices_before,
    is_example_address,
    is_muted,
    merge_recipients,
)
from monitor.vocabulary import Pace, RecipientState

LEFT, PAUSED, CHANGED, MUTED, ASKED, JOINED = "left", "paused", "changed", "muted", "asked", "joined"
"""Events of a recipient: stopped a department's mails, paused all mails, changed other choices or several at once, left out all
subjects of a department, asked to get mails, and confirmed that."""
_REASON_OF_STOP = "avslutad av mottagaren"
_WRITTEN_TO = (RecipientState.ACTIVE, RecipientState.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientEvent:
    """Action of a recipient, about which a mail to the recipient or to the coordinator may be due."""

    id: int
    at: datetime
    email: str
    department: str
    """Department; "" for a sign-up, whose departments `detail` names; one of them for a change."""
    event: str
    language: str
    detail: str
    """Day of the end of a pause, a change as JSON, or ids of departments with commas: those of a sign-up, and in events of
    November 2026 and before those that were chosen with a change."""

    @property
    def departments(self) -> tuple[str, ...]:
        """Return the ids of the departments that a sign-up or a change is for."""
        change = self.change
        return change.after.departments if change is not None else tuple(filter(None, self.detail.split(",")))

    @property
    def change(self) -> ChoiceChange | None:
        """Return the choices before and after a change; None for other events, and for a change that did not keep them."""
        return ChoiceChange.from_json(self.detail) if self.event == CHANGED and self.detail.startswith("{") else None


def list_recipients(config: Config, db: Database) -> list[Subscriber]:
    """Return every recipient of every department: those of `monitor.toml` first, in its order.

    Where mails go to a server, those of example domains are marked; mails that become files may be for them.
    """
    rows = db.execute(
        "SELECT department, email, language, pace, left_out, paused_until, origin, removed, known, added FROM recipients"
        " ORDER BY department, folded"
    )
    stored = [
        Subscriber(
            department=row[0],
            email=row[1],
            language=row[2],
            pace=Pace(row[3]),
            left_out=tuple(json.loads(row[4])),
            paused_until=date.fromisoformat(row[5]) if row[5] else None,
            origin=row[6],
            removed=row[7] is not None,
            known=datetime.fromisoformat(row[8]) if row[8] else None,
            added=datetime.fromisoformat(row[9]),
        )
        for row in rows
    ]
    merged = merge_recipients(config.recipient, stored)
    if config.mail.transport == "files":
        return merged
    return [replace(row, example=not row.is_channel and is_example_address(row.email)) for row in merged]


def active_recipients(config: Config, db: Database, now: datetime) -> list[Subscriber]:
    """Return the recipients that get mails now; not those who left, pause, or are refused by their server."""
    stopped, today = stopped_recipients(db), now.astimezone(config.zone).date()
    return [row for row in list_recipients(config, db) if row.state(stopped, today) is RecipientState.ACTIVE]


def departments_with_recipients(config: Config, db: Database) -> frozenset[str] | None:
    """Return the departments that have a recipient, whatever its state; None where there is none at all."""
    wanted = [row for row in list_recipients(config, db) if not row.removed]
    return frozenset(row.department for row in wanted) if wanted else None


def adopt_recipients(config: Config, db: Database, now: datetime) -> None:
    """Store the recipients of `monitor.toml` that the archive has never seen; they are told what comes from now on."""
    unseen = [row for row in list_recipients(config, db) if not row.stored]
    if unseen:
        with db.atomic():
            for row in unseen:
                _insert(db, row, now)


def _insert(db: Database, row: Subscriber, now: datetime) -> None:
    db.execute(
        "INSERT INTO recipients (department, folded, email, language, pace, left_out, paused_until, origin, added, known)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (department, folded) DO UPDATE SET removed = NULL,"
        " origin = excluded.origin",
        [
            row.department,
            row.folded,
            row.email,
            row.language,
            row.pace.value,
            json.dumps(row.left_out),
            row.paused_until.isoformat() if row.paused_until else None,
            row.origin,
            stamp(now),
            stamp(now),
        ],
    )


def recipient_rows(config: Config, db: Database, email: str) -> list[Subscriber]:
    """Return the rows of an address, one for each department."""
    folded = email.casefold()
    return [row for row in list_recipients(config, db) if row.folded == folded]


def save_choices(config: Config, db: Database, email: str, choices: Choices, now: datetime) -> None:
    """Store the choices of an address; departments that it has and did not choose are left, and others are added.

    What changes is one event, of which the recipient gets one mail; the coordinator is told of each department that was left,
    or all of whose subjects are left out.
    """
    with db.atomic():
        adopt_recipients(config, db, now)
        rows = {row.department: row for row in recipient_rows(config, db, email)}
        stopped, today = stopped_recipients(db), now.astimezone(config.zone).date()
        written = next((row.email for row in rows.values()), email)
        getting = {name: row for name, row in rows.items() if row.state(stopped, today) in _WRITTEN_TO}
        before = choices_before(list((getting or rows).values()), getting, choices, today)
        for department in choices.departments:
            if department not in rows or rows[department].removed:
                row = Subscriber(department=department, email=written, language=choices.language, origin=OWN)
                _insert(db, row, now)
            if (department, row_key := email.casefold()) in stopped:
                resume_recipient(db, department, row_key)
        left = [
            row
            for department, row in rows.items()
            if department not in choices.departments and not row.removed and (department, row.folded) not in stopped
        ]
        for row in left:
            stop_recipient(db, row.department, email, _REASON_OF_STOP, now)
        db.execute(
            "UPDATE recipients SET pace = ?, language = ?, left_out = ?, paused_until = ? WHERE folded = ?",
            [
                choices.pace.value,
                choices.language,
                json.dumps(sorted(choices.left_out)),
                choices.paused_until.isoformat() if choices.paused_until else None,
                email.casefold(),
            ],
        )
        _record_change(db, written, ChoiceChange(before=before, after=choices), left, now, today)


def _record_change(
    db: Database, email: str, change: ChoiceChange, left: Sequence[Subscriber], now: datetime, today: date
) -> None:
    """Store the events of one save: the one that the recipient gets a mail about, and those for the coordinator alone."""
    after, (department, *_) = change.after, (*change.after.departments, *change.before.departments, "")
    if change.is_pause:
        _record(db, email, department, PAUSED, after.language, now, detail=str(after.paused_until))
    elif change.names and not change.is_stop:
        _record(db, email, department, CHANGED, after.language, now, detail=change.to_json())
    told = [_record(db, email, row.department, LEFT, after.language, now) for row in left]
    if change.is_stop:
        told = []
    if after.left_out:
        told += [_record(db, email, muted, MUTED, after.language, now) for muted in change.muted(read_subjects(db, today))]
    # The mail about the change tells the recipient of these as well.
    db.executemany("UPDATE recipient_events SET answered_at = ? WHERE id = ?", [(stamp(now), event) for event in told])


def restore_choices(config: Config, db: Database, event: RecipientEvent, now: datetime) -> None:
    """Give an address the choices again that it had before a change; a pause that is over since then is left out."""
    change, today = event.change, now.astimezone(config.zone).date()
    if change is None:
        return
    pause = change.before.paused_until
    if pause is not None and pause <= today:
        pause = None
    save_choices(config, db, event.email, replace(change.before, paused_until=pause), now)


def leave_department(config: Config, db: Database, department: str, email: str, now: datetime) -> None:
    """Stop a department's mails to a recipient who asks for it; a mail to the recipient says how to undo it."""
    if (department, email.casefold()) in stopped_recipients(db):
        return
    with db.atomic():
        adopt_recipients(config, db, now)
        rows = [row for row in recipient_rows(config, db, email) if row.department == department]
        stop_recipient(db, department, email, _REASON_OF_STOP, now)
        for row in rows:
            _record(db, row.email, department, LEFT, row.language, now)


def return_to_department(db: Database, department: str, email: str) -> None:
    """Let a recipient get a department's mails again, after a stop or in a pause, which ends for all departments as it began."""
    with db.atomic():
        resume_recipient(db, department, email)
        db.execute("UPDATE recipients SET paused_until = NULL WHERE folded = ?", [email.casefold()])


def add_recipient(
    db: Database, department: str, email: str, language: str, now: datetime, *, origin: str = BY_COORDINATOR
) -> None:
    """Let an address get a department's mails, also one that was taken away or has left."""
    with db.atomic():
        _insert(db, Subscriber(department=department, email=email, language=language, origin=origin), now)
        resume_recipient(db, department, email)


def keep_recipient(db: Database, department: str, email: str) -> None:
    """Let an address that no longer stands in `monitor.toml` get the mails all the same."""
    with db.atomic():
        db.execute(
            "UPDATE recipients SET origin = ?, removed = NULL WHERE department = ? AND folded = ?",
            [BY_COORDINATOR, department, email.casefold()],
        )


def remove_recipient(config: Config, db: Database, department: str, email: str, now: datetime) -> None:
    """Take an address away from a department; a row stays only while `monitor.toml` has it, or it would be added again."""
    folded = email.casefold()
    with db.atomic():
        adopt_recipients(config, db, now)
        listed = any(row.listed for row in recipient_rows(config, db, email) if row.department == department)
        if listed:
            db.execute(
                "UPDATE recipients SET removed = ?, origin = ? WHERE department = ? AND folded = ?",
                [stamp(now), FROM_SETTINGS, department, folded],
            )
        else:
            db.execute("DELETE FROM recipients WHERE department = ? AND folded = ?", [department, folded])
        db.execute("DELETE FROM suppressed WHERE department = ? AND recipient = ?", [department, folded])


def ask_to_join(db: Database, email: str, departments: Sequence[str], language: str, now: datetime) -> None:
    """Store that somebody asks for mails to an address; a mail to it asks for a confirmation."""
    with db.atomic():
        _record(db, email, "", ASKED, language, now, detail=",".join(departments))


def count_asked(db: Database, since: datetime, email: str = "") -> int:
    """Return how many sign-ups were asked for since a time, of one address or of all."""
    (count,) = db.execute(
        "SELECT count(*) FROM recipient_events WHERE event = ? AND at > ? AND (? = '' OR folded = ?)",
        [ASKED, stamp(since), email.casefold(), email.casefold()],
    ).fetchone()
    return int(count)


def erase_unconfirmed(db: Database, before: datetime) -> int:
    """Delete the sign-ups from before a time that nobody confirmed; return their number."""
    with db.atomic():
        return db.execute("DELETE FROM recipient_events WHERE event = ? AND at < ?", [ASKED, stamp(before)]).rowcount


def find_event(db: Database, number: int) -> RecipientEvent | None:
    """Return an event by its id, or None."""
    return next(iter(_events(db, "id = ?", [number])), None)


def join(db: Database, asked: RecipientEvent, departments: Sequence[str], now: datetime) -> None:
    """Let the address of a confirmed sign-up get the mails of these departments; the coordinator is told."""
    with db.atomic():
        for department in departments:
            add_recipient(db, department, asked.email, asked.language, now, origin=OWN)
        db.execute(
            "UPDATE recipient_events SET event = ?, at = ?, reported_at = NULL WHERE id = ?", [JOINED, stamp(now), asked.id]
        )


def list_unanswered(db: Database) -> list[RecipientEvent]:
    """Return the events of which the recipient is still to get a mail, oldest first."""
    return _events(db, f"answered_at IS NULL AND event IN ('{LEFT}', '{PAUSED}', '{CHANGED}', '{ASKED}')", [])


def list_unreported(db: Database) -> list[RecipientEvent]:
    """Return the events that the coordinator is still to be told of, oldest first."""
    return _events(db, f"reported_at IS NULL AND event IN ('{LEFT}', '{MUTED}', '{JOINED}')", [])


def mark_answered(db: Database, event: RecipientEvent, now: datetime) -> None:
    """Store that the recipient gets a mail about an event."""
    db.execute("UPDATE recipient_events SET answered_at = ? WHERE id = ?", [stamp(now), event.id])


def mark_events_reported(db: Database, events: Sequence[RecipientEvent], now: datetime) -> None:
    """Store that the coordinator gets a letter about these events."""
    db.executemany("UPDATE recipient_events SET reported_at = ? WHERE id = ?", [(stamp(now), event.id) for event in events])


def _record(db: Database, email: str, department: str, event: str, language: str, now: datetime, detail: str = "") -> int:
    """Store an event and return its id."""
    cursor = db.execute(
        "INSERT INTO recipient_events (at, folded, email, department, event, language, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [stamp(now), email.casefold(), email, department, event, language, detail],
    )
    return int(cursor.lastrowid or 0)


def _events(db: Database, where: str, values: Sequence[object]) -> list[RecipientEvent]:
    rows = db.execute(
        f"SELECT id, at, email, department, event, language, detail FROM recipient_events WHERE {where} ORDER BY id", list(values)
    )
    return [
        RecipientEvent(
            id=row[0],
            at=datetime.fromisoformat(row[1]),
            email=row[2],
            department=row[3],
            event=row[4],
            language=row[5],
            detail=row[6],
        )
        for row in rows.fetchall()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientStop:
    """Recipient that gets no mails of a department, or almost none: all its subjects are left out."""

    department: str
    recipient: str
    since: datetime | None
    """Time of the stop; None for left out subjects of which no event is kept."""
    explanation: str
    """Swedish sentence, without full stop, about who stopped the mails and when."""


def list_stops(config: Config, db: Database, now: datetime) -> list[RecipientStop]:
    """Return the recipients that get no mails because of a stop, or almost none, the latest first; once per department."""
    stopped = {(suppression.department, suppression.recipient): suppression for suppression in list_suppressions(db)}
    recipients = list_recipients(config, db)
    muted = _muted_since(db, recipients, now.astimezone(config.zone).date())
    stops = []
    for recipient in recipients:
        suppression = stopped.get((recipient.department, recipient.folded)) or stopped.get(("", recipient.folded))
        if recipient.removed:
            continue
        key = recipient.department, recipient.folded
        since: datetime | None
        if suppression is not None:
            since, reason = suppression.since, _reason(suppression, config.zone)
        elif key in muted:
            since, reason = muted[key], _reason_of_muted(muted[key], config.zone)
        else:
            continue
        explanation = f"{recipient.email} {reason}"
        stops.append(
            RecipientStop(department=recipient.department, recipient=recipient.email, since=since, explanation=explanation)
        )
    return sorted(
        stops, key=lambda stop: (stop.since.timestamp() if stop.since else 0, stop.department, stop.recipient), reverse=True
    )


def _reason(stop: Suppression, zone: ZoneInfo) -> str:
    day = f"{stop.since.astimezone(zone):%Y-%m-%d}"
    if not stop.department:
        return f"tar inte emot mejl sedan {day} ({describe_delivery(stop.error)})"
    return f"slutade själv få mejlen {day}"


def _reason_of_muted(since: datetime | None, zone: ZoneInfo) -> str:
    day = f" {since.astimezone(zone):%Y-%m-%d}" if since is not None else ""
    return f"valde själv bort alla ämnen{day}"


def _muted_since(db: Database, recipients: Iterable[Subscriber], today: date) -> dict[tuple[str, str], datetime | None]:
    """Return the recipients with all subjects of a department left out as (department, address in lower case): since when."""
    choosy = [recipient for recipient in recipients if recipient.left_out]
    if not choosy:
        return {}
    subjects = read_subjects(db, today)
    rows = db.execute("SELECT department, folded, max(at) FROM recipient_events WHERE event = ? GROUP BY 1, 2", [MUTED])
    known = {(row[0], row[1]): datetime.fromisoformat(row[2]) for row in rows}
    muted = [row for row in choosy if is_muted(row.left_out, row.department, subjects)]
    return {key: known.get(key) for key in ((row.department, row.folded) for row in muted)}


def silenced_departments(config: Config, db: Database, now: datetime) -> dict[str, list[str]]:
    """Return the departments that have recipients of whom none gets mails, sorted, each with the reasons as Swedish sentences."""
    stopped, today = stopped_recipients(db), now.astimezone(config.zone).date()
    stops = {(stop.department, stop.recipient.casefold()): stop for stop in list_stops(config, db, now)}
    # Latest stop first, as `list_stops` has them; the other reasons follow.
    order = {key: number for number, key in enumerate(stops)}
    by_department: dict[str, list[Subscriber]] = {}
    for recipient in list_recipients(config, db):
        by_department.setdefault(recipient.department, []).append(recipient)
    silenced = {}
    for department, recipients in sorted(by_department.items()):
        active = [row for row in recipients if row.state(stopped, today) is RecipientState.ACTIVE]
        if any((row.department, row.folded) not in stops for row in active):
            continue
        rows = sorted(recipients, key=lambda row: order.get((row.department, row.folded), len(order)))
        silenced[department] = [
            stops[key].explanation if (key := (row.department, row.folded)) in stops else _other_reason(row, today)
            for row in rows
        ]
    return silenced


def unread_departments(config: Config, db: Database, departments: Iterable[str], now: datetime) -> set[str]:
    """Return those of some departments whose mails nobody gets: without a recipient, or with none who is active."""
    known = {recipient.department for recipient in list_recipients(config, db)}
    return {department for department in departments if department not in known} | set(silenced_departments(config, db, now))


def _other_reason(recipient: Subscriber, today: date) -> str:
    if recipient.removed:
        return f"{recipient.email} är borttagen av samordnaren"
    if recipient.example:
        return f"{recipient.email} är ett exempel och får aldrig något mejl"
    if recipient.paused_until is not None and today < recipient.paused_until:
        return f"{recipient.email} har paus till {recipient.paused_until}"
    return f"{recipient.email} står inte längre i monitor.toml"
