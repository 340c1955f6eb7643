"""The scheduler: what is due, decided from the archive; and a year of it with outages and kills."""

import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.due import JobRow, finish_job, last_jobs, recover_jobs, start_job
from monitor.archive.ledger import Address, NewDigest, StoredRendering, find_digest, save_digest
from monitor.archive.outbox import mark_sent, waiting_mails
from monitor.config import Config, Digest, Rules, Schedule
from monitor.digest.wording import iso_week
from monitor.jobs.child import Ended
from monitor.jobs.due import WAITS, Facts, Lane, due_jobs, is_given_up, is_open, last_daily, last_weekly
from monitor.schedule import Worker
from monitor.sources import Source

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SOURCES = tuple(Source(id=name, kind="feed", name=name, url="https://example.se") for name in ("ett", "tva"))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def config_in(folder, **schedule):
    return Config(data_dir=folder, sources=SOURCES, schedule=Schedule(**schedule))


def row(name, due, state="done", attempts=1, finished=None):
    return JobRow(name=name, due=due, state=state, attempts=attempts, started=due, finished=finished or due, words="")


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
    assert is_given_up(job) is (attempts > len(WAITS))


def names(config, facts, now, lane=Lane.ARCHIVE):
    return [due.name for due in due_jobs(config, facts, now, lane)]


