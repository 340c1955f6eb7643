"""Recipients with choices over a year, with kills at any point, against an oracle that keeps in mind what each was told."""

import base64
import os
import random
import signal
import sys
from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from monitor.archive.digests import save_digest
from monitor.archive.recipients import (
    add_recipient,
)
from monitor.jobs import digest as digest_job
from monitor.mail.delivery import DeliveryResult, Result
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
