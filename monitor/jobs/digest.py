"""The digest job: build each department's mail of the week and store it with its outbox rows."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.archive import Archive, lock
from monitor.archive.digests import (
    CandidateMatch,
    CandidateReader,
    CandidateRow,
    MatchDetails,
    NewDigest,
    NewOutboxRow,
    StoredDigest,
    StoredRendering,
    ToldFact,
    find_digest,
    last_digest,
    list_failures,
    next_number,
    save_digest,
    source_health,
    store_failure,
)
from monitor.archive.files import load_secret
from monitor.archive.outbox import is_stopped, list_stops, stopped_recipients
from monitor.archive.overrides import Overrides, read_overrides
from monitor.calls import Call, within_calendar
from monitor.config import Config
from monitor.digest.answers import Signer
from monitor.digest.choose import choose, choose_corrections, still_ahead
from monitor.digest.layout import Occasion
from monitor.digest.model import Audience, Candidate, Choice, Event, FitLine, Match, Reasons, Selection, SourceHealth, Told
from monitor.digest.render import Rendered, Templates, load_templates, render_mail
from monitor.digest.wording import iso_week
from monitor.errors import ArchiveError, ConfigError, LockedError, MonitorError
from monitor.jobs.rules import load_checked
from monitor.language.shares import Shares
from monitor.mail.message import message_id
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Department
from monitor.settings import Recipient
from monitor.sources import CLOCK_SLACK, Source
from monitor.vocabulary import ACCEPTED_RUNS, Level, MailKind

logger = logging.getLogger(__name__)
_RETRIED = timedelta(days=8)
_NOT_ONE_DEPARTMENTS = (ConfigError, ArchiveError, LockedError, OSError, MemoryError)

__all__ = ["BuildReport", "DigestReport", "build_digests", "build_previews"]


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """What one run of `digest` built, and what stood there already."""

    week: str
    digests: list[DigestReport] = field(default_factory=list)
    corrections: list[DigestReport] = field(default_factory=list)


def build_digests(
    config: Config,
    archive: Archive,
    now: datetime,
    *,
    week: str | None = None,
    departments: Iterable[str] = (),
    dry_run: bool = False,
    corrections_only: bool = False,
    rules: RuleSet | None = None,
) -> BuildReport:
    """Build what is due: each department's mail of the week, and corrections to those who already have theirs.

    A department whose mail cannot be built is reported as `failed`, with the reason, and noted in the archive; the others get theirs, and
    it is tried again with the next corrections. Raises MonitorError when no mail at all could be built for the same kind of reason.
    Building again changes nothing. A dry run stores nothing and writes the mails to `preview/` in the data folder.
    """
    # A digest that a power failure takes back is built again as it was; a mail that has left is marked for good, and keeps its digest.
    with lock(config.data_dir, "digest"), archive.db.relaxed_durability():
        builder = DigestBuilder(
            config, archive, rules or load_checked(archive, config.rules_dir), now, week=week, dry_run=dry_run
        )
        report = BuildReport(week=builder.week)
        failed = {department for department, week, _ in list_failures(archive.db, now - _RETRIED) if week == builder.week}
        found = builder.departments(departments)
        errors: list[Exception] = []
        for department in found:
            weekly = not corrections_only or department.id in failed
            try:
                _build(builder, report, department, weekly=weekly, corrections=not dry_run)
            except _NOT_ONE_DEPARTMENTS:
                raise
            except Exception as error:
                if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
                    raise  # the archive's trouble, not the department's
                errors.append(error)
                report.digests.append(_failure(archive, builder.week, department, error, now, stored=not dry_run))
        if len(errors) == len(found) and isinstance(errors[0], MonitorError):
            raise errors[0]
    return report


def _build(builder: DigestBuilder, report: BuildReport, department: Department, *, weekly: bool, corrections: bool) -> None:
    """Build one department's mail of the week, or its correction, into the report."""
    # A weekly mail that is built now tells everything that a correction would.
    fresh = weekly and not builder.is_built(department)
    if weekly:
        report.digests.append(builder.weekly(department))
    if corrections and not fresh:
        correction = builder.correction(department)
        if correction is not None:
            report.corrections.append(correction)


