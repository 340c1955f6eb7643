"""Copies kept by Litestream: what a copy may be used for, how much a kill loses, and a machine that dies between its mails."""

import shutil
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from monitor.archive import open_archive
from monitor.archive.connection import follower_mark
from monitor.archive.copies import list_held, read_lineage, take_in_hand
from monitor.archive.files import load_secret
from monitor.archive.scheduler import finish_job, first_run, start_job
from monitor.archive.takeover import renew_epoch
from monitor.config import load_config
from monitor.errors import ArchiveError, ConfigError
from monitor.jobs import copies
from monitor.jobs.copies import CopyError, CopyFence, check_copies, copied_databases, fetch_copy, follow_copies, keep_copies
from monitor.jobs.promote import promote
from monitor.web.framework.request import Site
from tests.commands import Installation, breathe
from tests.mailserver import Running
from tests.small_rules import write_rules
from tests.web.conftest import Browser, FakeJobs

pytest.importorskip("psutil")
try:
    copies.litestream()
except ConfigError as error:
    pytest.skip(f"Litestream is not installed: {error}", allow_module_level=True)

MONDAY = datetime(2026, 5, 18, 7, 5, tzinfo=ZoneInfo("Europe/Stockholm"))
NAMES = ("ett", "tva", "tre", "fyra")
OTHER_JOBS = ("crawl", "match", "corrections", "note", "canary", "backup", "tidy", "awards", "documents", "translate")
SETTINGS = """\
data_dir = "data"
[rules]
dir = "rules"
[copy]
to = "file://{copy}"
seconds = 0.2
{more}
[mail]
transport = "smtp"
port = {port}
"""
COUNT = "SELECT count(*) FROM jobs WHERE name = 'prov'"
RECIPIENT = '[[recipient]]\ndepartment = "kommunledning"\nemail = "{name}@eksjo.se"\n'


class Mailboxes:
    """Mail server that calls `die` at a mail, which it has taken by then, or has not."""

    def __init__(self):
        self.taken = []
        self.die_at = 0
        self.takes_last = True
        self.die = lambda: None

    async def handle_DATA(self, server, session, envelope):
        last = self.die_at and len(self.taken) + 1 == self.die_at
        if not last or self.takes_last:
            self.taken.append(envelope.rcpt_tos[0].partition("@")[0])
        if last:
            self.die_at = 0
            self.die()
            server.transport.abort()
            return "451 never heard"
        return "250 OK"


@pytest.fixture(scope="module")
def mailboxes():
    handler = Mailboxes()
    with Running(handler) as server:
        handler.port = server.port
        yield handler


def make_place(folder, copy, port=25, more=""):
    folder.mkdir(parents=True)
    place = Installation(folder)
    write_rules(folder / "rules")
    place.configure(SETTINGS.format(copy=copy, port=port, more=more) + "".join(RECIPIENT.format(name=name) for name in NAMES))
    return place


def config_of(place):
    return load_config(place.folder / "monitor.toml")


def settle(place, *more):
    """Store every job but the week's mail and its delivery as done."""
    with open_archive(place.archive) as archive:
        first_run(archive.db, MONDAY - timedelta(days=1))
        for name in (*OTHER_JOBS, *more):
            start_job(archive.db, name, MONDAY, MONDAY)
            finish_job(archive.db, name, MONDAY, "done", 0, "", MONDAY)


def until(condition, what):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, what
        breathe()


@contextmanager
def thread_of(work, config):
    """Run `keep_copies` or `follow_copies` in a thread; an error that it ends with is in `errors`."""
    stop, errors = threading.Event(), []

    def run():
        try:
            work(config, stop)
        except CopyError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield errors
    finally:
        stop.set()
        thread.join()


def is_current(config):
    try:
        CopyFence(config, config).wait()
    except CopyError:
        return False
    return True


@contextmanager
def kept(place):
    config = config_of(place)
    with thread_of(keep_copies, config) as errors:
        until(lambda: is_current(config) or errors, "the copy is not kept")
        assert not errors, errors
        yield config