def settled(now, **more):
    """Facts of an installation where all but the named jobs have just been done."""
    done = {name: row(name, now) for name in ("crawl", "match", "corrections", "digest", "note", "canary", "backup", "tidy")}
    return Facts(
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


def test_a_fresh_installation_reads_at_once_but_writes_to_nobody_before_its_time(tmp_path):
    now = at("2026-05-20T12:00")
    due = names(config_in(tmp_path), Facts(since=now), now)
    assert due == ["crawl", "backup", "tidy"]


def test_t09_a_missed_weekly_mail_is_made_late_and_for_its_week(tmp_path):
    wednesday = at("2026-05-20T12:00")
    facts = settled(wednesday, jobs={"digest": row("digest", at("2026-05-11T07:00"))})
    due = due_jobs(config_in(tmp_path), facts, wednesday, Lane.ARCHIVE)
    assert [one.command for one in due] == [("digest", "--week", "2026-W21", "--last-good")]


def test_a_weekly_mail_missed_until_just_before_the_next_is_left_to_that(tmp_path):
    sunday = at("2026-05-24T12:00")
    facts = settled(sunday, jobs={"digest": row("digest", at("2026-05-11T07:00"))})
    assert names(config_in(tmp_path), facts, sunday) == []


def test_corrections_wait_for_the_weekly_mail_when_it_is_near(tmp_path):
    for now, due in ((at("2026-05-18T05:40"), []), (at("2026-05-19T05:40"), ["corrections"])):
        facts = settled(now, jobs={"corrections": row("corrections", now - timedelta(days=1))})
        assert names(config_in(tmp_path), facts, now) == due


def test_a_member_neither_reads_nor_matches_but_corrects_and_writes(tmp_path):
    tuesday = at("2026-05-19T06:00")
    member = config_in(tmp_path).model_copy(update={"shared_archive": tmp_path / "archive.db"})
    facts = Facts(readings=dict.fromkeys(("ett", "tva"), tuesday), since=at("2026-01-01T00:00"))
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
        job = last_jobs(archive.db)["crawl"]
        assert (job.state, job.attempts) == ("interrupted", 0)
        assert start_job(archive.db, "crawl", due, due) == 1
        finish_job(archive.db, "crawl", due, "done", 0, "", due)
        assert recover_jobs(archive.db, due) == []


class Killed(BaseException):
    """kill -9: nothing that follows is done."""


class World:
    """An installation whose commands do what they do to the archive, at once. `kills` strike before, during or after the n-th job."""

    def __init__(self, folder, start, kills=()):
        self.config = config_in(folder).model_copy(update={"data_dir": folder})
        self.now = start
        self.kills = dict(kills)
        self.started = 0
        self.read, self.digests, self.sent = Counter(), Counter(), Counter()
        self.commands = Counter()
        self.worker = self._worker()

    def _worker(self):
        worker = Worker([self.config], lambda: self.now, self.execute)
        worker.begin()
        return worker

    def tick(self):
        lanes = list(Lane)
        while lanes:
            self.worker = self.worker or self._worker()
            try:
                self.worker.work(lanes[0])
                lanes.pop(0)
            except Killed:
                self.worker = None

    def execute(self, config, due, limit):
        self.started += 1
        self.now += timedelta(seconds=20)
        strike = self.kills.pop(self.started, "")
        if strike == "before":
            raise Killed
        with open_archive(self.config.archive) as archive:
            getattr(self, f"do_{due.command[0]}", self.do_other)(archive.db, due, strike)
        if strike:
            raise Killed
        return Ended("done", 0)

    def do_crawl(self, db, due, strike):
        for source in due.command[1:]:
            self.read[source, due.due.date()] += 1
            values = {
                "name": source,
                "publisher": "",
                "kind": "feed",
                "url": "",
                "language": "",
                "state": "accepted",
                "reason": "",
            }
            db.table("sources").upsert({"id": source, "last_run": self.now.astimezone(UTC).isoformat(), **values}, pk="id")
            if strike == "during":
                return

    def do_digest(self, db, due, strike):
        if "--corrections" in due.command:
            return
        week = due.command[2]
        for department in ("social", "kultur-fritid"):
            if find_digest(db, department, week) is None:
                self.digests[department, week] += 1
                address = Address(message_id=f"<{week}-{department}>", recipient="a@example.se", language="sv")
                mail = StoredRendering(language="sv", subject="", html="", text="")
                facts = {"week": week, "kind": "weekly", "created": self.now, "items": 0, "sections": {}}
                save_digest(
                    db,
                    NewDigest(id=f"{week}-{department}", department=department, renderings=[mail], addresses=[address], **facts),
                )
            if strike == "during":
                return

    def do_send(self, db, due, strike):
        for mail in waiting_mails(db, self.now):
            self.sent[mail.message_id] += 1
            mark_sent(db, mail, self.now)
            if strike == "during":
                return

    def do_other(self, db, due, strike):
        if not strike:
            self.commands[due.name, due.due] += 1


@pytest.fixture
def quick_folder(tmp_path):
    """A folder in memory where there is one: a year has thousands of commits, and each waits for the disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_a_year_with_outages_clock_changes_and_kills_does_each_due_thing_once(quick_folder):
    start = at("2026-01-01T00:00").astimezone(UTC)
    end = at("2027-01-04T12:00").astimezone(UTC)  # past week 53
    outages = [(at("2026-03-02T06:00"), at("2026-03-09T05:00")), (at("2026-08-12T10:00"), at("2026-08-19T10:00"))]
    hows = ("before", "during", "after")
    kills = {number: hows[number % 3] for number in (2, 7, 100, 333, 334, 700, 1001, 1502, 1700, 1850)}
    world = World(quick_folder, start, kills)
    moment, on = start, []
    while moment < end:
        if not any(begin <= moment < over for begin, over in outages):
            world.now = max(world.now, moment)
            on.append(moment)
            world.tick()
        else:
            world.worker = None
        moment += timedelta(hours=5, minutes=35)
    assert not world.kills, "ten kills have struck"

    # Every day on which it was awake at half past five or later, each source was read once; else never.
    days = {last_daily("05:30", one, STOCKHOLM).date() for one in on}
    assert {day for _, day in world.read} == days
    assert set(world.read.values()) == {1}
    assert len(days) == 370 - 13, "a year and four days and the night before it, but for two outages"

    weeks = {last_weekly("mon 07:00", one, STOCKHOLM).date() for one in on} - {at("2025-12-29T07:00").date()}
    expected = {iso_week(day) for day in weeks} - {"2026-W10"}
    assert {week for _, week in world.digests} == expected
    assert "2026-W53" in expected
    assert "2026-W34" in expected, "missed on Monday, made on Wednesday"
    assert set(world.digests.values()) == {1}
    assert len(world.sent) == 2 * len(expected)
    assert set(world.sent.values()) == {1}

    nights = Counter(name for name, _ in world.commands)
    assert nights["backup"] == nights["tidy"] == len({last_daily("02:15", one, STOCKHOLM).date() for one in on})
    assert nights["canary"] == len({last_weekly("tue 09:00", one, STOCKHOLM) for one in on}) - 1
    assert set(world.commands.values()) == {1}


def test_a_job_that_hangs_or_keeps_failing_is_told_to_the_coordinator_once(tmp_path):
    config = config_in(tmp_path)
    now = [at("2026-05-20T12:00")]
    ends = iter([Ended("hung", None, "no answer"), Ended("hung", None, "no answer")])
    worker = Worker([config], lambda: now[0], lambda config, due, limit: next(ends) if due.name == "crawl" else Ended("done", 0))
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
        [broken, well], lambda: at("2026-05-20T12:00"), lambda config, due, limit: done.append(config) or Ended("done", 0)
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
        outcome = installation.run("run")
    assert outcome.code == 3
    assert "monitor run är redan igång här" in outcome.err


def test_sigterm_ends_it_and_its_job_within_ten_seconds_and_the_job_is_taken_up_again(installation):
    """The publisher never answers; the reading is under way until the end comes."""
    from tests.commands import loopback_settings
    from tests.publishers import Answer, serve

    with serve(lambda asked: Answer(pause=True, headers={"Content-Length": "10"})) as publisher:
        off = "\n".join(f"[sources.{source.id}]\nenabled = false" for source in _shipped() if source.id != "funding-tenders")
        installation.configure(loopback_settings(f"{publisher.url}/search", more=off))
        process = subprocess.Popen(installation.command("run"), stderr=subprocess.PIPE)
        try:
            begun = time.monotonic()
            while not publisher.asked:
                assert process.poll() is None, process.stderr.read().decode()
                assert time.monotonic() - begun < 60
            ended = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
            assert time.monotonic() - ended < 10
        finally:
            process.kill()
            process.stderr.close()
    db = sqlite3.connect(installation.archive)
    assert db.execute("SELECT state, attempts FROM jobs WHERE name = 'crawl'").fetchall() == [("interrupted", 0)]
    assert db.execute("SELECT count(*) FROM runs").fetchone() == (0,), "what was cut short is no reading"
    db.close()


def _shipped():
    from monitor.config import load_sources

    return load_sources([], {}, "sources.toml")
