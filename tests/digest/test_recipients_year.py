"""Recipients with choices over a year, with kills at any point, against an oracle that keeps in mind what each was told."""

import base64
import os
import random
import signal
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.archive.digests import digest_items, save_digest
from monitor.archive.recipients import (
    add_recipient,
)
from monitor.jobs import digest as digest_job
from monitor.mail.delivery import DeliveryResult, Result
from monitor.matching.rules.model import Signal, ThemeFile, ThemeHead
from monitor.settings import Recipient
from monitor.vocabulary import Pace
from tests.digest.test_recipients import ANNA, BO, PEOPLE, choose, come_back, leave, told, told_calls, weekly
from tests.mail.test_kills import CountedSteps
from tests.mailing import MONDAY, STOCKHOLM, WEEK, World, a_call, read_mail


class Reader:
    """Memory of one recipient: what it was told, told apart from how the program does it."""

    def __init__(self):
        self.told = set()
        self.away = False
        self.paused_until = None
        self.monthly = False
        self.last = None

    def gets(self, now):
        if self.away or (self.paused_until and now.date() < self.paused_until):
            return False
        return not self.monthly or self.last is None or (now.year, now.month) > (self.last.year, self.last.month)


class LastingServer:
    """Mail server whose memory outlives the process that sends: a mail is in a file before it is answered."""

    def __init__(self, path):
        self._path = path
        path.touch()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return None

    def deliver(self, message, recipient):
        with self._path.open("ab") as file:
            file.write(base64.b64encode(message.as_bytes()) + b"\n")
        return DeliveryResult(Result.SENT)

    def count(self):
        return self._path.read_bytes().count(b"\n")

    def taken(self, since):
        """Return the mails that were taken after so many."""
        return [read_mail(base64.b64decode(line)) for line in self._path.read_bytes().splitlines()[since:]]


WEEKS = 52


@pytest.mark.parametrize("seed", range(2))
def test_a_year_of_choices_stops_and_undoing_with_kills(tmp_path, seed):
    dice = random.Random(seed)
    world = World(tmp_path / "data", recipients=PEOPLE)
    server = LastingServer(tmp_path / "mails")
    killed, ids = Counter(), set()
    everybody = {ANNA: Reader(), BO: Reader(), "cia@example.se": None}
    world.crawl(at=MONDAY - WEEK)
    world.week(MONDAY - WEEK)
    for reader in filter(None, everybody.values()):
        reader.last = MONDAY - WEEK
    calls, ever = {}, defaultdict(int)
    for number in range(WEEKS):
        now = (MONDAY + number * WEEK).astimezone(STOCKHOLM).replace(hour=7)
        for _ in range(dice.randrange(3)):
            key = f"{number}x{len(calls)}"
            calls[key] = a_call(key, (now + timedelta(days=dice.randrange(3, 120))).date().isoformat())
        calls = {key: call for key, call in calls.items() if call.deadlines[0].at > now - timedelta(days=40)}
        world.publish(*calls.values(), at=now - timedelta(hours=1), level="trolig")
        for who, reader in everybody.items():
            act(world, dice, who, everybody, now - timedelta(minutes=30)) if dice.random() < 0.35 else None
            reader = everybody[who]
        before = server.count()
        expected = {who: reader is not None and reader.gets(now) for who, reader in everybody.items()}
        if dice.random() < 0.4:
            killed["digest"] += killed_work(lambda: world.digest(now), dice.randrange(1, 1500))  # noqa: B023 - done at once
        world.digest(now)
        late = [who for who, due in expected.items() if due and dice.random() < 0.1]
        for who in late:
            leave(world, who, now)
            everybody[who].away = True
        if dice.random() < 0.4:
            killed["send"] += killed_work(lambda: world.send(now, server=server), dice.randrange(1, 600))  # noqa: B023
        world.send(now, server=server)
        world.digest(now)
        world.send(now, server=server)
        # A mail that the server took in the moment of a kill is sent again under the same Message-ID: mail programs show one.
        found = server.taken(before)
        mails = list({mail["Message-ID"]: mail for mail in found}.values())
        assert len(found) - len(mails) <= 1
        assert not ids & {mail["Message-ID"] for mail in mails}, f"week {number}: a mail of an earlier week"
        ids |= {mail["Message-ID"] for mail in mails}
        for who, reader in everybody.items():
            mine = weekly(mails, who)
            assert len(mine) == (1 if expected[who] and who not in late else 0), f"week {number}: {who}"
            if not mine:
                continue
            open_now = {key for key, call in calls.items() if call.deadlines[0].at > now}
            held_now = told_calls(world, mine[0])
            assert not held_now & reader.told, f"week {number}: {who} is told twice"
            assert open_now - reader.told <= held_now, f"week {number}: {who} is not told of all that is open"
            reader.told |= held_now
            reader.last = now
            ever[who] += 1
    assert min(ever[who] for who in (ANNA, BO)) > 4
    assert min(killed["digest"], killed["send"]) > 3


