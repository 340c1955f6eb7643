"""The scheduler: what is due, decided from the archive. A year of it is in test_year.py."""

import signal
import sqlite3
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.runs import SourceRun, store_run
from monitor.archive.scheduler import JobRow, finish_job, last_jobs, last_readings, recover_jobs, start_job
from monitor.config import Config
from monitor.jobs.child import ProcessResult
from monitor.jobs.due import RETRY_DELAYS, Lane, ScheduleFacts, due_jobs, is_given_up, is_open, last_daily, last_weekly
from monitor.jobs.status import status
from monitor.schedule import Worker
from monitor.settings import Digest, Rules, Schedule
from monitor.sources import Source

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SOURCES = tuple(Source(id=name, kind="feed", name=name, url="https://example.se") for name in ("ett", "tva"))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def config_in(folder, **schedule):
    return Config(data_dir=folder, sources=SOURCES, schedule=Schedule(**schedule))


def row(name, due, state="done", attempts=1, finished=None):
    return JobRow(name=name, due=due, state=state, attempts=attempts, started=due, finished=finished or due, message="")


@pytest.mark.parametrize(
    ("now", "clock", "slot"),
    [
        ("2026-05-20T05:30", "05:30", "2026-05-20T03:30"),
        ("2026-05-20T05:29", "05:30", "2026-05-19T03:30"),
        # 02:30 is not there on the spring day; the moment is an hour later on the wall, once.
        ("2026-03-29T01:59", "02:30", "2026-03-28T01:30"),
        ("2026-03-29T03:29", "02:30", "2026-03-28T01:30"),
        ("2026-03-29T03:30", "02:30", "2026-03-29T01:30"),
        # On the autumn day 02:30 comes twice; the first counts.
        ("2026-10-25T02:30", "02:30", "2026-10-25T00:30"),
        ("2026-10-25T04:00", "02:30", "2026-10-25T00:30"),
    ],
)
def test_t27_a_daily_time_comes_once_a_day(now, clock, slot):
    assert last_daily(clock, at(now), STOCKHOLM).astimezone(UTC) == datetime.fromisoformat(slot).replace(tzinfo=UTC)


def test_t27_the_second_half_past_two_of_autumn_is_no_new_time():
    second = at("2026-10-25T02:30").replace(fold=1)
    assert last_daily("02:30", second, STOCKHOLM).astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_weekly_time():
    assert last_weekly("mon 07:00", at("2026-05-20T12:00"), STOCKHOLM) == at("2026-05-18T07:00")
    assert last_weekly("mon 07:00", at("2026-05-18T06:59"), STOCKHOLM) == at("2026-05-11T07:00")
    assert last_weekly("sun 20:00", at("2026-05-18T06:59"), STOCKHOLM) == at("2026-05-17T20:00")


@pytest.mark.parametrize(
    ("state", "attempts", "minutes", "open_"),
    [
        ("done", 1, 600, False),
        ("attention", 1, 600, False),
        ("interrupted", 0, 0, True),
        ("locked", 0, 4, False),
        ("locked", 0, 5, True),
        ("failed", 1, 9, False),
        ("failed", 1, 10, True),
        ("failed", 3, 179, False),
        ("failed", 3, 180, True),
        ("failed", 4, 9999, False),
        ("hung", 4, 9999, False),
    ],
)
def test_when_work_is_taken_up_again(state, attempts, minutes, open_):
    slot = at("2026-05-20T05:30")
    job = row("crawl", slot, state, attempts)
    assert is_open(job, slot, slot + timedelta(minutes=minutes)) is open_
    assert is_open(job, slot + timedelta(days=1), slot + timedelta(days=1)), "the next turn begins anew"
    assert is_given_up(job) is (attempts > len(RETRY_DELAYS))


def names(config, facts, now, lane=Lane.ARCHIVE):
    return [due.name for due in due_jobs(config, facts, now, lane)]


