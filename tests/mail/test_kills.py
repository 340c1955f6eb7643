"""kill -9 between any two steps of building and sending, again and again: the next run completes the work."""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.mail.delivery import DeliveryResult, Result
from monitor.mail.folder import Folder, file_name
from monitor.settings import Recipient
from tests.commands import Installation
from tests.mailing import MONDAY, WEEK, World, a_call
from tests.mailserver import Handler, Running

KILLS = 200
PEOPLE = [
    Recipient(department=department, email=f"{name}@{department}.eksjo.se")
    for department, names in (("kultur-fritid", ("anna", "bo", "cia")), ("social", ("dan", "eva")))
    for name in names
]
WATCHED = (
    "monitor.jobs",
    "monitor.archive.digests",
    "monitor.archive.outbox",
    "monitor.archive.connection",
    "monitor.mail",
    "tests.mailing",
)


class DurableServer:
    """Server whose memory outlives the sender: a taken mail is in a file before the answer."""

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._path = path

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return None

    def deliver(self, message, recipient):
        os.write(self._file, json.dumps([str(message["Message-ID"]), recipient]).encode() + b"\n")
        return DeliveryResult(Result.SENT)

    def taken(self):
        return [tuple(json.loads(line)) for line in self._path.read_text().splitlines()]


class CountedSteps:
    """Profiler that kills the process at its n-th step in the watched modules; a call of SQLite or the system is a step, too."""

    def __init__(self, fatal):
        self.steps = 0
        self._fatal = fatal

    def __call__(self, frame, event, argument):
        if event in ("call", "c_call", "return") and frame.f_globals.get("__name__", "").startswith(WATCHED):
            self.steps += 1
            if self.steps == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)


def work(world, server, now):
    world.digest(now)
    world.send(now, server=server)


