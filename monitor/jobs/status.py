"""How an installation stands, and whether a person is needed: only when somebody would notice."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.archive import Archive
from monitor.archive.connection import Database
from monitor.archive.digests import departments_with_digest, list_failures
from monitor.archive.matches import last_rule_files
from monitor.archive.outbox import list_stops, oldest_waiting, silenced_departments, stopped_mails
from monitor.archive.scheduler import JobRow, last_done, last_jobs, latest_ahead
from monitor.archive.statistics import SourceRow, count_calls, count_states, list_sources, matching_rule_version
from monitor.config import Config
from monitor.digest.wording import iso_week
from monitor.jobs.backup import list_backups
from monitor.jobs.child import without_addresses
from monitor.jobs.due import is_given_up, last_weekly
from monitor.sources import CLOCK_SLACK, Source
from monitor.vocabulary import ACCEPTED_RUNS

# That nothing at all has been read for two days is worth a person's look.
_PATIENCE = timedelta(days=2)
_WHO_READS = "Går monitor run, eller det som i stället kör monitor crawl?"
_MAIL_PATIENCE = timedelta(hours=24)
_MAIL_MEMORY = timedelta(days=14)
_DIGEST_PATIENCE = timedelta(hours=6)
_BACKUP_PATIENCE = timedelta(days=4)
_CANARY_PATIENCE = timedelta(days=9)
_LEAST_DISK = 500_000_000
JOB_NAMES = {
    "crawl": "läsningen av källorna",
    "match": "sökningen efter det som rör kommunen",
    "corrections": "rättelserna",
    "preview": "förhandsvisningen",
    "digest": "veckans mejl",
    "note": "veckobrevet till samordnaren",
    "canary": "veckans provmejl",
    "backup": "säkerhetskopian",
    "tidy": "gallringen",
    "send": "utskicket av mejl",
}


def status(config: Config, archive: Archive, now: datetime, *, rule_errors: Sequence[str] = ()) -> dict[str, Any]:
    """Everything `monitor status` tells, as one document; `attention` holds the sentences that need a person, in Swedish.

    `rule_errors`: what is wrong with the rule files as they lie there now.
    """
    db = archive.db
    read = {row["id"]: row for row in list_sources(db)}
    sources = [
        {
            "id": source.id,
            "name": source.name,
            "enabled": source.enabled,
            **_source_state(read.get(source.id)),
            "overdue": _is_overdue(source, read.get(source.id), now),
        }
        for source in config.sources
    ]
    jobs = last_jobs(db, now)
    document: dict[str, Any] = {
        "calls": count_calls(db, now),
        "sources": sources,
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
    }
    return {**document, "attention": [*_sources_attention(config, document), *_attention(config, document, jobs, now)]}


def rule_errors(config: Config, archive: Archive) -> list[str]:
    """What is wrong with the rule files as they lie there now. Those that matched last were checked then and need no second check."""
    if _lie_there(config.rules_dir, last_rule_files(archive.db) or {}):
        return []
    from monitor.errors import RuleErrors
    from monitor.matching.rules.load import load_rules

    try:
        load_rules(config.rules_dir)
    except RuleErrors as errors:
        return [str(error) for error in errors.errors]
    return []


def _lie_there(folder: Path, files: Mapping[str, str]) -> bool:
    themes = {path.relative_to(folder).as_posix() for path in (folder / "themes").glob("*.toml")}
    try:
        return (
            themes <= files.keys()
            and all((folder / file).read_text("utf-8") == text for file, text in files.items())
            and bool(files)
        )
    except (OSError, UnicodeDecodeError):
        return False


def _source_state(row: SourceRow | None) -> dict[str, Any]:
    keys = ("state", "reason", "current", "last_run", "last_accepted", "health", "health_text", "health_since")
    values: Mapping[str, Any] = row or {}
    return {key: values.get(key) for key in keys}


def _job(row: JobRow) -> dict[str, Any]:
    return {
        "state": row.state,
        "due": row.due,
        "started": row.started,
        "finished": row.finished,
        "attempts": row.attempts,
        "words": row.message,
    }


def _week(config: Config, archive: Archive, now: datetime, jobs: Mapping[str, JobRow]) -> dict[str, Any]:
    """The last weekly mails that were due under the scheduler: which departments have theirs, and which lack it."""
    slot = last_weekly(config.schedule.digest, now, config.zone)
    week = iso_week(slot.date())
    begun = jobs["run"].due if "run" in jobs else None
    silenced = silenced_departments(config, list_stops(config, archive.db))
    wanted = {recipient.department for recipient in config.recipient} - silenced.keys()
    made = departments_with_digest(archive.db, week)
    due = begun is not None and begun <= slot
    return {"week": week, "due": slot if due else None, "made": sorted(made), "missing": sorted(wanted - made) if due else []}


def mail_trouble(config: Config, db: Database, now: datetime) -> Iterator[str]:
    """Yield the sentences about mails that do not reach their departments, without addresses."""
    since = now - _MAIL_MEMORY
    for department, week, reason in list_failures(db, since):
        yield f"Mejlet till {department} vecka {week} blev inte av: {without_addresses(reason)}. Det görs om av sig självt; pröva annars: monitor digest"
    mails = stopped_mails(db, since)
    unwritable = [mail for mail in mails if mail.unwritable]
    if unwritable:
        yield f"{len(unwritable)} mejl gick inte att skriva och har stoppats: {unwritable[0].digest}, {without_addresses(unwritable[0].error)}. De andra har gått ut"
    refused = Counter(mail.department or "samordnaren" for mail in mails if not mail.unwritable)
    for department, count in sorted(refused.items()):
        yield f"{count} mejl till {department} togs inte emot av mottagarens server. Se utkorgen på sidan Samordna"
    for department, stops in silenced_departments(config, list_stops(config, db)).items():
        latest = max(stop.since for stop in stops)
        yield f"Ingen får mejlen för {department} sedan {latest.astimezone(config.zone):%Y-%m-%d}. Vem som slutade står i monitor digest och på sidan Samordna"


def _backup(config: Config) -> dict[str, Any] | None:
    files = list_backups(config)
    if not files:
        return None
    found = files[-1].stat()
    return {"file": str(files[-1]), "at": datetime.fromtimestamp(found.st_mtime, config.zone), "bytes": found.st_size}


def _disk(config: Config) -> dict[str, int]:
    usage = shutil.disk_usage(config.data_dir if config.data_dir.is_dir() else config.data_dir.parent)
    return {
        "free": usage.free,
        "total": usage.total,
        "archive": config.archive.stat().st_size if config.archive.is_file() else 0,
    }


def _is_overdue(source: Source, row: SourceRow | None, now: datetime) -> bool:
    """Return whether a source that is read has not been read whole for too long; one never tried yet is not overdue."""
    if row is None or not source.enabled:
        return False
    accepted = datetime.fromisoformat(row["last_accepted"]) if row["last_accepted"] else None
    if accepted is not None and accepted > now + CLOCK_SLACK:
        return False  # the clock has jumped, and that is what there is to say
    return source.is_overdue(accepted, now)


def _sources_attention(config: Config, document: dict[str, Any]) -> list[str]:
    """Return a sentence for each source that needs a person, or a single one when none of them has been read for too long."""
    tried = [source for source in document["sources"] if source["enabled"] and source["last_run"]]
    late = [source for source in tried if source["overdue"]]
    good = ACCEPTED_RUNS
    if len(late) > 1 and len(late) == len(tried) and all(source["state"] in good for source in late):
        newest = max(source["last_accepted"] for source in late)
        return [f"Ingen av de {len(late)} källorna har lästs sedan {_day(config, newest)}. {_WHO_READS}"]
    found = []
    for source in tried:
        since = source["last_accepted"]
        if since is None:
            found.append(f"{source['name']}: har aldrig kunnat läsas helt. {source['reason']}".strip())
        elif source["overdue"]:
            # A last run that went well, long ago: nobody reads the source any more.
            why = _WHO_READS if source["state"] in good else source["reason"]
            found.append(f"{source['name']}: har inte kunnat läsas helt sedan {_day(config, since)}. {why}".strip())
        elif source["state"] in good and source["health"]:
            found.append(f"{source['name']}: {source['health_text']} Sedan {_day(config, source['health_since'])}.")
    return found


def _day(config: Config, at: str) -> str:
    return datetime.fromisoformat(at).astimezone(config.zone).date().isoformat()


def _attention(config: Config, document: dict[str, Any], jobs: Mapping[str, JobRow], now: datetime) -> list[str]:
    found = list(document["mail_trouble"])
    oldest = document["oldest_mail"]
    if oldest is not None and now - oldest > _MAIL_PATIENCE:
        found.append(f"Mejl väntar på att skickas sedan {oldest.astimezone(config.zone):%Y-%m-%d}. Se: monitor doctor")
    week = document["week"]
    if week["missing"] and now - week["due"] > _DIGEST_PATIENCE:
        found.append(f"Vecka {week['week']} saknar mejl för: {', '.join(week['missing'])}. Pröva: monitor digest")
    if document["rules"]["errors"]:
        count = len(document["rules"]["errors"])
        found.append(f"Reglerna har {count} fel; de senast fungerande gäller. Se: monitor rules check")
    for name, row in jobs.items():
        if is_given_up(row):
            found.append(f"{JOB_NAMES[name].capitalize()} har misslyckats flera gånger: {row.message}")
    if document["clock_ahead"] is not None:
        found.append(clock_sentence(config, document["clock_ahead"], now))
    if document["disk"]["free"] < _LEAST_DISK:
        found.append(f"Disken är snart full: {document['disk']['free'] // 1_000_000} MB kvar.")
    return found + _scheduler_attention(config, document, now)


def clock_sentence(config: Config, ahead: datetime, now: datetime) -> str:
    """Return what to say of a clock that has jumped: `ahead` is the latest time noted in the archive."""
    day, today = (moment.astimezone(config.zone).date().isoformat() for moment in (ahead, now))
    return (
        f"Datorns klocka har hoppat: i arkivet står arbete noterat {day}, men i dag är det {today}. Det räknas inte."
        " Se till att klockan går rätt (NTP) och kör monitor crawl, eller starta om monitor run."
    )


def _scheduler_attention(config: Config, document: dict[str, Any], now: datetime) -> list[str]:
    """What should have happened by itself, where `monitor run` has begun to work."""
    since = document["since"]
    if since is None:
        return []
    found = []
    newest = max((source["last_run"] for source in document["sources"] if source["last_run"]), default=None)
    if now - max(since, datetime.fromisoformat(newest) if newest else since) > _PATIENCE:
        found.append("Ingen källa har lästs på två dygn. Går monitor run?")
    backup = document["backup"]
    if now - max(since, backup["at"] if backup else since) > _BACKUP_PATIENCE:
        found.append("Det har inte gjorts någon säkerhetskopia på fyra dygn. Pröva: monitor backup")
    if (
        config.schedule.canary
        and config.shared_archive is None
        and now - max(since, document["canary"] or since) > _CANARY_PATIENCE
    ):
        found.append("Veckans provmejl har inte gått fram på nio dygn. Pröva: monitor canary")
    return found