def _failure(
    archive: Archive, week: str, department: Department, error: Exception, now: datetime, *, stored: bool
) -> DigestReport:
    reason = f"mejlet kunde inte skrivas ({error if isinstance(error, MonitorError) else f'{type(error).__name__}: {error}'})"
    logger.error("digest_failed department=%s week=%s", department.id, week, exc_info=error)
    if stored:
        store_failure(archive.db, department.id, week, reason, now)
    return DigestReport(department=department.id, state="failed", items=0, sections={}, reason=reason)


def build_previews(config: Config, archive: Archive, now: datetime, *, rules: RuleSet | None = None) -> BuildReport:
    """Build the coordinator's copies of the mails that tomorrow's digest will hold, as they would be now."""
    tomorrow = (now.astimezone(config.zone) + timedelta(days=1)).date()
    with lock(config.data_dir, "digest"):
        builder = DigestBuilder(config, archive, rules or load_checked(archive, config.rules_dir), now, week=iso_week(tomorrow))
        previews = []
        for department in builder.departments(()):
            try:
                previews.append(builder.preview(department))
            except _NOT_ONE_DEPARTMENTS:
                raise
            except Exception as error:
                if isinstance(error, sqlite3.Error):
                    raise
                previews.append(_failure(archive, builder.week, department, error, now, stored=False))
    return BuildReport(week=builder.week, digests=[preview for preview in previews if preview is not None])