def in_a_child(world, server, now, fatal=None, seconds=None):
    """Do the work in a process of its own, and return whether it was killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if seconds is not None:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.setitimer(signal.ITIMER_REAL, seconds)
            if fatal is not None:
                sys.setprofile(CountedSteps(fatal))
            work(world, server, now)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def prepared(folder):
    world = World(folder, recipients=PEOPLE)
    both = ("kultur-fritid", "social")
    world.publish(a_call("1", "2026-09-01"), a_call("2"), at=MONDAY - WEEK, departments=both)
    return world


def count_steps(folder, server):
    counter = CountedSteps(None)
    world = prepared(folder)
    sys.setprofile(counter)
    try:
        work(world, server, MONDAY)
    finally:
        sys.setprofile(None)
    return counter.steps


def unmarked(world, server):
    """Return the mails that the server has taken and the outbox does not know to be sent."""
    sent = {row[0] for row in world.rows("SELECT message_id FROM outbox WHERE state = 'sent'")}
    return {message_id for message_id, _ in server.taken()} - sent


def check_all_done(world, server, week, pardoned):
    counted = Counter(server.taken())
    mine = {key: number for key, number in counted.items() if key[0].startswith(f"<{week}-")}
    assert sorted(recipient for _, recipient in mine) == sorted(one.email for one in PEOPLE), "everyone, each with one Message-ID"
    for (message_id, _), number in mine.items():
        assert number <= 1 + pardoned[message_id], "only what was taken in the instant before a kill may arrive once more"
    assert {state for _, state, _ in world.outbox()} == {"sent"}
    facts = world.facts()
    assert len(facts) == len(set(facts))


def test_two_hundred_kills(tmp_path):
    steps = count_steps(tmp_path / "count", DurableServer(tmp_path / "count.txt"))
    assert steps > KILLS, "there are more steps than kills, or the points would not be spread"
    points = [1 + number * steps // (KILLS * 3 // 4) for number in range(KILLS * 3 // 4)]
    template = tmp_path / "template"
    prepared(template)
    chance = random.Random(20260601)
    kills = doubles = 0
    while kills < KILLS:
        folder = Path(tempfile.mkdtemp(dir=tmp_path)) / "run"  # a run that ends before its kill counts as none, so numbers repeat
        shutil.copytree(template, folder)
        world = World(folder, recipients=PEOPLE)
        server = DurableServer(folder / "taken.txt")
        pardoned = Counter()
        # The first kill of a world meets everything undone; later ones meet what was half done.
        for _ in range(4):
            timed = kills >= len(points)
            before = Counter(server.taken())
            killed = in_a_child(
                world,
                server,
                MONDAY,
                fatal=None if timed else points[kills],
                seconds=chance.uniform(0.001, 0.08) if timed else None,
            )
            if not killed:
                break
            kills += 1
            lost = unmarked(world, server) & {message_id for message_id, _ in Counter(server.taken()) - before}
            assert len(lost) <= 1, "at most the one mail in the server's hands"
            pardoned.update(lost)
            if kills == KILLS:
                break
        else:
            killed = True
        if not killed:
            kills += kills < len(points)  # this point lies beyond what was left to do
        assert not in_a_child(world, server, MONDAY)
        check_all_done(world, server, "2026-W23", pardoned)
        doubles += sum(number > 1 for number in Counter(server.taken()).values())
    assert doubles <= KILLS


def test_killed_while_writing_to_a_folder(tmp_path):
    world = prepared(tmp_path / "count")
    steps = CountedSteps(None)
    sys.setprofile(steps)
    try:
        work(world, Folder(tmp_path / "count" / "outbox"), MONDAY)
    finally:
        sys.setprofile(None)
    template = tmp_path / "template"
    prepared(template)
    for number in range(12):
        shutil.copytree(template, tmp_path / f"run{number}")
        world = World(tmp_path / f"run{number}", recipients=PEOPLE)
        outbox = tmp_path / f"run{number}" / "outbox"
        assert in_a_child(world, Folder(outbox), MONDAY, fatal=steps.steps // 3 + number * steps.steps // 20)
        assert not in_a_child(world, Folder(outbox), MONDAY)
        names = {file_name(row[0]) for row in world.rows("SELECT message_id FROM outbox")}
        assert {path.name for path in outbox.glob("*.eml")} == names
        assert len(names) == len(PEOPLE), "the same mail again replaces its file"


def test_two_at_once_one_works_and_one_says_locked(tmp_path):
    class Waiting(Handler):
        async def handle_DATA(self, server, session, envelope):
            at_work.set()
            await asyncio.get_running_loop().run_in_executor(None, other_done.wait)
            return await super().handle_DATA(server, session, envelope)

    at_work, other_done = threading.Event(), threading.Event()
    handler = Waiting()
    with Running(handler) as server:
        world = prepared(tmp_path / "data")
        world.digest(MONDAY)
        installation = Installation(tmp_path)
        people = "".join(f'[[recipient]]\ndepartment = "{one.department}"\nemail = "{one.email}"\n' for one in PEOPLE)
        installation.configure(f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\n{people}')
        first = subprocess.Popen(installation.command("send", "--json", now="2026-06-01T07:00"), stdout=subprocess.PIPE)
        assert at_work.wait(30)
        second = installation.run("send", "--json", now="2026-06-01T07:00")
        other_done.set()
        answer, _ = first.communicate(timeout=60)
    assert second.code == 3, second.err
    assert "ett annat arbete pågår" in second.err
    assert first.returncode == 0
    assert json.loads(answer) == {"sent": 5, "failed": 0, "waiting": 0}
    assert len(handler.ids) == len(set(handler.ids)) == 5


@pytest.mark.parametrize("days", [0, 1])
def test_a_kill_one_day_is_made_good_the_next(tmp_path, days):
    world = prepared(tmp_path / "a")
    server = DurableServer(tmp_path / "taken.txt")
    assert in_a_child(world, server, MONDAY, fatal=150)
    lost = Counter(unmarked(world, server))
    work(world, server, MONDAY + timedelta(days=days))
    check_all_done(world, server, "2026-W23", lost)
