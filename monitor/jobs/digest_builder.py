"""Building one digest: choosing, rendering and storing the mail of one department in one transaction."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.archive import Archive
from monitor.archive.candidates import CandidateReader, source_health
from monitor.archive.desk import Choices, read_choices
from monitor.archive.ledger import (
    Address,
    NewDigest,
    StoredDigest,
    StoredRendering,
    ToldFact,
    find_digest,
    last_digest,
    next_number,
    save_digest,
)
from monitor.archive.outbox import is_stopped, stopped_recipients
from monitor.archive.secret import load_secret
from monitor.archive.stops import list_stops
from monitor.config import Config
from monitor.digest.answers import Signer
from monitor.digest.choose import choose, choose_corrections, still_ahead
from monitor.digest.layout import Occasion
from monitor.digest.model import Candidate, MailKind, Selection, SourceHealth
from monitor.digest.render import Rendered, Templates, load_templates, render_mail
from monitor.digest.wording import iso_week
from monitor.errors import ConfigError
from monitor.jobs.digest_values import audience, candidate, choice, health, steer
from monitor.mail.message import message_id
from monitor.matching.model import Department
from monitor.matching.ruleset import RuleSet
from monitor.settings import Recipient

logger = logging.getLogger(__name__)
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
        self._chosen: dict[str, Choices] = {}
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
            stops = [stop.words for stop in list_stops(self._config, self._db) if stop.department == department.id]
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

    def _choices(self, department: Department) -> Choices:
        """What was chosen when it was first asked for: a mail is chosen and laid out by the same."""
        if department.id not in self._chosen:
            self._chosen[department.id] = read_choices(self._db, department.id, self._week)
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
            top=self._choices(department).top,
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
                    Address(
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