def act(world, dice, who, everybody, now):
    """Let a recipient do one thing; who does not get the mails yet joins."""
    reader = everybody[who]
    if reader is None:
        with world.archive() as archive:
            add_recipient(archive.db, "kultur-fritid", who, "sv", now)
        everybody[who] = reader = Reader()
        reader.last = now
        # A newcomer hears of what is new from now on, as a new colleague of the department does.
        reader.told = {row[0] for row in world.rows("SELECT DISTINCT call_id FROM digest_items")}
        return
    done = dice.choice(("leave", "back", "pause", "monthly", "weekly"))
    if done == "leave":
        leave(world, who, now)
        reader.away = True
    elif done == "back":
        come_back(world, who)
        reader.away, reader.paused_until = False, None
    else:
        day = (now + timedelta(days=dice.randrange(3, 60))).date() if done == "pause" else None
        reader.monthly = done == "monthly" or (done == "pause" and reader.monthly)
        choose(world, who, now, pace=Pace.MONTHLY if reader.monthly else Pace.WEEKLY, paused_until=day)
        reader.away, reader.paused_until = False, day


def killed_work(work, fatal=None):
    """Do the work in a child that dies at a step, and return whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            if fatal is not None:
                sys.setprofile(CountedSteps(fatal))
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("stored", [1, 2])
def test_a_kill_between_the_departments_mail_and_those_of_some_recipients_takes_all_back(tmp_path, monkeypatch, stored):
    world = World(tmp_path, recipients=[*PEOPLE, Recipient(department="kultur-fritid", email="cia@example.se")]).welcomed()
    choose(world, ANNA, MONDAY, pace=Pace.CERTAIN)
    leave(world, "cia@example.se", MONDAY - timedelta(days=1))
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    world.week(MONDAY)
    come_back(world, "cia@example.se")
    at = MONDAY + WEEK
    world.publish(a_call("1", "2026-12-01"), a_call("2", "2026-12-01"), at=at)
    saved = []

    def save_and_die(db, digest):
        if len(saved) == stored:
            os.kill(os.getpid(), signal.SIGKILL)
        saved.append(digest.id)
        save_digest(db, digest)

    with monkeypatch.context() as patch:
        patch.setattr(digest_job, "save_digest", save_and_die)
        assert killed_work(lambda: world.digest(at))
    assert world.rows("SELECT id FROM digests WHERE week = '2026-W24' AND department <> ''") == []
    mails = world.week(at)
    assert [told(mails, who, 1, world) for who in (ANNA, BO, "cia@example.se")] == [0, 0, 1]
    assert [told(mails, who, 2, world) for who in (ANNA, BO, "cia@example.se")] == [1, 1, 1]


THEMES = (("Bad",), ("Kultur",), ("Bad", "Kultur"))
CHOSEN = (("kultur-fritid",), ("social",), ("kultur-fritid", "social"))


class Narrow:
    """Memory of one recipient with narrow choices: the departments since when, and what each mail of a department told."""

    def __init__(self, departments, now):
        self.since = dict.fromkeys(departments, now)
        self.certain = False
        self.left_out = ()
        self.changed = now
        self.told = defaultdict(set)
        self.away = frozenset()

    def wants(self, level, themes):
        return (level == "stark" or not self.certain) and not set(themes) <= {theme.title() for theme in self.left_out}


@pytest.mark.parametrize("seed", range(2))
def test_forty_weeks_of_only_certain_left_out_subjects_and_changed_departments_with_kills(tmp_path, seed):
    dice = random.Random(seed)
    people = [*PEOPLE, *(Recipient(department="social", email=who) for who in (ANNA, BO))]
    world = World(tmp_path / "data", recipients=people)
    head = ThemeHead(id="bad", title="Bad", departments=("kultur-fritid",), strategy=("extern-finansiering",))
    world.rules = replace(world.rules, themes=(ThemeFile(theme=head, signal=(Signal(id="bad", weight=5, words=("bad",)),)),))
    server = LastingServer(tmp_path / "mails")
    start = MONDAY - WEEK
    world.crawl(at=start)
    world.week(start)
    readers = {who: Narrow(("kultur-fritid", "social"), start) for who in (ANNA, BO)}
    calls, published, killed, narrowed = {}, {}, 0, Counter()
    for number in range(40):
        now = (MONDAY + number * WEEK).astimezone(STOCKHOLM).replace(hour=7)
        for _ in range(dice.randrange(3)):
            key = f"{number}x{len(published)}"
            calls[key] = a_call(key, (now + timedelta(days=dice.randrange(35, 120))).date().isoformat())
            published[key] = (dice.choice(("stark", "trolig")), dice.choice(THEMES), dice.choice(CHOSEN), now)
        calls = {key: call for key, call in calls.items() if call.deadlines[0].at > now + timedelta(days=29)}
        world.crawl(*calls.values(), at=now - timedelta(hours=1))
        for key in calls:
            level, themes, departments, _ = published[key]
            for department in departments:
                world.match(key, level=level, themes=themes, department=department)
        for who, reader in readers.items():
            if dice.random() < 0.3:
                change_choices(world, dice, who, reader, now - timedelta(minutes=30))
        before = server.count()
        if dice.random() < 0.4:
            killed += killed_work(lambda: world.digest(now), dice.randrange(1, 1500))  # noqa: B023 - done at once
        world.digest(now)
        if dice.random() < 0.4:
            killed += killed_work(lambda: world.send(now, server=server), dice.randrange(1, 600))  # noqa: B023
        world.send(now, server=server)
        mails = list({mail["Message-ID"]: mail for mail in server.taken(before)}.values())
        for who, reader in readers.items():
            mine = {}
            for mail in weekly(mails, who):
                department = department_of(world, mail)
                assert department not in mine, f"week {number}: {who} gets two mails of {department}"
                mine[department] = told_calls(world, mail) & new_calls(world, mail)
            assert set(mine) <= set(reader.since), f"week {number}: {who} gets a mail of a department that was left"
            for department, since in reader.since.items():
                held = mine.get(department, set())
                due = {
                    key
                    for key in calls
                    for level, themes, departments, at in [published[key]]
                    if department in departments and at >= since and at >= reader.changed and reader.wants(level, themes)
                } - reader.told[department]
                assert reader.certain or department in mine, f"week {number}: {who} gets no mail of {department}"
                assert due <= held, f"week {number}: {who} is not told of all of {department}"
                assert not held & reader.told[department], f"week {number}: {who} is told twice"
                unwanted = {key for key in held if not reader.wants(*published[key][:2]) or department not in published[key][2]}
                assert not unwanted, f"week {number}: {who} is told of what was left out"
                reader.told[department] |= held
                narrowed["left out"] += sum(
                    department in published[key][2] and not reader.wants(*published[key][:2]) for key in calls
                )
    assert killed > 3
    assert narrowed["left out"] > 20


def change_choices(world, dice, who, reader, now):
    """Let a recipient choose anew: only certain calls or all, the subject Bad or not, and her departments."""
    departments = dice.choice(CHOSEN)
    reader.certain, reader.left_out = dice.random() < 0.5, dice.choice(((), ("bad",)))
    pace = Pace.CERTAIN if reader.certain else Pace.WEEKLY
    choose(world, who, now, pace=pace, left_out=reader.left_out, departments=departments)
    reader.changed = now
    reader.since = {department: reader.since.get(department, now) for department in departments}


def new_calls(world, mail):
    """Return the calls that a mail tells of as new, and not for a change or a reminder."""
    ((digest,),) = world.rows("SELECT digest FROM outbox WHERE message_id = ?", mail["Message-ID"])
    with world.archive() as archive:
        return {key.call_id for section, key in digest_items(archive.db, digest) if section == "new"}


def department_of(world, mail):
    """Return the department whose mail it is."""
    sql = "SELECT d.department FROM outbox o JOIN digests d ON d.id = o.digest WHERE o.message_id = ?"
    ((department,),) = world.rows(sql, mail["Message-ID"])
    return department