PREVIEW = "preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """One department's digest: an item of `digest --json`. `file` is what a dry run wrote to look at; `reason` says in Swedish why
    there is no mail."""

    department: str
    state: str
    items: int
    sections: dict[str, int]
    kind: str = ""
    subject: str = ""
    file: Path | None = None
    reason: str = ""


class DigestBuilder:
    """Builds digests for one installation at one moment. Everything it decides follows from the archive and `now`."""

    def __init__(
        self,
        config: Config,
        archive: Archive,
        rules: RuleSet,
        now: datetime,
        *,
        week: str | None = None,
        dry_run: bool = False,
    ) -> None:
        self._config = config
        self._db = archive.db
        self._now = now.astimezone(config.zone)
        self._week = week or iso_week(self._now.date())
        self._dry_run = dry_run
        self._rules = rules
        self._templates: Templates = load_templates(config.digests_dirs)
        self._signer = Signer(secrets.token_bytes(32) if dry_run else load_secret(config.data_dir))
        self._reader = CandidateReader(archive.db, self._now)
        self._health: tuple[SourceHealth, ...] = health(config, source_health(archive.db), self._now)
        self._stopped = stopped_recipients(archive.db)
        self._chosen: dict[str, Overrides] = {}
        for recipient in config.recipient:
            if recipient.department not in self._rules.departments:
                raise ConfigError(
                    str(config.path or "settings"),
                    f"recipient: there is no department {recipient.department!r} in the rules"
                    f" (there are {', '.join(self._rules.departments)})",
                )

    @property
    def week(self) -> str:
        """The week that is built."""
        return self._week

    def departments(self, ids: Iterable[str]) -> list[Department]:
        """The departments named, else all that get digests; ConfigError for an unknown one."""
        named = list(ids)
        for department in named:
            if department not in self._rules.departments:
                raise ConfigError(
                    "--department", f"there is no department {department!r} (there are {', '.join(self._rules.departments)})"
                )
        return [one for one in self._rules.departments.values() if one.enabled and (not named or one.id in named)]

    def recipients(self, department: Department) -> list[Recipient]:
        """The addresses that get the department's mails."""
        return [
            one
            for one in self._config.recipient
            if one.department == department.id and not is_stopped(self._stopped, department.id, one.email)
        ]

    def is_built(self, department: Department) -> bool:
        """Whether the department's mail of the week is there already."""
        return find_digest(self._db, department.id, self._week) is not None

    def weekly(self, department: Department) -> DigestReport:
        """Build the department's mail of the week, or say how the one that is there stands."""
        recipients = self.recipients(department)
        existing = find_digest(self._db, department.id, self._week)
        if existing is not None and not self._dry_run:
            return _report(existing)
        if not recipients and not self._dry_run:
            stops = [stop.explanation for stop in list_stops(self._config, self._db) if stop.department == department.id]
            return DigestReport(department=department.id, state="no-recipient", items=0, sections={}, reason="; ".join(stops))
        last = last_digest(self._db, department.id)
        selection, ahead = self._selection(department, last)
        if selection.kind is MailKind.QUIET and self._is_silent(department):
            recipients = []
        digest_id = f"{self._week}-{department.id}"
        rendered = self._render(digest_id, department, selection, recipients, ahead=ahead, last=last)
        return self._store(digest_id, department, selection, rendered, recipients)

    def correction(self, department: Department) -> DigestReport | None:
        """Build a correction when something that the department relies on no longer holds; None when all is well."""
        recipients = self.recipients(department)
        last = last_digest(self._db, department.id)
        if last is None or not recipients:
            return None
        selection = choose_corrections(self._candidates(department, last.created), self._now)
        if not selection.items:
            return None
        stem = f"{iso_week(self._now.date())}-{department.id}-r"
        digest_id = f"{stem}{next_number(self._db, stem)}"
        rendered = self._render(digest_id, department, selection, recipients, last=None)
        return self._store(digest_id, department, selection, rendered, recipients)

    def preview(self, department: Department) -> DigestReport | None:
        """Build the coordinator's copy of what the department is about to get; nothing counts as told."""
        if not self._config.digest.preview:
            raise ConfigError(str(self._config.path or "settings"), "digest.preview: expected an address that gets the previews")
        if not self.recipients(department) or find_digest(self._db, department.id, self._week) is not None:
            return None
        digest_id = f"{self._week}-{department.id}-{PREVIEW}"
        if next_number(self._db, digest_id) > 1:
            return None
        last = last_digest(self._db, department.id)
        selection, ahead = self._selection(department, last)
        coordinator = [Recipient(department=department.id, email=self._config.digest.preview)]
        rendered = self._render(digest_id, department, selection, coordinator, ahead=ahead, last=last)
        return self._store(digest_id, department, selection, rendered, coordinator, preview=True)

    def plan(self, department: Department) -> Selection:
        """What the department's next mail would tell if it were built now."""
        return self._selection(department, last_digest(self._db, department.id))[0]

    def _selection(self, department: Department, last: StoredDigest | None) -> tuple[Selection, tuple[Candidate, ...]]:
        candidates = self._candidates(department, last.created if last else self._now)
        selection = choose(
            candidates, first=last is None, previous=last.created if last else None, choice=choice(self._config), now=self._now
        )
        return selection, still_ahead(candidates, self._now) if selection.kind is MailKind.QUIET else ()

    def _candidates(self, department: Department, since: datetime) -> list[Candidate]:
        news_since = self._now - timedelta(days=self._config.digest.news_days)
        choices = self._choices(department)
        found = [candidate(self._rules, row) for row in self._reader.read(department.id, since, news_since)]
        return steer(found, choices)

    def _choices(self, department: Department) -> Overrides:
        """What was chosen when it was first asked for: a mail is chosen and laid out by the same."""
        if department.id not in self._chosen:
            self._chosen[department.id] = read_overrides(self._db, department.id, self._week)
        return self._chosen[department.id]

    def _is_silent(self, department: Department) -> bool:
        return self._config.digest.quiet == "nothing" or department.id in self._config.digest.silent

    def _render(
        self,
        digest_id: str,
        department: Department,
        selection: Selection,
        recipients: Sequence[Recipient],
        *,
        last: StoredDigest | None,
        ahead: tuple[Candidate, ...] = (),
    ) -> Rendered:
        occasion = Occasion(
            digest=digest_id,
            week=self._week,
            now=self._now,
            previous_week=last.week if last and last.week < self._week else "",
            health=self._health,
            ahead=ahead,
            top=self._choices(department).mail_note,
        )
        languages = list(dict.fromkeys(one.language for one in recipients)) or ["sv"]
        return render_mail(self._templates, selection, audience(self._config, department), occasion, self._signer, languages)

    def _store(
        self,
        digest_id: str,
        department: Department,
        selection: Selection,
        rendered: Rendered,
        recipients: Sequence[Recipient],
        *,
        preview: bool = False,
    ) -> DigestReport:
        report = DigestReport(
            department=department.id,
            state="preview" if self._dry_run else "waiting" if recipients else "silent",
            items=len(selection.everything),
            sections=selection.counts(),
            kind=selection.kind.value,
            subject=rendered.renderings[0].subject,
            file=self._write(digest_id, rendered) if self._dry_run else None,
        )
        if self._dry_run:
            return report
        facts = [
            ToldFact(
                source=item.candidate.call.source,
                call_id=item.candidate.call.call_id,
                section=item.section.value,
                fact=fact,
                position=position,
                shown=rendered.shown[item.candidate.key].value,
            )
            for position, item in enumerate(selection.everything, 1)
            for fact in item.facts
        ]
        prefix = {one.language: self._templates.wording(one.language) for one in rendered.renderings} if preview else {}
        save_digest(
            self._db,
            NewDigest(
                id=digest_id,
                department=department.id,
                week=self._week,
                kind=PREVIEW if preview else selection.kind.value,
                created=self._now,
                items=report.items,
                sections=report.sections,
                facts=() if preview else facts,
                renderings=[
                    StoredRendering(
                        language=one.language,
                        subject=prefix[one.language].say("subject.preview", subject=one.subject) if preview else one.subject,
                        html=one.html,
                        text=one.text,
                    )
                    for one in rendered.renderings
                ],
                calendars=[(file.name, file.content) for file in rendered.calendars],
                addresses=[
                    NewOutboxRow(
                        message_id=message_id(digest_id, one.email, self._config.mail.sender),
                        recipient=one.email,
                        language=one.language,
                    )
                    for one in recipients
                ],
            ),
        )
        logger.info(
            "digest_built department=%s week=%s kind=%s items=%d mails=%d",
            department.id,
            self._week,
            report.kind,
            report.items,
            len(recipients),
        )
        return report

    def _write(self, digest_id: str, rendered: Rendered) -> Path:
        folder = self._config.data_dir / PREVIEW
        folder.mkdir(parents=True, exist_ok=True)
        for one in rendered.renderings:
            (folder / f"{digest_id}.{one.language}.txt").write_text(one.text, "utf-8")
            (folder / f"{digest_id}.{one.language}.html").write_text(one.html, "utf-8")
        return folder / f"{digest_id}.{rendered.renderings[0].language}.html"


