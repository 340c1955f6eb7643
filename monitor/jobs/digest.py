"""Job `digest`: build each department's mail of the week and store it with its outbox rows."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.archive import Archive, lock
from monitor.archive.digests import (
    NewDigest,
    StoredCalendar,
    StoredDigest,
    StoredRendering,
    find_digest,
    last_digest,
    last_told,
    list_failures,
    next_number,
    save_digest,
    source_health,
    store_failure,
)
from monitor.archive.files import load_secret
from monitor.archive.numbers import CallNumbers
from monitor.archive.recipients import active_recipients, adopt_recipients, silenced_departments
from monitor.config import Config
from monitor.digest.answers import Signer
from monitor.digest.choose import choose_corrections, open_known_calls
from monitor.digest.layout import Occasion
from monitor.digest.memory import CandidateMemory
from monitor.digest.model import Candidate, Selection, SourceHealth
from monitor.digest.render import Rendered, Rendering, Templates, load_templates, render_mail
from monitor.digest.wording import iso_week
from monitor.errors import ArchiveError, ConfigError, LockedError, MonitorError
from monitor.jobs.candidates import judge_sources
from monitor.jobs.channels import active_channels, write_card
from monitor.jobs.choosing import MailChooser
from monitor.jobs.circumstances import audience_of, with_reminders
from monitor.jobs.digest_report import (
    THIS_WEEK,
    BuildOptions,
    BuildReport,
    DigestDraft,
    DigestReport,
    report_of,
    report_of_corrections,
    report_of_failure,
    told_facts,
    write_dry_run,
)
from monitor.jobs.health import refuse_wrong_clock
from monitor.jobs.rules import load_checked
from monitor.jobs.streams import RecipientLedger, StreamMail, as_seen, narrowed, outbox_row
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Department
from monitor.subscription import Stream, Subscriber, is_behind, is_due
from monitor.vocabulary import WEEKS_MAILS, DigestState, MailKind, Pace

logger = logging.getLogger(__name__)

_MISSED_PERIOD = timedelta(days=35)
"""Period before a mail of which it names calls that came and closed: a month, also after a long pause."""
_RETRY_PERIOD = timedelta(days=8)
"""Period after a failure in which a department's weekly mail is built with the next corrections."""
_SHARED_ERRORS = (ConfigError, ArchiveError, LockedError, OSError, MemoryError)
"""Errors of the installation or the machine, which stop the job instead of one department's mail."""


def build_digests(
    config: Config,
    archive: Archive,
    now: datetime,
    options: BuildOptions = THIS_WEEK,
    *,
    rules: RuleSet | None = None,
) -> BuildReport:
    """Build each department's mail of the week, and corrections for departments that have theirs.

    Building again changes nothing.

    A department whose mail cannot be built is reported as FAILED, with the reason, and noted in the archive; the others get
    theirs, and it is tried again with the next corrections.

    Args:
        config: The installation.
        archive: Its archive.
        now: Time of the mails.
        options: The mails to build.
        rules: Rules to use; None for those of the settings, checked.

    Raises:
        ConfigError: An unknown department is named, in the options or by a recipient.
        RuleErrors: The rules of the settings have errors.
        LockedError: Another run is building digests.
        MonitorError: No department's mail could be built, or the clock is wrong.
    """
    # A digest that a power failure takes back is built again as it was; a mail that has left is marked for good and keeps its
    # digest.
    with lock(config.data_dir, "digest"), archive.db.relaxed_durability():
        if not options.dry_run:
            refuse_wrong_clock(config, archive.db, now)
        builder = DigestBuilder(
            config, archive, rules or load_checked(archive, config.rules_dir), now, week=options.week, dry_run=options.dry_run
        )
        report = BuildReport(week=builder.week)
        failed = {department for department, week, _ in list_failures(archive.db, now - _RETRY_PERIOD) if week == builder.week}
        departments = builder.departments(options.departments)
        errors: list[Exception] = []
        for department in departments:
            weekly = not options.corrections_only or department.id in failed
            try:
                _build(builder, report, department, weekly=weekly, corrections=not options.dry_run)
            except _SHARED_ERRORS:
                raise
            except Exception as error:
                if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
                    raise  # the archive's trouble, not the department's
                errors.append(error)
                report.digests.append(_failure(archive, builder.week, department, error, now, stored=not options.dry_run))
        if len(errors) == len(departments) and isinstance(errors[0], MonitorError):
            raise errors[0]
    return report


