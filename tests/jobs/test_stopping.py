"""SIGTERM while a job is at work: its current step is finished or undone, and the next start completes the rest."""

import asyncio
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import lock, open_archive
from monitor.archive.backup import check_archive
from monitor.archive.digests import NewDigest, NewOutboxRow, StoredRendering, save_digest
from monitor.errors import LockedError
from tests.commands import Installation, breathe, loopback_settings
from tests.mailserver import Running
from tests.portal_rows import page, row
from tests.publishers import Answer, serve
from tests.small_rules import write_rules

NOW = "2026-05-19T12:00"
AT = datetime(2026, 5, 19, 7, tzinfo=ZoneInfo("Europe/Stockholm"))
NAMES = ("ett", "tva", "tre", "fyra")


class Slow:
    """Mail server that answers to the second mail when the test lets it."""

    def __init__(self):
        self.taken = []
        self.reached, self.go_on = threading.Event(), threading.Event()

    async def handle_DATA(self, server, session, envelope):

        self.taken.append(envelope.rcpt_tos[0])
        if len(self.taken) == 2:
            self.reached.set()
            await asyncio.get_running_loop().run_in_executor(None, self.go_on.wait, 30)
        return "250 OK"


@pytest.fixture
def slow():
    return Slow()


@pytest.fixture
def server(slow):
    with Running(slow) as running:
        yield running
        slow.go_on.set()


def test_sigterm_while_sending_finishes_the_mail_under_way_and_no_mail_goes_twice(installation, server, slow):
    recipients = "".join(f'[[recipient]]\ndepartment = "social"\nemail = "{name}@eksjo.se"\n' for name in NAMES)
    installation.configure(f'[mail]\ntransport = "smtp"\nport = {server.port}\n{recipients}')
    with open_archive(installation.archive) as archive:
        values = {"department": "social", "week": "2026-W21", "kind": "weekly", "created": AT, "items": 0, "sections": {}}
        addresses = [NewOutboxRow(message_id=f"<{name}@x>", recipient=f"{name}@eksjo.se", language="sv") for name in NAMES]
        mail = StoredRendering(language="sv", subject="Hej", html="<p>Hej</p>", text="Hej")
        save_digest(archive.db, NewDigest(id="2026-W21-social", renderings=[mail], addresses=addresses, **values))
    process = subprocess.Popen(installation.command("send", now=NOW), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert slow.reached.wait(60)
        process.send_signal(signal.SIGTERM)
        slow.go_on.set()
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 1
    assert "utskicket avbröts" in said
    assert len(slow.taken) == 2
    outcome = installation.ask("send", "--json", now=NOW)
    assert outcome.json == {"sent": 2, "failed": 0, "waiting": 0}
    assert Counter(slow.taken) == Counter(f"{name}@eksjo.se" for name in NAMES)


@pytest.fixture(scope="module")
def read_and_matched(tmp_path_factory):
    """Return an installation with thirty calls, read once for all tests."""
    place = Installation(tmp_path_factory.mktemp("read"))
    write_rules(place.folder / "rules")
    rows = [row(number, text="<p>Youth exchanges between twin towns, for municipalities.</p>") for number in range(30)]
    with serve(lambda asked: Answer(page(rows)) if asked.path == "/search" else Answer(status=404)) as publisher:
        more = 'expected = 1\n[rules]\ndir = "rules"\n[[recipient]]\ndepartment = "kommunledning"\nemail = "k@eksjo.se"\n'
        place.configure(loopback_settings(f"{publisher.url}/search", more=more))
        place.fork("crawl", "funding-tenders", now=NOW)
    return place


@pytest.fixture
def crawled(read_and_matched, tmp_path):
    shutil.copytree(read_and_matched.folder, tmp_path, dirs_exist_ok=True)
    return Installation(tmp_path)


@pytest.mark.parametrize(("command", "name"), [("match", "archive"), ("digest", "digest")])
def test_sigterm_while_matching_or_writing_leaves_all_or_nothing(crawled, command, name):
    if command == "digest":
        assert crawled.ask("match", now=NOW).code == 0
    process = subprocess.Popen(crawled.command(command, now=NOW), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            with lock(crawled.folder / "data", name):
                pass
            breathe()
        except LockedError:
            process.send_signal(signal.SIGTERM)
            break
    process.wait(timeout=30)
    again = crawled.ask(command, "--json", now=NOW)
    assert again.code == 0, again.err
    crawled.ask("send", now=NOW)
    assert check_archive(crawled.archive)["calls"] == 30
    if command == "digest":
        assert [one["department"] for one in again.json["digests"] if one["state"] == "waiting"] == ["kommunledning"]
        assert len(list((crawled.folder / "data" / "outbox").glob("*.eml"))) == 1
    else:
        assert again.json["calls"] == 30