def _report(stored: StoredDigest) -> DigestReport:
    return DigestReport(
        department=stored.department, state=stored.state, items=stored.items, sections=dict(stored.sections), kind=stored.kind
    )


# What a reader must see at a glance; the rest of the fit card stands on the call's page.
_IN_MAIL = ("municipality", "funder_share", "partners")
ADDED_RELEVANCE = 60.0
_ADDED = Reasons(themes=("tillagd av samordnaren",))


def candidate(rules: RuleSet, row: CandidateRow) -> Candidate:
    """A call as the digest sees it."""
    return Candidate(
        call=within_calendar(row.call),
        first_seen=row.first_seen,
        match=_match(rules, row.call, row.match) if row.match is not None else None,
        baseline=row.baseline,
        vanished_at=row.vanished_at,
        events=tuple(Event(id=number, type=kind, old=old, new=new) for number, kind, old, new in row.events),
        told=tuple(Told(fact=fact, at=at) for fact, at in row.told),
        story=row.story,
        answer=row.answer,
        numbered=row.numbered,
    )


def steer(candidates: list[Candidate], choices: Overrides) -> list[Candidate]:
    """The candidates as the coordinator wants them: those held back left out, those added given a match, lines put to calls.

    What a department has been told of before is a promise: it stays, held back or not.
    """
    steered = []
    for one in candidates:
        if one.key in choices.withheld and not one.told:
            continue
        match = one.match
        if match is None and one.key in choices.added:
            match = Match(level=Level.LIKELY, relevance=ADDED_RELEVANCE, read=lambda: _ADDED)
        note = choices.call_notes.get(one.key, "")
        steered.append(replace(one, match=match, note=note) if note or match is not one.match else one)
    return steered


