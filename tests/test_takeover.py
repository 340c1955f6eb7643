"""An archive as another's source without loss: pages, signatures, cursors, and two readers that end up with the same rows."""

import base64
import json
import shutil
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn

from monitor.archive import open_archive, takeover
from monitor.archive.calls import correct_field, load_call
from monitor.archive.runs import SourceRun, refresh_dates, store_run
from monitor.archive.signing import load_key, public_key, sign
from monitor.archive.takeover import PAGE_CALLS, renew_epoch, taken_cursor
from monitor.calls import Budget, Call, Deadline, DeadlineModel, Precision, Section
from monitor.collect.taken_pages import check_page
from monitor.config import load_config
from monitor.web.framework.app import make_app
from monitor.web.framework.request import Site
from monitor.web.outputs import takeover as outputs
from tests.commands import Installation
from tests.web.conftest import Browser, FakeJobs

MONDAY = datetime(2026, 5, 18, 5, 30, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = """\
data_dir = "data"
[network]
allow_loopback = true
delay = 0
[[source]]
id = "regionen"
kind = "archive"
name = "Regionens arkiv"
url = "{base}/arkiv.ndjson"
options = {{ key = "{key}" }}
"""


def a_call(number, days=30, **fields):
    values = {
        "title": f"Utlysning {number}",
        "summary": "Stöd till bibliotek.",
        "sections": (Section(title="Vem", text=f"Kommuner söker {number}."),),
        "deadlines": (
            Deadline(at=MONDAY + timedelta(days=days), precision=Precision.MINUTE, zone="Europe/Brussels", text="17 juni"),
        ),
        "deadline_model": DeadlineModel.SINGLE,
        "budget": Budget(total=1_000_000 + number, project_max=50_000, currency="SEK", funder_share=80, funder_share_text="80 %"),
        "applicants": ("Kommuner",),
        "language": "sv",
        "published": MONDAY - DAY,
        **fields,
    }
    return Call(source="portal", call_id=f"p-{number}", url=f"https://portal.example.org/{number}", **values)


def read(db, calls, at, source="portal"):
    run = SourceRun(
        source=source, name=source, publisher="", kind="feed", url="https://example.org/", language="sv", started=at, finished=at,
        state="accepted", reason="", complete_list=True, seen=len(calls), calls=tuple(calls),
    )  # fmt: skip
    store_run(db, run, at)
    refresh_dates(db, at)


def week(db):
    """Yield after each day of a week in which calls come, change, move, close, vanish and return."""
    calls = {number: a_call(number, days=3 if number == 4 else 30) for number in range(1, 8)}
    for day in range(7):
        at = MONDAY + day * DAY
        if day == 1:
            calls[8] = a_call(8)
            calls[1] = replace(calls[1], deadlines=(replace(calls[1].deadlines[0], at=MONDAY + timedelta(days=40)),))
        if day == 2:
            calls[2] = replace(
                calls[2], budget=replace(calls[2].budget, total=9_000_000), sections=(Section(title="", text="Ny"),)
            )
            gone = calls.pop(3)
        if day == 3:
            correct_field(db, "portal", "p-5", "title", "Rättad rubrik", who="anna", now=at)
        if day == 4:
            calls.pop(4)  # its last day has passed
        if day == 5:
            calls[3] = gone
            calls[2] = replace(calls[2], keywords=("nytt",))  # changes the data and is no change that is told
        read(db, calls.values(), at)
        yield at


class Reader:
    """Archive that takes over the pages of another, as the job does it, without the network in between."""

    def __init__(self, folder, browser, key):
        self.path, self.browser, self.key = folder / "archive.db", browser, key
        self.pages = 0

    def __enter__(self):
        self._opened = open_archive(self.path)
        self.db = self._opened.__enter__().db
        return self

    def __exit__(self, *exception):
        self._opened.__exit__(*exception)

    def ask(self, cursor):
        answer = self.browser.get("/arkiv.ndjson", params={"efter": cursor} if cursor else {})
        assert answer.status_code == 200, answer.text
        self.pages += 1
        return check_page(answer.content, self.key)

    def take(self, at, at_most=99):
        taken, cursor, more = [], taken_cursor(self.db, "regionen"), True
        while more and len(taken) < at_most:
            taken.append(self.ask(cursor))
            cursor, more = taken[-1].until, taken[-1].more
        run = SourceRun(
            source="regionen", name="Regionen", publisher="", kind="archive", url="https://example.org/", language="", started=at,
            finished=at, state="accepted", reason="", complete_list=False, seen=0, takes_over=True, taken=tuple(taken),
        )  # fmt: skip
        report = store_run(self.db, run, at)
        refresh_dates(self.db, at)
        return report


def rows_of(db, source):
    """Return all that the archive has of a source's calls, but for numbers and for what only this reader's runs say."""
    own = {"number", "baseline", "last_seen", "missed", "raw_hash", "run", "id", "source", "call_id", "hash", "data", "story"}
    found = {}
    for table in ("calls", "deadlines", "versions", "events"):
        rows = []
        for row in db.query(f"SELECT * FROM {table} WHERE source = ?", [source]):
            key = row["call_id"] if source == "regionen" else f"{source}/{row['call_id']}"
            rows.append((key, *((name, value) for name, value in row.items() if name not in own)))
        found[table] = sorted(rows, key=repr)
    found["texts"] = [
        (key, replace(load_call(db, source, call_id), source="", call_id="", corrected=()))
        for call_id, key in sorted(
            (call_id, call_id if source == "regionen" else f"{source}/{call_id}")
            for (call_id,) in db.execute("SELECT call_id FROM calls WHERE source = ?", [source])
        )
    ]
    return found


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """Yield the site of the archive that is read, and a browser on it."""
    folder = tmp_path_factory.mktemp("origin")
    (folder / "monitor.toml").write_text('data_dir = "data"\n')
    config = load_config(folder / "monitor.toml")
    with open_archive(config.archive):
        pass
    site = Site(config, lambda: MONDAY, FakeJobs(config))
    browser = Browser(site)
    yield site, browser, public_key(load_key(config.data_dir))
    browser.close()
    site.archive.close()


@pytest.fixture(scope="module")
def readers(origin, tmp_path_factory):
    """Yield two readers after a week: the first has read every day, the second once."""
    site, browser, key = origin
    folders = [tmp_path_factory.mktemp(name) for name in ("daily", "once")]
    with Reader(folders[0], browser, key) as daily, Reader(folders[1], browser, key) as once:
        with open_archive(site.config.archive) as archive:
            for at in week(archive.db):
                daily.take(at)
        once.take(at)
        yield daily, once


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL's command is not installed")
def test_openssl_verifies_a_page_and_refuses_a_changed_one(origin, readers, tmp_path):
    """Whoever takes over an archive without this program needs Ed25519 alone (RFC 8032; its public key: RFC 8410)."""
    _, browser, key = origin
    content, _, end = browser.get("/arkiv.ndjson").content.rstrip(b"\n").rpartition(b"\n")
    raw = base64.b64decode(key.removeprefix("ed25519:"))
    (tmp_path / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + raw)
    (tmp_path / "signature").write_bytes(base64.b64decode(json.loads(end)["signature"]))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.der", "-keyform", "DER", "-rawin"]
    for text, code in ((content + b"\n", 0), (content.replace(b"Utlysning", b"utlysning", 1) + b"\n", 1)):
        (tmp_path / "content").write_bytes(text)
        done = subprocess.run(
            [*command, "-in", "content", "-sigfile", "signature"], cwd=tmp_path, capture_output=True, timeout=60
        )
        assert done.returncode == code, done.stdout + done.stderr


def test_two_readers_and_the_archive_are_equal_row_by_row_after_a_week(origin, readers):
    site, _, _ = origin
    daily, once = readers
    with open_archive(site.config.archive) as archive:
        wanted = rows_of(archive.db, "portal")
    assert {len(rows) > 6 for rows in wanted.values()} == {True}
    assert {row[2][1] for row in wanted["events"]} >= {"new", "deadline_moved", "budget_changed", "vanished", "revived", "closed"}
    for reader in (daily, once):
        found = rows_of(reader.db, "regionen")
        for table, rows in wanted.items():
            assert found[table] == rows, table
    assert rows_of(daily.db, "regionen") == rows_of(once.db, "regionen")


def test_reading_again_changes_nothing(readers):
    daily, _ = readers
    before = rows_of(daily.db, "regionen")
    report = daily.take(MONDAY + 7 * DAY)
    assert (report.new, report.changed) == (0, 0)
    daily.db.execute("DELETE FROM taken_archives")
    report = daily.take(MONDAY + 7 * DAY)
    assert (report.new, report.changed, report.unchanged) == (0, 0, 8)
    assert rows_of(daily.db, "regionen") == before


def test_a_correction_of_the_readers_own_stays(origin, readers):
    site, _, _ = origin
    daily, _ = readers
    correct_field(daily.db, "regionen", "portal/p-6", "title", "Vår rubrik", who="bo", now=MONDAY + 7 * DAY)
    with open_archive(site.config.archive) as archive:
        calls = [a_call(number) for number in range(1, 8)]
        read(archive.db, [replace(call, title=f"{call.title} ny") for call in calls], MONDAY + 8 * DAY)
    daily.take(MONDAY + 8 * DAY)
    assert load_call(daily.db, "regionen", "portal/p-6").title == "Vår rubrik"
    assert load_call(daily.db, "regionen", "portal/p-7").title == "Utlysning 7 ny"
    assert daily.db.execute("SELECT title FROM calls WHERE call_id = 'portal/p-6'").fetchone() == ("Vår rubrik",)


def test_another_installation_crawls_it(origin, tmp_path, monkeypatch):
    """By the command, over HTTP: in two parts, as one page is refused the first time, then nothing (304)."""
    site, _, key = origin
    monkeypatch.setattr(takeover, "PAGE_CALLS", 3)
    signed = []

    def sign_once_wrongly(own, content):
        signed.append(content)
        return sign(own, content if len(signed) != 2 else b"something else")

    monkeypatch.setattr(outputs, "sign", sign_once_wrongly)
    server = uvicorn.Server(uvicorn.Config(make_app(site), port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    second = Installation(tmp_path / "andra")
    second.folder.mkdir()

    def crawl(day):
        (source,) = second.fork("crawl", "regionen", "--json", now=f"2026-05-{day}T06:00").json["sources"]
        return source

    try:
        second.configure(SECOND.format(base=base, key=key))
        part = crawl(28)
        assert (part["state"], part["new"]) == ("degraded", 3), part
        assert "inte signerad" in part["reason"]
        rest = crawl(28)
        assert (rest["state"], rest["new"]) == ("accepted", 5), rest
        same = crawl(29)
        assert (same["state"], same["new"], same["current"]) == ("unchanged", 0, rest["current"]), same
    finally:
        server.should_exit = True
        thread.join()
    with open_archive(second.archive) as archive, open_archive(site.config.archive) as first:
        assert rows_of(archive.db, "regionen")["texts"] == rows_of(first.db, "portal")["texts"]


def test_a_take_over_that_was_cut_short_goes_on_where_it_ended(origin, tmp_path):
    site, browser, key = origin
    with open_archive(site.config.archive) as archive:
        read(archive.db, [replace(a_call(n), source="stor") for n in range(2 * PAGE_CALLS + 10)], MONDAY, source="stor")
    with Reader(tmp_path, browser, key) as reader:
        reader.take(MONDAY, at_most=1)
        assert reader.db.execute("SELECT count(*) FROM calls").fetchone() == (PAGE_CALLS,)
        reader.take(MONDAY)
        assert reader.pages == 3
        assert len(rows_of(reader.db, "regionen")["versions"]) > 2 * PAGE_CALLS


def test_a_restored_archive_is_read_from_the_beginning(origin, readers):
    site, _, _ = origin
    daily, _ = readers
    cursor = taken_cursor(daily.db, "regionen")
    with open_archive(site.config.archive) as archive:
        renew_epoch(archive.db)
    assert daily.ask(cursor).since == ""


@pytest.mark.parametrize("harm", ["cut", "changed", "spliced", "foreign", "empty"])
def test_a_page_that_is_not_whole_and_signed_is_refused(origin, harm):
    _, browser, key = origin
    body = browser.get("/arkiv.ndjson").content
    lines = body.splitlines(keepends=True)
    harmed = {
        "cut": b"".join(lines[:-1]),
        "changed": body.replace(b"Utlysning 2", b"Utlysning 9", 1),
        "spliced": b"".join([lines[0], *lines[2:]]),
        "foreign": body,
        "empty": b"",
    }[harm]
    with pytest.raises(ValueError, match=r"avbruten|inte signerad"):
        check_page(harmed, "ed25519:" + "A" * 43 + "=" if harm == "foreign" else key)


def test_what_nobody_else_sees_is_not_given_out(origin):
    _, browser, _ = origin
    text = browser.get("/arkiv.ndjson").text
    assert "anna" not in text
    assert json.loads(text.splitlines()[0])["calls"] > 5
