"""State of an installation, and the problems that need a person: only those that somebody would notice."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict

from monitor.archive import Archive
from monitor.archive.connection import Database
from monitor.archive.digests import departments_with_digest, list_failures
from monitor.archive.matches import last_rule_files
from monitor.archive.outbox import oldest_waiting, stopped_mails
from monitor.archive.recipients import active_recipients, list_stops, silenced_departments
from monitor.archive.scheduler import JobRow, last_done, last_jobs, latest_ahead
from monitor.archive.statistics import count_calls, count_states, list_sources, matching_rule_version
from monitor.config import Config
from monitor.digest.wording import iso_week
from monitor.jobs.awards import awards_attention
from monitor.jobs.backup import list_backups
from monitor.jobs.child import without_addresses
from monitor.jobs.due import is_given_up, last_weekly
from monitor.paths import list_rule_files
from monitor.sources import CLOCK_SLACK, Source
from monitor.subscription import is_due
from monitor.vocabulary import ACCEPTED_RUNS

_READING_PATIENCE = timedelta(days=2)
"""Time without any reading after which a person is told; so for the patience below."""
_MAIL_PATIENCE = timedelta(hours=24)
_DIGEST_PATIENCE = timedelta(hours=6)
_BACKUP_PATIENCE = timedelta(days=4)
_CANARY_PATIENCE = timedelta(days=9)
_MAIL_TROUBLE_PERIOD = timedelta(days=14)
"""Period in which failed mails are told of."""
_MIN_FREE_DISK_BYTES = 500_000_000
_WHO_READS = "Går monitor run, eller det som i stället kör monitor crawl?"
JOB_NAMES: Mapping[str, str] = {
    "crawl": "läsningen av källorna",
    "match": "sökningen efter det som rör kommunen",
    "corrections": "rättelserna",
    "preview": "förhandsvisningen",
    "digest": "veckans mejl",
    "note": "veckobrevet till samordnaren",
    "canary": "veckans provmejl",
    "backup": "säkerhetskopian",
    "tidy": "gallringen",
    "seek": "letandet efter källor som tystnat",
    "awards": "importen av beviljade projekt",
    "documents": "läsningen av utlysningarnas dokument",
    "send": "utskicket av mejl",
    "translate": "översättningen",
}
"""Swedish names of the scheduled jobs (`monitor.jobs.due`), definite form."""


class SourceStatus(TypedDict):
    """State of a source of the settings; the values that come from its readings are None before the first one."""

    id: str
    name: str
    enabled: bool
    state: str | None
    """State of the last run, a `RunState`."""
    reason: str | None
    current: int | None
    """Number of calls in the last run."""
    last_run: str | None
    """Time of the last run, ISO 8601; so for the times below."""
    last_accepted: str | None
    health: str | None
    """Class of the health problem; empty for a healthy source."""
    health_text: str | None
    health_since: str | None
    overdue: bool
    """True for an enabled source whose last whole reading is too old."""


class JobStatus(TypedDict):
    """Last start of a scheduled job."""

    state: str
    """State, a `JobState`."""
    due: datetime
    started: datetime
    finished: datetime | None
    attempts: int
    words: str
    """End of the standard error."""


class WeekStatus(TypedDict):
    """Last weekly mails that were due."""

    week: str
    """ISO week: 2026-W23."""
    due: datetime | None
    """Time when they were due; None when that was before the scheduler first ran."""
    made: list[str]
    """Ids of the departments that have their mail."""
    missing: list[str]
    """Ids of the departments that lack it."""


class BackupStatus(TypedDict):
    """Newest back-up."""

    file: str
    at: datetime
    bytes: int


class DiskStatus(TypedDict):
    """Disk of the archive, in bytes."""

    free: int
    total: int
    archive: int
    """Size of the archive."""


class StatusDocument(TypedDict):
    """Answer of `monitor status --json`."""

    calls: dict[str, int]
    """Numbers of living calls by status, and of all stored ones as `total`."""
    sources: list[SourceStatus]
    digests: dict[str, int]
    """Numbers of digests by state."""
    outbox: dict[str, int]
    """Numbers of mails by state."""
    oldest_mail: datetime | None
    """Time of the oldest mail that waits."""
    mail_trouble: list[str]
    """Sentences in Swedish about mails that do not reach their departments."""
    week: WeekStatus
    rules: dict[str, Any]
    """Version that matched last (`hash`, `first_used`; absent before the first match) and the `errors` of the present files."""
    jobs: dict[str, JobStatus]
    backup: BackupStatus | None
    canary: datetime | None
    """Time when the last canary arrived."""
    since: datetime | None
    """Time when the scheduler first ran."""
    clock_ahead: datetime | None
    """Latest time ahead of now that is stored; then the clock has jumped."""
    disk: DiskStatus
    attention: list[str]
    """Sentences in Swedish about problems that need a person."""


def status(config: Config, archive: Archive, now: datetime, *, rule_errors: Sequence[str] = ()) -> StatusDocument:
    """Return the state of an installation. `rule_errors` are the errors of the present rule files, see `rule_errors`."""
    db = archive.db
    read = {row["id"]: row for row in list_sources(db)}
    jobs = last_jobs(db, now)
    document: StatusDocument = {
        "calls": count_calls(db, now),
        "sources": [_source_status(source, read.get(source.id), now) for source in config.sources],
        "digests": count_states(db, "digests"),
        "outbox": count_states(db, "outbox"),
        "oldest_mail": oldest_waiting(db),
        "mail_trouble": list(mail_trouble(config, db, now)),
        "week": _week(config, archive, now, jobs),
        "rules": {**matching_rule_version(db), "errors": list(rule_errors)},
        "jobs": {name: _job(row) for name, row in sorted(jobs.items()) if name != "run"},
        "backup": _backup(config),
        "canary": last_done(db, "canary"),
        "since": jobs["run"].due if "run" in jobs else None,
        "clock_ahead": latest_ahead(db, now),
        "disk": _disk(config),
        "attention": [],
    }
    document["attention"] = [
        *_sources_attention(config, document),
        *_attention(config, document, jobs, now),
        *awards_attention(config, now),
    ]
    return document


def rule_errors(config: Config, archive: Archive) -> list[str]:
    """Return the errors of the present rule files.

    The files that matched last were checked then and are not checked again.
    """
    if _rules_unchanged(config.rules_dir, last_rule_files(archive.db) or {}):
        return []
    from monitor.errors import RuleErrors
    from monitor.jobs.kept_terms import kept_terms
    from monitor.matching.rules.load import load_rules

    try:
        with kept_terms(config.data_dir):
            load_rules(config.rules_dir)
    except RuleErrors as errors:
        return [str(error) for error in errors.errors]
    return []


def _rules_unchanged(folder: Path, files: Mapping[str, str]) -> bool:
    """Return whether the folder holds exactly these files, texts by relative path."""
    try:
        return (
            files.keys() >= set(list_rule_files(folder))
            and all((folder / file).read_text("utf-8") == text for file, text in files.items())
            and bool(files)
        )
    except (OSError, UnicodeDecodeError):
        return False


def _source_status(source: Source, row: Mapping[str, Any] | None, now: datetime) -> SourceStatus:
    read = row or {}
    return {
        "id": source.id,
        "name": source.name,
        "enabled": source.enabled,
        "state": read.get("state"),
        "reason": read.get("reason"),
        "current": read.get("current"),
        "last_run": read.get("last_run"),
        "last_accepted": read.get("last_accepted"),
        "health": read.get("health"),
        "health_text": read.get("health_text"),
        "health_since": read.get("health_since"),
        "overdue": _is_overdue(source, row, now),
    }


def _job(row: JobRow) -> JobStatus:
    return {
        "state": row.state,
        "due": row.due,
        "started": row.started,
        "finished": row.finished,
        "attempts": row.attempts,
        "words": row.message,
    }


def _week(config: Config, archive: Archive, now: datetime, jobs: Mapping[str, JobRow]) -> WeekStatus:
    """Return the state of the last weekly mails that were due since the scheduler first ran."""
    slot = last_weekly(config.schedule.digest, now, config.zone)
    week = iso_week(slot.date())
    since = jobs["run"].due if "run" in jobs else None
    active = active_recipients(config, archive.db, slot)
    wanted = {recipient.department for recipient in active if is_due(recipient, slot, config.zone)}
    made = departments_with_digest(archive.db, week)
    due = since is not None and since <= slot
    return {"week": week, "due": slot if due else None, "made": sorted(made), "missing": sorted(wanted - made) if due else []}


def mail_trouble(config: Config, db: Database, now: datetime) -> Iterator[str]:
    """Yield the sentences about mails that do not reach their departments, without addresses."""
    since = now - _MAIL_TROUBLE_PERIOD
    for department, week, reason in list_failures(db, since):
        yield (
            f"Mejlet till {department} vecka {week} blev inte av: {without_addresses(reason)}."
            " Det görs om av sig självt; pröva annars: monitor digest"
        )
    mails = stopped_mails(db, since)
    unwritable = [mail for mail in mails if mail.unwritable]
    if unwritable:
        yield (
            f"{len(unwritable)} mejl gick inte att skriva och har stoppats: {unwritable[0].digest},"
            f" {without_addresses(unwritable[0].error)}. De andra har gått ut"
        )
    held = sum(mail.held for mail in mails)
    if held:
        yield f"{held} mejl kan ha kommit fram innan förra datorn gick sönder. De hålls tills någon ser efter: monitor copy held"
    refused = Counter(mail.department or "samordnaren" for mail in mails if not mail.unwritable and not mail.held)
    for department, count in sorted(refused.items()):
        yield f"{count} mejl till {department} togs inte emot av mottagarens server. Se utkorgen på sidan Samordna"
    stops = list_stops(config, db, now)
    for department in silenced_departments(config, db, now):
        latest = next((stop.since for stop in stops if stop.department == department and stop.since is not None), None)
        day = f" sedan {latest.astimezone(config.zone):%Y-%m-%d}" if latest else ""
        yield f"Ingen får mejlen för {department}{day}. Varför står i monitor digest och på sidan Mottagare"


def _backup(config: Config) -> BackupStatus | None:
    files = list_backups(config)
    if not files:
        return None
    file = files[-1].stat()
    return {"file": str(files[-1]), "at": datetime.fromtimestamp(file.st_mtime, config.zone), "bytes": file.st_size}


def _disk(config: Config) -> DiskStatus:
    usage = shutil.disk_usage(config.data_dir if config.data_dir.is_dir() else config.data_dir.parent)
    return {
        "free": usage.free,
        "total": usage.total,
        "archive": config.archive.stat().st_size if config.archive.is_file() else 0,
    }


def _is_overdue(source: Source, row: Mapping[str, Any] | None, now: datetime) -> bool:
    """Return whether a source that is read has not been read whole for too long; one never tried yet is not overdue."""
    if row is None or not source.enabled:
        return False
    accepted = datetime.fromisoformat(row["last_accepted"]) if row["last_accepted"] else None
    if accepted is not None and accepted > now + CLOCK_SLACK:
        return False  # the clock has jumped, of which `clock_sentence` tells
    return source.is_overdue(accepted, now)


def _sources_attention(config: Config, document: StatusDocument) -> list[str]:
    """Return a sentence for each source that needs a person, or one for all when none has been read for too long."""
    tried = [source for source in document["sources"] if source["enabled"] and source["last_run"]]
    late = [source for source in tried if source["overdue"]]
    if len(late) > 1 and len(late) == len(tried) and all(source["state"] in ACCEPTED_RUNS for source in late):
        newest = max(source["last_accepted"] or "" for source in late)
        return [f"Ingen av de {len(late)} källorna har lästs sedan {_day(config, newest)}. {_WHO_READS}"]
    sentences = []
    for source in tried:
        since = source["last_accepted"]
        if since is None:
            sentences.append(f"{source['name']}: har aldrig kunnat läsas helt. {source['reason']}".strip())
        elif source["overdue"]:
            # A last run that went well, long ago: nobody reads the source any more.
            why = _WHO_READS if source["state"] in ACCEPTED_RUNS else source["reason"]
            sentences.append(f"{source['name']}: har inte kunnat läsas helt sedan {_day(config, since)}. {why}".strip())
        elif source["state"] in ACCEPTED_RUNS and source["health"] and source["health_since"]:
            sentences.append(f"{source['name']}: {source['health_text']} Sedan {_day(config, source['health_since'])}.")
    return sentences


def _day(config: Config, at: str) -> str:
    return datetime.fromisoformat(at).astimezone(config.zone).date().isoformat()


def _attention(config: Config, document: StatusDocument, jobs: Mapping[str, JobRow], now: datetime) -> list[str]:
    sentences = list(document["mail_trouble"])
    oldest = document["oldest_mail"]
    if oldest is not None and now - oldest > _MAIL_PATIENCE:
        sentences.append(f"Mejl väntar på att skickas sedan {oldest.astimezone(config.zone):%Y-%m-%d}. Se: monitor doctor")
    week = document["week"]
    if week["missing"] and week["due"] is not None and now - week["due"] > _DIGEST_PATIENCE:
        sentences.append(f"Vecka {week['week']} saknar mejl för: {', '.join(week['missing'])}. Pröva: monitor digest")
    if document["rules"]["errors"]:
        count = len(document["rules"]["errors"])
        sentences.append(f"Reglerna har {count} fel; de senast fungerande gäller. Se: monitor rules check")
    for name, row in jobs.items():
        if is_given_up(row):
            sentences.append(f"{JOB_NAMES[name].capitalize()} har misslyckats flera gånger: {row.message}")
    if document["clock_ahead"] is not None:
        sentences.append(clock_sentence(config, document["clock_ahead"], now))
    if document["disk"]["free"] < _MIN_FREE_DISK_BYTES:
        sentences.append(f"Disken är snart full: {document['disk']['free'] // 1_000_000} MB kvar.")
    return sentences + _scheduler_attention(config, document, now)


def clock_sentence(config: Config, ahead: datetime, now: datetime) -> str:
    """Return a sentence in Swedish about a clock that has jumped; `ahead` is the latest time stored in the archive."""
    day, today = (moment.astimezone(config.zone).date().isoformat() for moment in (ahead, now))
    return (
        f"Datorns klocka har hoppat: i arkivet står arbete noterat {day}, men i dag är det {today}. Det räknas inte."
        " Se till att klockan går rätt (NTP) och kör monitor crawl, eller starta om monitor run."
    )


def _scheduler_attention(config: Config, document: StatusDocument, now: datetime) -> list[str]:
    """Return sentences about work that the scheduler should have done since it first ran."""
    since = document["since"]
    if since is None:
        return []
    sentences = []
    newest = max((source["last_run"] for source in document["sources"] if source["last_run"]), default=None)
    if now - max(since, datetime.fromisoformat(newest) if newest else since) > _READING_PATIENCE:
        sentences.append("Ingen källa har lästs på två dygn. Går monitor run?")
    backup = document["backup"]
    if now - max(since, backup["at"] if backup else since) > _BACKUP_PATIENCE:
        sentences.append("Det har inte gjorts någon säkerhetskopia på fyra dygn. Pröva: monitor backup")
    if (
        config.schedule.canary
        and config.shared_archive is None
        and now - max(since, document["canary"] or since) > _CANARY_PATIENCE
    ):
        sentences.append("Veckans provmejl har inte gått fram på nio dygn. Pröva: monitor canary")
    return sentences
