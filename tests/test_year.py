"""A year in one test: real readings into a real archive, real matches, mails and deliveries, with outages, clock changes and kills."""

import os
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.runs import SourceRun, store_run
from monitor.calls import Call, Deadline, DeadlineModel
from monitor.config import Config
from monitor.digest.wording import iso_week
from monitor.jobs import digest as digest_job
from monitor.jobs import note
from monitor.jobs.child import ProcessResult
from monitor.jobs.digest import build_digests
from monitor.jobs.digest_report import BuildOptions
from monitor.jobs.due import Lane, last_daily, last_weekly
from monitor.jobs.match import match_archive
from monitor.jobs.send import open_transport, send_mails
from monitor.jobs.tidy import tidy
from monitor.matching.rules.load import load_rules
from monitor.schedule import Worker
from monitor.settings import Digests, Municipality, Recipient, Rules, Schedule
from monitor.sources import Source
from tests.small_rules import write_rules

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SOURCES = tuple(Source(id=name, kind="feed", name=name, url="https://example.se") for name in ("ett", "tva"))
ADDRESSES = ("a@example.se", "b@example.se")
START, END = datetime(2026, 1, 1, tzinfo=STOCKHOLM), datetime(2027, 1, 4, 12, tzinfo=STOCKHOLM)  # past week 53
OUTAGES = (
    (datetime(2026, 3, 2, 6, tzinfo=STOCKHOLM), datetime(2026, 3, 9, 5, tzinfo=STOCKHOLM)),
    (datetime(2026, 8, 12, 10, tzinfo=STOCKHOLM), datetime(2026, 8, 19, 10, tzinfo=STOCKHOLM)),
)
KILLS = {
    ("crawl", 40): "during",
    ("crawl", 200): "after",
    ("match", 3): "before",
    ("match", 120): "after",
    ("digest", 10): "during",
    ("digest", 25): "after",
    ("send", 12): "during",
    ("send", 30): "before",
    ("corrections", 150): "before",
    ("backup", 300): "after",
}
MOVED = date(2026, 6, 10)


class Killed(BaseException):
    """kill -9: nothing that follows is done."""


def published(source: str, day: date) -> tuple[Call, ...]:
    """Return the calls of a source on a day: the first has one more every second month; its third call moves in June."""
    calls = []
    for month in range(1, day.month + 1 if day.year == 2026 else 13, 2 if source == "ett" else 7):
        due = datetime(2026, month, 28, 17, tzinfo=STOCKHOLM) + timedelta(days=60)
        if month == 5 and source == "ett" and day >= MOVED:
            due = datetime(2026, 6, 25, 17, tzinfo=STOCKHOLM)
        calls.append(
            Call(
                source=source,
                call_id=str(month),
                title=f"Ungdomsutbyten, omgång {month}",
                url=f"https://example.se/{source}/{month}",
                summary="Kommuner kan söka.",
                language="sv",
                deadline_model=DeadlineModel.SINGLE,
                deadlines=(Deadline(at=due),),
            )
        )
    return tuple(calls)


class Dying:
    """A way for mails that ends with the second one."""

    def __init__(self, inner):
        self.inner, self.count = inner, 0

    def __enter__(self):
        self.inner = self.inner.__enter__()
        return self

    def __exit__(self, *exception):
        return None

    def deliver(self, message, recipient):
        self.count += 1
        if self.count == 2:
            raise Killed
        return self.inner.deliver(message, recipient)


class World:
    """An installation whose jobs are done in this process by the functions that the commands call; only the network is left out."""

    def __init__(self, folder, monkeypatch):
        self.config = Config(
            path=folder / "monitor.toml",
            data_dir=folder / "data",
            municipality=Municipality(base_url="https://eu.example.se"),
            rules=Rules(dir=str(write_rules(folder / "rules"))),
            digests=Digests(),
            sources=SOURCES,
            recipient=tuple(Recipient(department="kommunledning", email=one) for one in ADDRESSES),
            schedule=Schedule(),
        )
        self.monkeypatch = monkeypatch
        self.rules = load_rules(self.config.rules_dir)
        self.now = START
        self.kills = dict(KILLS)
        self.count = Counter()
        self.others = Counter()
        self.worker = None

    def tick(self):
        """Run the scheduler once; start it again when it was killed."""
        lanes = list(Lane)
        while lanes:
            if self.worker is None:
                self.worker = Worker([self.config], lambda: self.now, self.execute)
                self.worker.begin()
            try:
                self.worker.work(lanes[0])
                lanes.pop(0)
            except Killed:
                self.worker = None

    def execute(self, config, due, limit):
        self.now += timedelta(seconds=20)
        self.count[due.name] += 1
        strike = self.kills.pop((due.name, self.count[due.name]), "")
        if strike == "before":
            raise Killed
        with open_archive(config.archive) as archive:
            getattr(self, f"do_{due.command[0]}", self.do_other)(archive, due, strike == "during")
        if strike:
            raise Killed
        return ProcessResult("done", 0)

    def do_crawl(self, archive, due, dying):
        for source in due.command[1:]:
            calls = published(source, self.now.astimezone(STOCKHOLM).date())
            run = SourceRun(
                source=source, name=source, publisher="", kind="feed", url="", language="sv", started=self.now,
                finished=self.now, state="accepted", reason="", complete_list=True, seen=len(calls), calls=calls,
            )  # fmt: skip
            store_run(archive.db, run, self.now)
            if dying:
                raise Killed

    def do_match(self, archive, due, dying):
        match_archive(archive, self.rules, self.now)

    def do_digest(self, archive, due, dying):
        options = {"corrections_only": True} if "--corrections" in due.command else {"week": due.command[2]}
        if dying:
            self.monkeypatch.setattr(digest_job, "save_digest", self.die_while_saving)
        try:
            build_digests(self.config, archive, self.now, BuildOptions(**options), rules=self.rules)
        finally:
            self.monkeypatch.undo()

    def die_while_saving(self, db, new):
        self.monkeypatch.undo()
        with db.atomic():
            digest_job.save_digest(db, new)
            raise Killed

    def do_send(self, archive, due, dying):
        way = (lambda config: Dying(open_transport(config))) if dying else open_transport
        send_mails(self.config, archive, self.now, scheduled=True, transport=way)

    def do_note(self, archive, due, dying):
        with self.monkeypatch.context() as patched:
            patched.setattr(note, "load_rules_in_force", lambda *_, **__: self.rules)  # not read from their files 52 times
            note.write_note(self.config, archive, self.now)

    def do_tidy(self, archive, due, dying):
        tidy(self.config, archive, self.now)
        self.do_other(archive, due, dying)

    def do_other(self, archive, due, dying):
        self.others[due.name, due.due] += 1