def _build(builder: DigestBuilder, report: BuildReport, department: Department, *, weekly: bool, corrections: bool) -> None:
    """Build one department's mail of the week, or its correction, into the report."""
    # A weekly mail that is built now tells everything that a correction would.
    fresh = weekly and not builder.is_built(department)
    if weekly:
        report.digests.append(builder.weekly(department))
    # Those who get no mail this week are not told by it.
    if corrections and (not fresh or builder.has_readers_apart(department)):
        correction = builder.correction(department)
        if correction is not None:
            report.corrections.append(correction)


def _failure(
    archive: Archive, week: str, department: Department, error: Exception, now: datetime, *, stored: bool
) -> DigestReport:
    report = report_of_failure(department.id, error)
    logger.error("digest_failed department=%s week=%s", department.id, week, exc_info=error)
    if stored:
        store_failure(archive.db, department.id, week, report.reason, now)
    return report


def build_previews(config: Config, archive: Archive, now: datetime, *, rules: RuleSet | None = None) -> BuildReport:
    """Build the coordinator's copies of the mails that tomorrow's digest will hold, as they would be now."""
    tomorrow = (now.astimezone(config.zone) + timedelta(days=1)).date()
    with lock(config.data_dir, "digest"):
        builder = DigestBuilder(config, archive, rules or load_checked(archive, config.rules_dir), now, week=iso_week(tomorrow))
        previews = []
        for department in builder.departments(()):
            try:
                previews.append(builder.preview(department))
            except _SHARED_ERRORS:
                raise
            except Exception as error:
                if isinstance(error, sqlite3.Error):
                    raise
                previews.append(_failure(archive, builder.week, department, error, now, stored=False))
    return BuildReport(week=builder.week, digests=[preview for preview in previews if preview is not None])