def _match(rules: RuleSet, call: Call, match: CandidateMatch) -> Match:
    read = partial(_reasons, rules, call, match.details)
    return Match(level=Level(match.level), relevance=match.relevance, read=read)


def _reasons(rules: RuleSet, call: Call, read: Callable[[], MatchDetails]) -> Reasons:
    match = read()
    areas, goals = rules.area_names, rules.goal_names
    programme = rules.programme_of(call)
    by_weight = sorted(match.evidence, key=lambda one: -one["points"])
    strategy = dict.fromkeys(area for theme in match.themes for area in theme["strategy"])
    numbers = sorted({number for theme in match.themes for number in theme["sdgs"]})
    return Reasons(
        themes=tuple(theme["title"] for theme in match.themes),
        words=tuple(dict.fromkeys(one["found"] for one in by_weight if one["points"] > 0 and one["start"] >= 0)),
        areas=tuple(areas[area] for area in strategy if area in areas),
        goals=tuple((number, goals[number]) for number in numbers if number in goals),
        programme=programme.name if programme is not None else "",
        answer=match.fit_card.get("municipality", ""),
        guessed=match.fit_card.get("guessed", False),
        shares=Shares(**match.fit_card.get("shares", {})),
        fit=tuple(
            FitLine(line["key"], line["label"], line["value"])
            for line in match.fit_card.get("lines", ())
            if line["key"] in _IN_MAIL
        ),
    )


def audience(config: Config, department: Department | None) -> Audience:
    """Whom a mail is for; without a department, the coordinator."""
    return Audience(
        department=department.id if department else "",
        name=department.name if department else config.municipality.name,
        municipality=config.municipality.name,
        contact=config.municipality.contact,
        base_url=config.municipality.base_url,
        sources={source.id: source.name for source in config.sources},
    )


def choice(config: Config) -> Choice:
    """The settings that choosing follows."""
    return Choice(welcome=config.digest.welcome, per_source=config.digest.per_source, news_days=config.digest.news_days)


def health(config: Config, read: Mapping[str, tuple[str, str, datetime | None]], now: datetime) -> tuple[SourceHealth, ...]:
    """Return how every source that should be read stands at `now`, in the order of the settings.

    A source is healthy when its last run was accepted and that is not too long ago: one that nobody has read for weeks has
    not answered, whatever its last run said.
    """
    return tuple(_source_health(source, read.get(source.id), now) for source in config.sources if source.enabled)


def _source_health(source: Source, read: tuple[str, str, datetime | None] | None, now: datetime) -> SourceHealth:
    _, state, accepted = read or ("", "", None)
    return SourceHealth(
        source=source.id,
        name=source.name,
        healthy=state in ACCEPTED_RUNS and not source.is_overdue(accepted, now),
        read=accepted if accepted is not None and accepted <= now + CLOCK_SLACK else None,
    )