def standby_of(place, folder, copy, port):
    """Return the standby of an installation: the same settings and the same secret, without the archive."""
    standby = make_place(folder, copy, port)
    (folder / "data").mkdir()
    shutil.copy2(place.folder / "data" / "secret", folder / "data" / "secret")
    return standby


def kill_tree(process):
    """Kill a process and all that it has started, as the death of a machine does."""
    for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
        one.kill()
    process.wait()


@pytest.mark.parametrize("takes_last", [True, False], ids=["taken", "not taken"])
def test_the_machine_dies_between_its_mails_and_the_standby_finishes_the_night(tmp_path, mailboxes, takes_last):
    place = make_place(tmp_path / "dator", tmp_path / "kopia", mailboxes.port)
    settle(place)
    load_secret(place.folder / "data")
    assert place.ask("match").code == 0
    # The whole night once; the other time its last command alone, which costs a third.
    night = ("run", "--once") if takes_last else ("send",)
    if not takes_last:
        assert place.ask("digest", now=MONDAY.isoformat()).code == 0
    mailboxes.taken.clear()
    mailboxes.die_at, mailboxes.takes_last = 3, takes_last
    processes = [subprocess.Popen(place.command("copy", "keep"), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)]
    mailboxes.die = lambda: [kill_tree(process) for process in processes]
    try:
        until(lambda: is_current(config_of(place)), "the copy is not kept")
        processes.append(
            subprocess.Popen(place.command(*night, now=MONDAY.isoformat()), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        )
        until(lambda: all(process.poll() is not None for process in processes), "the machine did not die")
    finally:
        for process in processes:
            if process.poll() is None:
                kill_tree(process)
    assert mailboxes.taken == list(NAMES[: 3 if takes_last else 2])

    standby = standby_of(place, tmp_path / "reserv", tmp_path / "kopia", mailboxes.port)
    promoted = standby.ask("copy", "promote", "--json", now=MONDAY.isoformat())
    assert (promoted.code, promoted.json["held"], promoted.json["archives"]) == (1, 1, 1)
    with kept(standby):
        outcome = standby.ask(*night, now=(MONDAY + timedelta(minutes=10)).isoformat())
        assert outcome.code == 0, outcome.err
    first, held, last = NAMES[:2], NAMES[2], NAMES[3]
    assert sorted(mailboxes.taken) == sorted([*first, *([held] if takes_last else []), last]), "none twice"

    assert "kan ha kommit fram" in standby.ask("status", now=MONDAY.isoformat()).out
    listed = standby.ask("copy", "held", "--json").json["held"]
    assert [one["recipient"] for one in listed] == [f"{held}@eksjo.se"]
    assert standby.ask("copy", "held", "--arrived" if takes_last else "--again").code == 0
    with kept(standby):
        assert standby.ask("send", now=(MONDAY + timedelta(minutes=20)).isoformat()).code == 0
    assert sorted(mailboxes.taken) == sorted(NAMES), "every mail once"

    with thread_of(keep_copies, config_of(place)) as errors:
        until(lambda: errors, "the old machine kept copies")
    assert "en reserv har tagit över" in str(errors[0])
    refused = place.ask("send", now=MONDAY.isoformat())
    assert (refused.code, len(mailboxes.taken)) == (1, 4)
    assert "kopian är inte aktuell" in refused.err


def test_mails_wait_while_the_copy_cannot_be_reached_and_go_when_the_settings_say_so(tmp_path, mailboxes):
    place = make_place(tmp_path / "dator", tmp_path / "kopia", mailboxes.port)
    settle(place)
    assert place.ask("match").code == 0
    assert place.ask("digest", now=MONDAY.isoformat()).code == 0
    mailboxes.taken.clear()
    waiting = place.ask("send", now=MONDAY.isoformat())
    assert (waiting.code, mailboxes.taken) == (1, [])
    assert "monitor copy keep svarar inte" in waiting.err
    with open_archive(place.archive) as archive:
        assert archive.db.execute("SELECT state, in_hand, attempts FROM outbox").fetchall() == [("waiting", None, 0)] * 4
    text = (place.folder / "monitor.toml").read_text()
    place.configure(text.replace("seconds = 0.2", "seconds = 0.2\nbefore_mails = false"))
    assert place.ask("send", now=MONDAY.isoformat()).code == 0
    assert sorted(mailboxes.taken) == sorted(NAMES)


def test_a_copy_is_followed_for_reading_and_refuses_all_else(tmp_path):
    place, replica = (make_place(tmp_path / name, tmp_path / "kopia") for name in ("dator", "webben"))
    settle(place)
    load_secret(place.folder / "data")
    with kept(place), thread_of(follow_copies, config_of(replica)) as errors:
        until(lambda: follower_mark(replica.archive).exists() or errors, "no copy came")
        assert not errors, errors
        with closing(sqlite3.connect(f"{replica.archive.as_uri()}?mode=ro", uri=True)) as reading:
            for number in range(5):
                with open_archive(place.archive) as archive, archive.db.atomic():
                    archive.db.execute(
                        "INSERT INTO jobs (name, due, state, attempts, started) VALUES ('prov', ?, 'done', 1, '')", [str(number)]
                    )
                until(lambda seen=number + 1: reading.execute(COUNT).fetchone()[0] == seen, "a row does not come")
            assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for command in (("match",), ("run", "--once"), ("send",)):
            refused = replica.ask(*command)
            assert (refused.code, "Traceback" in refused.err) == (1, False), refused
        assert "är en kopia" in replica.ask("send").err
        assert replica.ask("search", "bidrag").code == 0
        config = config_of(replica)
        load_secret(config.data_dir)
        site = Site(config, lambda: MONDAY, FakeJobs(config))
        browser = Browser(site)
        assert [browser.get(path).status_code for path in ("/", "/arkiv.ndjson")] == [200, 200]
        browser.close()
        site.archive.close()
    with thread_of(keep_copies, config_of(replica)) as errors:
        until(lambda: errors, "a copy was copied")
    with thread_of(follow_copies, config_of(place)) as errors:
        until(lambda: errors, "the archive was written over")
    assert "är ett arkiv och ingen kopia" in str(errors[0])


def test_a_kill_loses_no_more_than_what_came_since_the_last_copy(tmp_path):
    place = make_place(tmp_path / "dator", tmp_path / "kopia")
    settle(place)
    config, written = config_of(place), []
    with kept(place), open_archive(place.archive) as archive:
        for number in range(300):
            with archive.db.atomic():
                archive.db.execute(
                    "INSERT INTO jobs (name, due, state, attempts, started) VALUES ('prov', ?, 'done', 1, '')", [f"{number:04}"]
                )
            written.append(time.monotonic())
            if number == 200:
                assert is_current(config)
        for one in psutil.Process().children():
            if one.name() == "litestream":
                one.kill()
        killed = time.monotonic()
    database = copied_databases(config)[-1]
    assert fetch_copy(config, database, tmp_path / "hämtad.db")
    with closing(sqlite3.connect(tmp_path / "hämtad.db")) as copy:
        rows = [row[0] for row in copy.execute("SELECT due FROM jobs WHERE name = 'prov' ORDER BY due")]
    assert rows == [f"{number:04}" for number in range(len(rows))], "a beginning of what was written, without gaps"
    assert len(rows) >= 201, "what the fence waited for is there"
    assert all(moment > killed - 5 for moment in written[len(rows) :])


def test_only_mails_in_hand_are_held(tmp_path):
    place = make_place(tmp_path / "dator", tmp_path / "kopia")
    settle(place)
    load_secret(place.folder / "data")
    assert place.ask("match").code == 0
    assert place.ask("digest", now=MONDAY.isoformat()).code == 0
    with open_archive(place.archive) as archive:
        (one, two), *_ = [archive.db.execute("SELECT group_concat(message_id, ' ') FROM outbox").fetchone()[0].split()[:2]]
        take_in_hand(archive.db, one, MONDAY)
    with kept(place):
        lineage = read_lineage(place.archive)
    standby = standby_of(place, tmp_path / "reserv", tmp_path / "kopia", 25)
    report = promote(config_of(standby), MONDAY)
    assert (report.held, report.counts["outbox"]) == (1, 4)
    assert read_lineage(standby.archive) != lineage
    with open_archive(standby.archive) as archive:
        assert [mail.message_id for mail in list_held(archive.db)] == [one]
        assert archive.db.execute("SELECT state FROM outbox WHERE message_id = ?", [two]).fetchone() == ("waiting",)
        assert archive.db.execute("SELECT DISTINCT state FROM digests").fetchall() == [("waiting",)]
    with pytest.raises(ArchiveError, match="finns redan ett arkiv"):
        promote(config_of(standby), MONDAY)


def test_a_fail_over_that_is_cut_short_is_done_anew(tmp_path, monkeypatch):
    place = make_place(tmp_path / "dator", tmp_path / "kopia")
    settle(place)
    load_secret(place.folder / "data")
    with kept(place):
        pass
    standby = standby_of(place, tmp_path / "reserv", tmp_path / "kopia", 25)
    with thread_of(follow_copies, config_of(standby)) as errors:
        until(lambda: follower_mark(standby.archive).exists() or errors, "no copy came")
    unlink = Path.unlink

    def die(path, missing_ok=False):
        if path.name.endswith("-txid"):
            raise KeyboardInterrupt
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", die)
    with pytest.raises(KeyboardInterrupt):
        promote(config_of(standby), MONDAY)
    monkeypatch.undo()
    assert standby.ask("send").code == 1, "until it is done, the archive counts as a copy"
    assert promote(config_of(standby), MONDAY).archives == 1
    assert not follower_mark(standby.archive).exists()
    assert standby.ask("match").code == 0


@pytest.mark.parametrize("harm", ["no secret", "no copy", "damaged"])
def test_a_fail_over_without_secret_or_whole_copy_is_refused_and_changes_nothing(tmp_path, harm):
    place = make_place(tmp_path / "dator", tmp_path / "kopia")
    settle(place)
    load_secret(place.folder / "data")
    if harm != "no copy":
        with kept(place):
            pass
    standby = standby_of(place, tmp_path / "reserv", tmp_path / "kopia", 25)
    if harm == "no secret":
        (standby.folder / "data" / "secret").unlink()
    if harm == "damaged":
        for file in (tmp_path / "kopia").rglob("*.ltx"):
            content = file.read_bytes()
            file.write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))
    assert standby.ask("copy", "check").code == (0 if harm == "no secret" else 1)
    outcome = standby.ask("copy", "promote")
    words = {"no secret": "secret: saknas", "no copy": "ingen kopia", "damaged": "litestream"}
    assert (outcome.code, words[harm] in outcome.err) == (1, True), outcome
    assert not standby.archive.exists()


def test_a_copy_that_was_put_aside_is_made_anew(tmp_path):
    place = make_place(tmp_path / "dator", tmp_path / "kopia")
    settle(place)
    for number in range(2):
        with kept(place) as config:
            settle(place, f"prov-{number}")
            assert is_current(config)
        assert check_copies(config)
        (tmp_path / "kopia").rename(tmp_path / f"gammal-{number}")
    with pytest.raises(CopyError, match="ingen kopia"):
        check_copies(config)


def test_a_restored_archive_is_copied_only_when_a_person_says_so(tmp_path):
    place = make_place(tmp_path / "dator", tmp_path / "kopia")
    settle(place)
    with kept(place):
        pass
    with open_archive(place.archive) as archive:
        renew_epoch(archive.db)
    config = config_of(place)
    with thread_of(keep_copies, config) as errors:
        until(lambda: errors, "another archive was copied over the copy")
    assert "monitor copy keep --anew" in str(errors[0])
    with thread_of(lambda config, stop: keep_copies(config, stop, anew=True), config) as errors:
        until(lambda: is_current(config) or errors, "the copy is not kept")
        assert not errors