class DigestBuilder:
    """Builder of the digests of one installation at one time.

    Everything it decides follows from the archive and `now`.
    """

    def __init__(
        self,
        config: Config,
        archive: Archive,
        rules: RuleSet,
        now: datetime,
        *,
        week: str | None = None,
        dry_run: bool = False,
        memory: CandidateMemory | None = None,
    ) -> None:
        """Prepare to build the mails of a week, that of `now` by default.

        With `dry_run` nothing is stored, and each department's candidates are read once, into `memory` where it is given; it
        must be of the same rules and of `now`.
        """
        self._config = config
        self._db = archive.db
        self._now = now.astimezone(config.zone)
        self._week = week or iso_week(self._now.date())
        self._dry_run = dry_run
        self._rules = rules
        self._templates: Templates = load_templates(config.digests_dirs)
        self._signer = Signer(secrets.token_bytes(32) if dry_run else load_secret(config.data_dir))
        memory = (memory or CandidateMemory(self._now)) if dry_run else None
        self._chooser = MailChooser(config, archive.db, rules, self._now, self._week, memory)
        self._health: tuple[SourceHealth, ...] = judge_sources(config, source_health(archive.db), self._now)
        self._numbers = CallNumbers(archive.db)
        for recipient in config.recipient:
            if recipient.department not in self._rules.departments:
                raise ConfigError(
                    str(config.path or "settings"),
                    f"recipient: reglerna har ingen förvaltning {recipient.department!r}"
                    f" (det finns {', '.join(self._rules.departments)})",
                )
        if not dry_run:
            adopt_recipients(config, archive.db, now)
        self._active = self._read_active()

    def _read_active(self) -> list[Subscriber]:
        """Return the recipients and the channels that get mails, each with what it was told."""
        return [
            *active_recipients(self._config, self._db, self._now),
            *active_channels(self._config, self._db),
        ]

    @property
    def week(self) -> str:
        """Return the ISO week that is built."""
        return self._week

    def for_week(self, week: str) -> DigestBuilder:
        """Return a builder of another week's mails that shares what this one has read."""
        other = copy(self)
        other._week, other._chooser = week, self._chooser.for_week(week)
        return other

    def without_choices(self) -> DigestBuilder:
        """Return a builder of the same mails without the coordinator's choices, which shares what this one has read."""
        other = copy(self)
        other._chooser = self._chooser.without_choices()
        return other

    def departments(self, ids: Iterable[str]) -> list[Department]:
        """Return the enabled departments with these ids, or all of them.

        Raises:
            ConfigError: The id is unknown.
        """
        named = list(ids)
        for department in named:
            if department not in self._rules.departments:
                raise ConfigError(
                    "--department", f"there is no department {department!r} (there are {', '.join(self._rules.departments)})"
                )
        return [
            department
            for department in self._rules.departments.values()
            if department.enabled and (not named or department.id in named)
        ]

    def recipients(self, department: Department) -> list[Subscriber]:
        """Return the recipients that get the department's mails; not those who stopped or paused them."""
        return [recipient for recipient in self._active if recipient.department == department.id]

    def _due_recipients(self, department: Department) -> list[Subscriber]:
        return [recipient for recipient in self.recipients(department) if is_due(recipient, self._now, self._config.zone)]

    def is_built(self, department: Department) -> bool:
        """Return whether the department's mail of the week is stored already."""
        return find_digest(self._db, department.id, self._week) is not None

    def weekly(self, department: Department) -> DigestReport:
        """Build and store the department's mail of the week; return the state of the one that is stored already, if any."""
        recipients = self._due_recipients(department)
        existing = find_digest(self._db, department.id, self._week)
        if existing is not None and not self._dry_run:
            return report_of(existing)
        if not recipients and not self._dry_run:
            return DigestReport(
                department=department.id,
                state=DigestState.NO_RECIPIENT,
                items=0,
                sections={},
                reason=self._why_nobody(department),
            )
        last = last_digest(self._db, department.id)
        candidates = self._chooser.week_candidates(department, last)
        selection, ahead = self._chooser.select(department, last, candidates)
        streams = self._ledger(department, recipients).streams(candidates)
        digest_id = f"{self._week}-{department.id}"
        mails = [self._stream_mail(department, stream, selection, last, candidates) for stream in streams if not stream.plain]
        plain = next((stream.recipients for stream in streams if stream.plain), ())
        if selection.kind is MailKind.QUIET and self._is_silent(department):
            plain = ()
        rendered = self._render(digest_id, department, selection, plain, ahead=ahead, last=last)
        return self._store(digest_id, department, selection, rendered, plain, others=[mail for mail in mails if mail is not None])

    def _why_nobody(self, department: Department) -> str:
        """Return why nobody gets the department's mail now, in Swedish; "" when nobody was ever named."""
        reasons = self._silenced(department)
        if not reasons:
            reasons = [f"{recipient.email} får mejl en gång i månaden" for recipient in self.recipients(department)]
        return "; ".join(reasons)

    def _silenced(self, department: Department) -> Sequence[str]:
        """Return why each of the department's recipients gets no mails, in Swedish; empty where one does."""
        return silenced_departments(self._config, self._db, self._now).get(department.id, ())

    def _stream_mail(
        self,
        department: Department,
        stream: Stream,
        selection: Selection,
        last: StoredDigest | None,
        candidates: Sequence[Candidate],
    ) -> StreamMail | None:
        """Return the mail of recipients who know other things or have narrowed their mails; None when they get none now."""
        ahead: tuple[Candidate, ...] = ()
        previous = stream.since or (last.created if last is not None else None)
        if stream.since is not None or stream.apart.unaware or stream.apart.own:
            if stream.since is not None:
                candidates = self._chooser.candidates(department, stream.since, comments=True)
            seen = as_seen(candidates, stream)
            missed_since = max(previous, self._now - _MISSED_PERIOD) if previous is not None else None
            selection = self._chooser.choose(department, seen, missed_since)
            ahead = open_known_calls(seen, self._now) if selection.kind is MailKind.QUIET else ()
        selection = narrowed(selection, stream, self._rules)
        if selection.kind is MailKind.QUIET and (stream.certain or self._is_silent(department)):
            return None
        return StreamMail(stream=stream, selection=selection, ahead=ahead, previous=previous)

    def _ledger(self, department: Department, recipients: Sequence[Subscriber]) -> RecipientLedger:
        return RecipientLedger(self._config, self._db, department.id, recipients, self._now)

    def has_readers_apart(self, department: Department) -> bool:
        """Return whether a recipient may know other things of the department's calls than the department's mail tells."""
        told = last_told(self._db, department.id)
        return any(one.pace is Pace.MONTHLY or is_behind(one, told) for one in self.recipients(department))

    def correction(self, department: Department) -> DigestReport | None:
        """Build and store a correction when something that the department was told no longer holds; None when all does.

        Recipients who get mails once a month, or missed some, are told what has changed of their own mails' calls. For them it
        is not a mail of the series: the next one goes on from the one before.
        """
        last, recipients = last_digest(self._db, department.id), self.recipients(department)
        if last is None or not recipients:
            return None
        candidates = self._chooser.candidates(department, last.created)
        selection = choose_corrections(candidates, self._now)
        ledger = self._ledger(department, recipients)
        plain = [
            recipient
            for stream in ledger.streams(candidates)
            for recipient in stream.recipients
            if stream.plain and not ledger.is_alone(recipient)
        ]
        others = [recipient for recipient in recipients if recipient not in plain]
        mails = ledger.corrections(others, candidates, self._rules, self._now)
        shared = selection.items and (plain or not all(mail.alone for mail in mails))
        if not mails and not shared:
            return None
        stem = f"{iso_week(self._now.date())}-{department.id}-r"
        digest_id = f"{stem}{next_number(self._db, stem)}"
        if not shared:
            return self._store_alone(digest_id, department, mails)
        rendered = self._render(digest_id, department, selection, plain, last=None)
        return self._store(digest_id, department, selection, rendered, plain, others=mails)

    def _store_alone(self, digest_id: str, department: Department, mails: Sequence[StreamMail]) -> DigestReport:
        """Store corrections of some recipients; nothing counts as told to the department."""
        made = [self._own_digest(f"{digest_id}-val{number}", department, mail) for number, mail in enumerate(mails, 1)]
        with self._db.atomic():
            for digest in made:
                save_digest(self._db, digest)
        logger.info("corrections_built department=%s mails=%d", department.id, sum(len(one.addresses) for one in made))
        return report_of_corrections(department.id, [mail.selection for mail in mails], made[0].renderings[0].subject)

    def preview(self, department: Department) -> DigestReport | None:
        """Build and store the coordinator's copy of the department's next mail; nothing counts as told.

        Returns:
            None when the department has no recipient, or has its mail or its preview already.

        Raises:
            ConfigError: The settings name no address for previews.
        """
        if not self._config.digest.preview:
            raise ConfigError(
                str(self._config.path or "settings"), "digest.preview: väntade en adress som får förhandsvisningarna"
            )
        if not self.recipients(department) or find_digest(self._db, department.id, self._week) is not None:
            return None
        digest_id = f"{self._week}-{department.id}-{MailKind.PREVIEW}"
        if next_number(self._db, digest_id) > 1:
            return None
        last = last_digest(self._db, department.id)
        selection, ahead = self._chooser.select(department, last, self._chooser.week_candidates(department, last))
        coordinator = [Subscriber(department=department.id, email=self._config.digest.preview)]
        rendered = self._render(digest_id, department, selection, coordinator, ahead=ahead, last=last)
        return self._store(digest_id, department, selection, rendered, coordinator, preview=True)

    def plan(self, department: Department) -> Selection:
        """Return the contents of the department's next mail as they would be now."""
        last = last_digest(self._db, department.id)
        return self._chooser.select(department, last, self._chooser.week_candidates(department, last))[0]

    def streams(self, department: Department, recipients: Sequence[Subscriber] | None = None) -> list[Stream]:
        """Return the recipients of the department's next mail, or those that are given, grouped by the mail that they get."""
        readers = self._due_recipients(department) if recipients is None else recipients
        candidates = self._chooser.week_candidates(department, last_digest(self._db, department.id))
        return self._ledger(department, readers).streams(candidates)

    def draft(self, department: Department, stream: Stream | None = None) -> DigestDraft | None:
        """Return the department's next mail as it would be now, or the one of some of its recipients.

        Returns:
            None when these recipients get no mail now.
        """
        last = last_digest(self._db, department.id)
        candidates = self._chooser.week_candidates(department, last)
        selection, ahead = self._chooser.select(department, last, candidates)
        unplaced = self._chooser.without_places(department, last, candidates, selection)
        digest_id = f"{self._week}-{department.id}"
        if stream is not None and not stream.plain:
            mail = self._stream_mail(department, stream, selection, last, candidates)
            if mail is None:
                return None
            rendered = self._own_rendering(digest_id, department, mail)
            return DigestDraft(
                department=department.id, selection=mail.selection, rendered=rendered, unplaced=unplaced, candidates=candidates
            )
        if stream is not None and selection.kind is MailKind.QUIET and self._is_silent(department):
            return None
        recipients = stream.recipients if stream is not None else ()
        rendered = self._render(digest_id, department, selection, recipients, ahead=ahead, last=last)
        return DigestDraft(
            department=department.id, selection=selection, rendered=rendered, unplaced=unplaced, candidates=candidates
        )

    def _is_silent(self, department: Department) -> bool:
        return self._config.digest.quiet == "nothing" or department.id in self._config.digest.silent

    def _render(
        self,
        digest_id: str,
        department: Department,
        selection: Selection,
        recipients: Sequence[Subscriber],
        *,
        last: StoredDigest | None,
        ahead: tuple[Candidate, ...] = (),
    ) -> Rendered:
        previous_week = last.week if last and last.week < self._week else ""
        return self._render_mail(digest_id, department, selection, recipients, previous_week=previous_week, ahead=ahead)

    def _render_mail(
        self,
        digest_id: str,
        department: Department,
        selection: Selection,
        recipients: Sequence[Subscriber],
        *,
        previous_week: str,
        ahead: tuple[Candidate, ...],
    ) -> Rendered:
        languages = list(dict.fromkeys(recipient.language for recipient in recipients)) or ["sv"]
        occasion = Occasion(
            digest=digest_id,
            week=self._week,
            now=self._now,
            previous_week=previous_week,
            health=self._health,
            ahead=ahead,
            top=self._chooser.choices(department).mail_note,
        )
        occasion = with_reminders(occasion, self._config, self._db, self._rules, department, selection, languages)
        audience = audience_of(self._config, self._db, department, self._numbers, selection, languages)
        return render_mail(self._templates, selection, audience, occasion, self._signer, languages)

    def _store(
        self,
        digest_id: str,
        department: Department,
        selection: Selection,
        rendered: Rendered,
        recipients: Sequence[Subscriber],
        *,
        preview: bool = False,
        others: Sequence[StreamMail] = (),
    ) -> DigestReport:
        state = DigestState.WAITING if recipients or others else DigestState.SILENT
        report = DigestReport(
            department=department.id,
            state=DigestState.PREVIEW if self._dry_run else state,
            items=len(selection.everything),
            sections=selection.counts(),
            kind=selection.kind.value,
            subject=rendered.renderings[0].subject,
            file=write_dry_run(self._config.data_dir, digest_id, rendered) if self._dry_run else None,
            reason="" if recipients or others else "; ".join(self._silenced(department)),
        )
        if self._dry_run:
            return report
        new = NewDigest(
            id=digest_id,
            department=department.id,
            week=self._week,
            kind=MailKind.PREVIEW.value if preview else selection.kind.value,
            created=self._now,
            items=report.items,
            sections=report.sections,
            facts=() if preview else told_facts(selection, rendered),
            renderings=[self._stored_rendering(rendering, recipients, preview=preview) for rendering in rendered.renderings],
            calendars=_stored_calendars(rendered),
            addresses=[outbox_row(self._config, digest_id, recipient, follows=not preview) for recipient in recipients],
            edits=self._chooser.used_edits(department, selection) if selection.kind in WEEKS_MAILS and not preview else (),
        )
        made = [self._own_digest(f"{digest_id}-val{number}", department, mail) for number, mail in enumerate(others, 1)]
        # All or none: what the department's mail tells counts as told to everybody whose own mail is stored with it.
        with self._db.atomic():
            for digest in (new, *made):
                save_digest(self._db, digest)
        self._active = self._read_active()  # what they know has changed
        logger.info(
            "digest_built department=%s week=%s kind=%s items=%d mails=%d",
            department.id,
            self._week,
            report.kind,
            report.items,
            sum(len(digest.addresses) for digest in (new, *made)),
        )
        return report

    def _own_rendering(self, digest_id: str, department: Department, mail: StreamMail) -> Rendered:
        previous_week = iso_week(mail.previous.astimezone(self._config.zone).date()) if mail.previous else ""
        return self._render_mail(
            digest_id,
            department,
            mail.selection,
            mail.stream.recipients,
            previous_week=previous_week if previous_week < self._week else "",
            ahead=mail.ahead,
        )

    def _own_digest(self, digest_id: str, department: Department, mail: StreamMail) -> NewDigest:
        rendered = self._own_rendering(digest_id, department, mail)
        return NewDigest(
            id=digest_id,
            department=department.id,
            week=self._week,
            kind=MailKind.OWN.value,
            created=self._now,
            items=len(mail.selection.everything),
            sections=mail.selection.counts(),
            shown=told_facts(mail.selection, rendered),
            alone=mail.alone,
            renderings=[self._stored_rendering(rendering) for rendering in rendered.renderings],
            calendars=_stored_calendars(rendered),
            addresses=[
                outbox_row(self._config, digest_id, recipient, follows=not mail.alone) for recipient in mail.stream.recipients
            ],
        )

    def _stored_rendering(
        self, rendering: Rendering, recipients: Sequence[Subscriber] = (), *, preview: bool = False
    ) -> StoredRendering:
        subject = rendering.subject
        if preview:
            subject = self._templates.wording(rendering.language).say("subject.preview", subject=subject)
        stored = StoredRendering(language=rendering.language, subject=subject, html=rendering.html, text=rendering.text)
        return replace(stored, card=write_card(rendering, recipients))


def _stored_calendars(rendered: Rendered) -> list[StoredCalendar]:
    return [StoredCalendar(language=file.language, name=file.name, content=file.content) for file in rendered.calendars]