def settled(now, **more):
    """Facts of an installation where all but the named jobs have just been done."""
    daily = ("crawl", "match", "corrections", "digest", "note", "canary", "backup", "tidy", "awards", "documents")
    done = {name: row(name, now) for name in daily}
    return ScheduleFacts(
        jobs=done | more.pop("jobs", {}), readings=dict.fromkeys(("ett", "tva"), now), since=at("2026-01-01T00:00"), **more
    )


def test_nothing_is_due_when_all_is_done(tmp_path):
    now = at("2026-05-20T12:00")
    assert names(config_in(tmp_path), settled(now), now) == []


def test_a_reading_that_was_cut_short_goes_on_with_what_is_left(tmp_path):
    now = at("2026-05-20T06:00")
    facts = settled(now, jobs={"crawl": row("crawl", at("2026-05-20T05:30"), "interrupted", 0)})
    facts.readings["tva"] = at("2026-05-19T05:31")
    assert due_jobs(config_in(tmp_path), facts, now, Lane.ARCHIVE)[0].command == ("crawl", "tva")


@pytest.mark.parametrize("state", ["failed", "degraded"])
def test_a_monthly_source_whose_reading_did_not_count_is_read_again_the_next_day(tmp_path, state):
    monthly = tuple(source.model_copy(update={"every": 30}) for source in SOURCES)
    config = config_in(tmp_path).model_copy(update={"sources": monthly})
    reading = Reading(config)
    reading.states["tva"] = state
    assert "crawl" in reading.at("2026-05-19T05:30")
    reading.states.clear()
    assert "crawl" not in reading.at("2026-05-19T12:00"), "the same day it is left in peace"
    assert "crawl" in reading.at("2026-05-20T05:30")
    assert reading.read == ["tva"]
    assert "crawl" not in reading.at("2026-05-21T05:30"), "from then on it has its rhythm again"
    assert "crawl" in reading.at("2026-06-18T05:30")
    assert reading.read == ["ett"]


def test_a_fresh_installation_reads_at_once_but_writes_to_nobody_before_its_time(tmp_path):
    now = at("2026-05-20T12:00")
    due = names(config_in(tmp_path), ScheduleFacts(since=now), now)
    assert due == ["crawl", "backup", "tidy"]


def test_t09_a_missed_weekly_mail_is_made_late_and_for_its_week(tmp_path):
    wednesday = at("2026-05-20T12:00")
    facts = settled(wednesday, jobs={"digest": row("digest", at("2026-05-11T07:00"))})
    due = due_jobs(config_in(tmp_path), facts, wednesday, Lane.ARCHIVE)
    assert [one.command for one in due] == [("digest", "--week", "2026-W21", "--last-good")]


def test_a_weekly_mail_missed_until_just_before_the_next_is_left_to_that(tmp_path):
    sunday = at("2026-05-24T12:00")
    facts = settled(sunday, jobs={name: row(name, at("2026-05-11T07:00")) for name in ("digest", "note")})
    assert names(config_in(tmp_path), facts, sunday) == []


def test_corrections_wait_for_the_weekly_mail_when_it_is_near(tmp_path):
    for now, due in ((at("2026-05-18T05:40"), []), (at("2026-05-19T05:40"), ["corrections"])):
        facts = settled(now, jobs={"corrections": row("corrections", now - timedelta(days=1))})
        assert names(config_in(tmp_path), facts, now) == due


def test_a_member_neither_reads_nor_matches_but_corrects_and_writes(tmp_path):
    tuesday = at("2026-05-19T06:00")
    member = config_in(tmp_path).model_copy(update={"shared_archive": tmp_path / "archive.db"})
    facts = ScheduleFacts(readings=dict.fromkeys(("ett", "tva"), tuesday), since=at("2026-01-01T00:00"))
    assert names(member, facts, tuesday) == ["corrections", "digest", "note", "backup", "tidy"]
    own = member.model_copy(update={"rules": Rules(dir="rules")})
    assert names(own, facts, tuesday) == ["match", "digest", "note", "backup", "tidy"]