@pytest.fixture
def quick_folder(tmp_path):
    """Yield a folder in memory where there is one: a year has thousands of commits, and each waits for the disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def moments():
    """When the machine is on and the scheduler looks."""
    moment, step = START.astimezone(UTC), timedelta(hours=7, minutes=5)
    while moment < END:
        if not any(begin <= moment < over for begin, over in OUTAGES):
            yield moment
        moment += step


def test_a_year_with_outages_clock_changes_and_kills_does_each_due_thing_once(quick_folder, monkeypatch):
    world = World(quick_folder, monkeypatch)
    on = list(moments())
    for before, moment in zip([None, *on], on, strict=False):
        if before is not None and moment - before > timedelta(days=1):
            world.worker = None
        world.now = max(world.now, moment)
        world.tick()
    assert not world.kills, "ten kills have struck"

    with open_archive(world.config.archive) as archive:
        rows = {
            name: archive.db.execute(sql).fetchall()
            for name, sql in {
                "runs": "SELECT source, started, state FROM runs",
                "digests": "SELECT week, kind, state FROM digests WHERE department <> ''",
                "letters": "SELECT id, kind FROM digests WHERE department = ''",
                "told": "SELECT source, call_id, fact FROM digest_items",
                "outbox": "SELECT message_id, state, attempts FROM outbox",
                "jobs": "SELECT name, due, state FROM jobs",
            }.items()
        }
    # Every day on which it was awake at half past five or later, each source was read once; else never.
    days = {last_daily("05:30", one, STOCKHOLM).date() for one in on}
    read = Counter((source, last_daily("05:30", datetime.fromisoformat(at), STOCKHOLM).date()) for source, at, _ in rows["runs"])
    assert set(read.values()) == {1}
    assert {day for _, day in read} == days
    assert len(read) == 2 * len(days)
    assert {state for *_, state in rows["runs"]} == {"accepted"}
    assert len(days) == 370 - 14, "a year and four days and the night before it, but for two outages"

    # Every week one mail to the department, also the one of week 53 and the one missed on a Monday and made on a Wednesday.
    weeks = {last_weekly("mon 07:00", one, STOCKHOLM).date() for one in on} - {date(2025, 12, 29)}
    expected = {iso_week(day) for day in weeks} - {"2026-W10"}
    weekly = [week for week, kind, _ in rows["digests"] if kind != "correction"]
    assert Counter(weekly) == Counter(expected)
    assert {"2026-W53", "2026-W34"} <= expected
    assert {state for *_, state in rows["digests"]} == {"sent"}

    # Every call was told once as new, and the date that moved was told once, by a mail of its own.
    news = Counter((source, call) for source, call, fact in rows["told"] if fact == "new")
    assert news == Counter(("ett", call.call_id) for call in published("ett", END.date())) + Counter(
        ("tva", call.call_id) for call in published("tva", END.date())
    )
    assert len(set(rows["told"])) == len(rows["told"])
    assert [kind for _, kind, _ in rows["digests"]].count("correction") == 1

    # Every mail left once for each of the two addresses, and so did each letter to the coordinator.
    mails = list((world.config.data_dir / "outbox").glob("*.eml"))
    letters = [name for name, _ in rows["letters"]]
    assert len(rows["outbox"]) == 2 * len(rows["digests"]) + len(letters)
    assert {state for _, state, _ in rows["outbox"]} == {"sent"}
    assert len(mails) == len(rows["outbox"])
    notes = {iso_week(last_weekly("mon 08:00", one, STOCKHOLM).date()) for one in on} - {"2026-W01", "2026-W10"}
    assert Counter(letters) == Counter(f"{week}-veckobrev" for week in notes)

    # What was due at a moment has one row, and it is done.
    undone = {(name, state) for name, _, state in rows["jobs"] if state != "done"}
    # Killed after the last source was read there is nothing left to read; mails that wait are due when the next one looks.
    assert undone == {("crawl", "interrupted"), ("send", "interrupted")}
    nights = {last_daily("02:15", one, STOCKHOLM) for one in on}
    for name in ("backup", "tidy"):
        assert {due for job, due in world.others if job == name} == nights
    tuesdays = {last_weekly("tue 09:00", one, STOCKHOLM) for one in on} - {datetime(2025, 12, 30, 9, tzinfo=STOCKHOLM)}
    assert {due for job, due in world.others if job == "canary"} == tuesdays
    twice = {what: count for what, count in world.others.items() if count > 1}
    assert [name for name, _ in twice] == ["backup"], "killed between the work and the note that it is done: made again, no harm"