def test_the_preview_comes_the_day_before_and_not_after(tmp_path):
    config = config_in(tmp_path).model_copy(update={"digest": Digest(preview="eu@example.se")})
    sunday, monday = at("2026-05-17T08:00"), at("2026-05-18T08:00")
    assert names(config, settled(sunday), sunday) == ["preview"]
    assert names(config, settled(monday), monday) == []


def test_mails_that_wait_are_sent_but_a_server_that_refuses_gets_a_rest(tmp_path):
    now = at("2026-05-20T12:00")
    config = config_in(tmp_path)
    assert names(config, settled(now), now, Lane.MAIL) == []
    assert names(config, settled(now, mails=1), now, Lane.MAIL) == ["send"]
    troubled = settled(now, mails=1, jobs={"send": row("send", now, "attention")})
    assert names(config, troubled, now + timedelta(minutes=1), Lane.MAIL) == []
    assert names(config, troubled, now + timedelta(minutes=6), Lane.MAIL) == ["send"]


def test_what_was_under_way_when_the_scheduler_died_is_open_again_and_costs_no_attempt(tmp_path):
    due = at("2026-05-20T05:30")
    with open_archive(tmp_path / "archive.db") as archive:
        start_job(archive.db, "crawl", due, due)
        assert recover_jobs(archive.db, due) == ["crawl"]
        job = last_jobs(archive.db, due)["crawl"]
        assert (job.state, job.attempts) == ("interrupted", 0)
        assert start_job(archive.db, "crawl", due, due) == 1
        finish_job(archive.db, "crawl", due, "done", 0, "", due)
        assert recover_jobs(archive.db, due) == []


class Reading:
    """Stand-in for what `run --once` starts, with jobs that take no time: a reading notes when each source was read."""

    def __init__(self, config):
        self.config = config
        self.done = []
        self.read = []
        self.states = {}

    def once(self, moment):
        """Work at a moment until nothing is due; returns the names of the jobs that were done."""
        self.done.clear()
        worker = Worker([self.config], lambda: moment, self.execute)
        worker.begin()
        worker.work(Lane.ARCHIVE)
        return list(self.done)

    def execute(self, config, due, limit):
        self.done.append(due.name)
        if due.name == "crawl":
            self.read = list(due.command[1:])
            for source in (source for source in SOURCES if source.id in self.read):
                run = SourceRun(
                    source=source.id, name=source.name, publisher="", kind="feed", url=source.url, language="sv", started=self.now,
                    finished=self.now, state=self.states.get(source.id, "accepted"), reason="", complete_list=True, seen=0,
                )  # fmt: skip
                with open_archive(config.archive) as archive:
                    store_run(archive.db, run, self.now)
        return ProcessResult("done", 0)

    def at(self, text):
        self.now = at(text)
        return self.once(self.now)

    def attention(self):
        with open_archive(self.config.archive) as archive:
            return " ".join(status(self.config, archive, self.now)["attention"])


def test_a_clock_that_was_a_year_ahead_once_stops_nothing_and_is_told(tmp_path):
    reading = Reading(config_in(tmp_path))
    assert "crawl" in reading.at("2026-05-19T12:00")
    assert "crawl" in reading.at("2027-05-19T12:00"), "the clock jumps ahead"
    reading.now = at("2026-05-20T12:00")
    assert (
        "Datorns klocka har hoppat: i arkivet står arbete noterat 2027-05-19, men i dag är det 2026-05-20." in reading.attention()
    )
    with open_archive(reading.config.archive) as archive:
        rows = last_readings(archive.db, reading.now)
        assert rows == {}, "what a wrong clock noted is no reading"
        assert max(one.due for one in last_jobs(archive.db, reading.now).values()) < reading.now
    assert reading.at("2026-05-20T12:00")[:2] == ["crawl", "match"], "it goes on as soon as the clock is right"
    assert "klocka" not in reading.attention(), "and nothing of it is left"
    assert reading.at("2026-05-20T12:05") == []
    assert "crawl" in reading.at("2026-05-21T12:00")
    assert {"crawl", "digest", "note"} <= set(reading.at("2027-05-19T12:00")), "what was noted for then is still to be done then"


def test_a_clock_that_was_ahead_at_the_very_first_start(tmp_path):
    reading = Reading(config_in(tmp_path))
    reading.at("2027-05-19T12:00")
    assert "crawl" in reading.at("2026-05-16T12:00")
    assert "digest" in reading.at("2026-05-18T12:00"), "the weekly mail of the first Monday after that"


def test_a_clock_that_is_adjusted_by_seconds_repeats_nothing(tmp_path):
    reading = Reading(config_in(tmp_path))
    assert "crawl" in reading.at("2026-05-20T05:30")
    assert reading.at("2026-05-20T05:29") == []
    assert "klocka" not in reading.attention()


def test_a_job_that_hangs_or_keeps_failing_is_told_to_the_coordinator_once(tmp_path):
    config = config_in(tmp_path)
    now = [at("2026-05-20T12:00")]
    ends = iter([ProcessResult("hung", None, "no answer"), ProcessResult("hung", None, "no answer")])
    worker = Worker(
        [config], lambda: now[0], lambda config, due, limit: next(ends) if due.name == "crawl" else ProcessResult("done", 0)
    )
    worker.begin()
    for _ in range(2):
        worker.work(Lane.ARCHIVE)
        now[0] += timedelta(minutes=61)
    with open_archive(config.archive) as archive:
        letters = archive.db.execute("SELECT id FROM digests").fetchall()
        (text,) = archive.db.execute("SELECT text FROM renderings").fetchone()
    assert letters == [("2026-W21-larm-crawl",)]
    assert "tog för lång tid och avbröts" in text
    assert "no answer" in text


def test_an_archive_that_cannot_be_written_stops_no_other_installation(tmp_path, caplog):
    (tmp_path / "b").mkdir()
    broken, well = config_in(tmp_path / "a"), config_in(tmp_path / "b")
    done = []
    worker = Worker(
        [broken, well], lambda: at("2026-05-20T12:00"), lambda config, due, limit: done.append(config) or ProcessResult("done", 0)
    )
    worker.begin()
    broken.archive.write_bytes(b"no database at all, but something else" * 200)
    worker.work(Lane.ARCHIVE)
    worker.work(Lane.ARCHIVE)
    assert {one.data_dir for one in done} == {well.data_dir}
    assert [record.message.split()[0] for record in caplog.records if record.levelname == "ERROR"] == ["schedule_blocked"]


def test_t12_two_at_once_the_second_says_locked(installation):
    from monitor.archive import lock

    installation.configure("")
    with lock(installation.folder / "data", "run"):
        outcome = installation.ask("run")
    assert outcome.code == 3
    assert "monitor run är redan igång här" in outcome.err


def test_sigterm_ends_it_and_its_job_within_ten_seconds_and_the_job_is_taken_up_again(installation):
    """The publisher never answers; the reading is under way until the end comes."""
    from tests.commands import loopback_settings
    from tests.publishers import Answer, serve

    reached = threading.Event()

    def respond(asked):
        reached.set()
        return Answer(pause=True, headers={"Content-Length": "10"})

    with serve(respond) as publisher:
        off = "\n".join(f"[sources.{source.id}]\nenabled = false" for source in _shipped() if source.id != "funding-tenders")
        installation.configure(loopback_settings(f"{publisher.url}/search", more=off))
        process = subprocess.Popen(installation.command("run"), stderr=subprocess.DEVNULL)
        try:
            assert reached.wait(60), process.poll()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()
    db = sqlite3.connect(installation.archive)
    assert db.execute("SELECT state, attempts FROM jobs WHERE name = 'crawl'").fetchall() == [("interrupted", 0)]
    assert db.execute("SELECT count(*) FROM runs").fetchone() == (0,), "what was cut short is no reading"
    db.close()


def _shipped():
    from monitor.config import load_sources

    return load_sources([], {}, "sources.toml")
