"""Readings handed over by HTTP to the machine with the archive: stored as what is read there, once, whatever cuts the way."""

import gzip
import http.client
import json
import re
import socket
import threading
import zlib
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from monitor.archive import handed_over, lock, open_archive
from monitor.archive.handed_over import MOST_BYTES, pack_reading, program_version, unpack_reading
from monitor.archive.left_out import LeftOutItem
from monitor.archive.runs import Document, SourceRun
from monitor.archive.takeover import TakenPage
from monitor.calls import Budget, Call, Deadline, DeadlineModel, Precision, Section
from monitor.config import load_config
from monitor.errors import ConfigError, HandOverError
from monitor.jobs.hand_over import ArchiveMachine, HandOverReport, WaitingReadings, deliver, hand_over_run
from monitor.jobs.signed_requests import SignedRequest, sign_request
from monitor.jobs.take_reading import ReadingPages, in_child_process, take_reading
from monitor.web.framework.app import make_app
from monitor.web.framework.request import Site
from tests.chaos.jobs import state_of
from tests.chaos.stages import SamplePublisher
from tests.commands import Installation
from tests.publishers import serve
from tests.web.conftest import FakeJobs

FIRST, SECOND = "2026-05-31T05:30+02:00", "2026-06-01T05:30+02:00"
NOW = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
SOURCES = ("funding-tenders", "flodet")
SECRET = "en-hemlighet-som-bada-datorerna-har"
SETTINGS = """\
data_dir = "data"
[handover]
secret_file = "hemlighet"
{handover}
[network]
allow_loopback = true
delay = 0
retries = 0
timeout = 20
[sources.funding-tenders]
url = "{url}/search"
expected = 1
[[source]]
id = "flodet"
kind = "feed"
name = "Flödet"
url = "{url}/flodet"
language = "sv"
expected = 1
"""


def make_place(folder, url, handover):
    place = Installation(folder)
    folder.mkdir()
    (folder / "hemlighet").write_text(SECRET + "\n")
    place.configure(SETTINGS.format(url=url, handover=handover))
    return place


class Machine:
    """Machine with the archive: its installation, its address, and what happens before and after a reading is stored."""

    def __init__(self, place):
        self.place = place
        self.config = load_config(place.folder / "monitor.toml")
        self.now = NOW
        self.before = self.after = lambda: None
        self.wait = 0.0

    def take(self, source, path):
        self.before()
        report = take_reading(self.config, path.read_bytes(), self.now, named=source, wait=self.wait)
        self.after()
        return report

    def count(self, table="runs"):
        with open_archive(self.place.archive) as archive:
            return archive.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@contextmanager
def serve_archive(place):
    """Serve the pages of an installation that takes readings, on a free port."""
    machine = Machine(place)
    with open_archive(place.archive):
        pass
    site = Site(machine.config, lambda: machine.now, FakeJobs(machine.config))
    site.readings = ReadingPages(lambda: machine.config, lambda: machine.now, machine.take)
    server = uvicorn.Server(uvicorn.Config(make_app(site), host="127.0.0.1", port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    machine.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield machine
    finally:
        server.should_exit = True
        thread.join()
        site.archive.close()


@pytest.fixture(scope="module")
def publisher():
    """Serve a portal and a feed."""
    sample = SamplePublisher()
    with serve(sample.respond) as running:
        sample.url = running.url
        yield sample


@pytest.fixture(scope="module")
def machine(publisher, tmp_path_factory):
    """Serve one archive for all tests that hand over readings made of values."""
    with serve_archive(make_place(tmp_path_factory.mktemp("values") / "arkivet", publisher.url, "accept = true")) as running:
        yield running


@pytest.fixture
def reader(machine, publisher, tmp_path):
    """Return the settings of a machine that reads for that archive; afterwards the archive is as new."""
    place = make_place(tmp_path / "lasaren", publisher.url, f'to = "{machine.url}"')
    yield load_config(place.folder / "monitor.toml")
    machine.now, machine.wait = NOW, 0.0
    machine.before = machine.after = lambda: None
    with open_archive(machine.place.archive) as archive, archive.db.atomic():
        for table in ("handed_over", "versions", "events", "deadlines", "call_changes", "calls", "runs", "sources"):
            archive.db.execute(f"DELETE FROM {table}")


def a_call(number, source="flodet"):
    return Call(
        source=source,
        call_id=f"f-{number}",
        url=f"https://example.org/{number}",
        title=f"Utlysning {number} åäö",
        summary="Stöd till bibliotek.",
        sections=(Section(title="Vem", text="Kommuner."),),
        deadlines=(Deadline(at=NOW + timedelta(days=9), precision=Precision.MINUTE, zone="Europe/Brussels", text="10 juni"),),
        deadline_model=DeadlineModel.SINGLE,
        budget=Budget(total=1_000_000, project_max=50_000, currency="SEK", funder_share=80, funder_share_text="80 %"),
        applicants=("Kommuner",),
        language="sv",
        published=NOW,
    )


def a_run(config, at=NOW, calls=1, source="flodet", **fields):
    row = config.source(source)
    values = {
        "source": source, "name": row.name, "publisher": row.publisher, "kind": row.kind, "url": row.url, "language": "sv",
        "started": at, "finished": at, "state": "accepted", "reason": "", "complete_list": True, "seen": calls,
        "calls": tuple(a_call(number) for number in range(calls)), **fields,
    }  # fmt: skip
    return SourceRun(**values)


def post(machine, packed, source="flodet", secret=SECRET):
    """Hand a document over as it is, without a second try."""
    place = machine.place
    (place.folder / "hemlighet-2").write_text(secret)
    handover = machine.config.handover.model_copy(update={"to": machine.url, "secret_file": str(place.folder / "hemlighet-2")})
    with ArchiveMachine(machine.config.model_copy(update={"handover": handover}), pauses=()) as other:
        return other.hand_over(source, packed)


def signed_head(machine, body, length=None, **more):
    """Return the head of a signed post of a body, as bytes."""
    request = SignedRequest("POST", f"{machine.url}/inlasning/flodet")
    sign_request(request, body, SECRET.encode())
    headers = {**request.headers, "Host": "x", "Content-Length": str(len(body) if length is None else length), **more}
    return "\r\n".join(["POST /inlasning/flodet HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]).encode()


def speak(machine, content, *, hang_up=False):
    """Send bytes to the server and return its status and answer; with `hang_up`, cut the line instead."""
    host, port = machine.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(content)
        if hang_up:
            return 0, {}
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, json.loads(answer.read())


# The document


def test_a_reading_comes_back_with_every_field(reader):
    page = TakenPage(since="", until="x", more=False, lines=({"key": "a/b", "call": {"title": "Å"}},))
    document = Document(
        url="https://example.org/", request="", status=200, headers="Å: 1", content_type="x", body=b"\xff\x00", fetched=NOW
    )
    run = a_run(
        reader, calls=2, unread=frozenset({"f-9"}), hashes={"f-1": "x"}, documents=(document,), taken=(page,), not_modified=True,
        left_out={"f-8": LeftOutItem("Har varit", a_call(8))}, stats={"validators": {"If-None-Match": '"1"'}, "fields": {"items": 2}},
    )  # fmt: skip
    handed = unpack_reading(pack_reading("a" * 32, run))
    assert handed.reading == "a" * 32
    assert handed.run == run


@pytest.mark.parametrize(
    ("harm", "status", "words"),
    [
        ("cut", 400, "avbrutet"),
        ("more", 400, "avbrutet"),
        ("noise", 400, "skadat"),
        ("text", 400, "ingen läsning"),
        ("bomb", 413, "större än"),
        ("version", 409, "eu-bevakning-lasning 2"),
        ("program", 409, "kör samma version"),
        ("id", 400, "inget id"),
        ("time", 400, "started"),
        ("state", 400, "säger emot sig själv"),
        ("source", 400, "säger emot sig själv"),
    ],
)
def test_a_document_that_is_not_whole_or_not_ours_is_refused(reader, machine, monkeypatch, harm, status, words):
    packed = pack_reading("a" * 32, a_run(reader))
    content = gzip.decompress(packed)
    changes = {
        "version": (b'"version": 1', b'"version": 2'),
        "program": (f'"{program_version()}"'.encode(), b'"9.9"'),
        "id": (b"a" * 32, b"../../etc/passwd"),
        "time": (b'"started":"2026', b'"started":"x026'),
        "state": (b'"state":"accepted"', b'"state":"fine"'),
        "source": (b'"calls":[{"source":"flodet"', b'"calls":[{"source":"annan"'),
    }
    if harm == "bomb":
        monkeypatch.setattr(handed_over, "MOST_CONTENT", len(content) - 1)
    harmed = {
        "cut": packed[: len(packed) // 2],
        "more": packed + b"x",
        "noise": b"\x00" * 40,
        "text": gzip.compress(b"hej"),
        "bomb": packed,
    }
    if harm in changes:
        assert changes[harm][0] in content
        harmed[harm] = gzip.compress(content.replace(*changes[harm], 1))
    with pytest.raises(HandOverError, match=words) as refused:
        post(machine, harmed[harm])
    assert refused.value.status == status
    assert machine.count() == machine.count("calls") == machine.count("handed_over") == 0


def test_every_cut_of_a_document_is_refused(reader):
    packed = pack_reading("a" * 32, a_run(reader))
    for end in range(0, len(packed), 7):
        with pytest.raises(HandOverError):
            unpack_reading(packed[:end])


def test_a_reading_that_cannot_be_written_down_is_handed_over_as_a_failed_one(reader, machine, monkeypatch):
    waiting = WaitingReadings(reader.data_dir)
    monkeypatch.setattr(handed_over, "MOST_BYTES", 1500)
    noise = Document(
        url="x", request="", status=200, headers="", content_type="", fetched=NOW,
        body=b"".join(zlib.crc32(bytes([n % 251, n // 251])).to_bytes(4) for n in range(2000)),
    )  # fmt: skip
    path = waiting.keep(a_run(reader, documents=(noise,)), reader.source("flodet"))
    report = post(machine, path.read_bytes())
    assert (report.state, report.health) == ("failed", "unstored")


# The way


def test_a_reading_is_stored_once_however_often_it_comes(reader, machine):
    packed = pack_reading("b" * 32, a_run(reader, calls=3))
    first, second = post(machine, packed), post(machine, packed)
    assert (first.new, first.state) == (3, "accepted")
    assert second == first
    assert (machine.count(), machine.count("calls"), machine.count("events")) == (1, 3, 3)


def test_an_answer_that_is_lost_is_asked_for_again(reader, machine):
    def lose():
        machine.after = lambda: None
        raise HandOverError("", "strömmen gick", 503)

    machine.after = lose
    report = HandOverReport()
    waiting = WaitingReadings(reader.data_dir)
    path = waiting.keep(a_run(reader, calls=2), reader.source("flodet"))
    with ArchiveMachine(reader, pauses=(0,)) as other:
        deliver(other, waiting, path, report)
    assert [one.new for one in report.reports] == [2]
    assert machine.count() == 1
    assert waiting.list(reader.sources) == []


def test_a_busy_archive_keeps_the_reading_waiting_and_the_next_run_hands_it_over(reader, machine):
    run, source = a_run(reader), reader.source("flodet")
    words = r"arkivet är upptaget.*väntar till nästa gång"
    with lock(machine.config.data_dir), pytest.raises(HandOverError, match=words):
        hand_over_run(reader, source, run, pauses=())
    assert machine.count() == 0
    assert len(WaitingReadings(reader.data_dir).list([source])) == 1
    later = replace(run, started=NOW + timedelta(minutes=5), finished=NOW + timedelta(minutes=5))
    assert hand_over_run(reader, source, later).unchanged == 1
    assert (machine.count(), machine.count("calls")) == (2, 1)
    assert WaitingReadings(reader.data_dir).list([source]) == []


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"at": NOW - timedelta(days=8)}, 409, "för gammal"),
        ({"at": NOW + timedelta(hours=2)}, 409, "inte har varit än"),
        ({"url": "https://annan.example.org/"}, 409, "källan är en annan här"),
        ({"source": "okand", "calls": ()}, 404, "finns inte i inställningarna"),
    ],
)
def test_a_reading_of_another_time_or_source_is_refused(reader, machine, change, status, words):
    run = replace(a_run(reader, at=change.pop("at", NOW)), **change)
    with pytest.raises(HandOverError, match=words) as refused:
        post(machine, pack_reading("c" * 32, run), source=run.source)
    assert (refused.value.status, machine.count()) == (status, 0)


def test_an_older_reading_never_comes_over_a_newer_one_and_is_kept_aside(reader, machine):
    post(machine, pack_reading("d" * 32, a_run(reader, calls=2)))
    waiting, report = WaitingReadings(reader.data_dir), HandOverReport()
    path = waiting.keep(a_run(reader, at=NOW - timedelta(hours=1)), reader.source("flodet"))
    with ArchiveMachine(reader, pauses=(0, 0)) as other:
        deliver(other, waiting, path, report)
    (problem,) = report.problems
    assert re.search("som är nyare.*den ligger i refused", str(problem))
    assert [one.name for one in (reader.data_dir / "handover" / "refused").iterdir()] == [path.name]
    assert (machine.count(), machine.count("calls")) == (1, 2)


def test_a_clock_that_was_ahead_keeps_no_reading_out(reader, machine):
    machine.now = NOW + timedelta(days=400)
    post(machine, pack_reading("e" * 32, a_run(reader, at=machine.now)))
    machine.now = NOW
    assert post(machine, pack_reading("f" * 32, a_run(reader, calls=2))).state == "accepted"


# The secret


def test_another_secret_is_refused_and_the_reading_waits_for_a_person(reader, machine):
    with pytest.raises(HandOverError, match="samma hemlighet") as refused:
        post(machine, pack_reading("a" * 32, a_run(reader)), secret="x" * 40)
    assert (refused.value.status, refused.value.is_final, refused.value.is_passing) == (401, False, False)
    assert machine.count() == 0


def test_a_signature_holds_for_its_own_body_source_and_time(machine, reader):
    body = pack_reading("a" * 32, a_run(reader))
    head = signed_head(machine, body)
    assert speak(machine, head + body)[0] == 200
    for harmed, words in (
        (head.replace(b"POST /inlasning/flodet", b"POST /inlasning/annan") + body, "signaturen"),
        (head.replace(b"created=1", b"created=2") + body, "klockor"),
        (re.sub(rb"created=\d+", b"created=1700000000", head) + body, "klockor"),
        (re.sub(rb"Content-Digest: .*\r\n", b"", head) + body, "signaturen"),
        (head.replace(b'("@method" "@path" "content-digest")', b'("@method")') + body, "signaturen"),
        (re.sub(rb"Signature: .*\r\n", b"", head) + body, "signaturen"),
        (head + body[:-1] + b"x", "ändrat på vägen"),
    ):
        status, answer = speak(machine, harmed)
        assert (status in (400, 401), words in answer["problem"]) == (True, True), answer
    assert machine.count() == 1


def test_a_body_that_is_cut_or_too_large_is_not_stored(machine, reader):
    body = pack_reading("a" * 32, a_run(reader))
    speak(machine, signed_head(machine, body) + body[: len(body) // 2], hang_up=True)
    assert speak(machine, signed_head(machine, body, length=MOST_BYTES + 1))[0] == 413
    assert (machine.count(), list((machine.config.data_dir / "handover-in").glob("*"))) == (0, [])
    assert post(machine, body).new == 1


def test_another_source_and_a_missing_secret_are_named(machine, reader, tmp_path):
    with pytest.raises(HandOverError, match="av en annan källa, flodet"):
        post(machine, pack_reading("a" * 32, a_run(reader)), source="funding-tenders")
    (tmp_path / "kort").write_text("kort")
    for secret_file, words in (
        ("", r"\$MONITOR_HANDOVER_SECRET"),
        (str(tmp_path / "kort"), "för kort"),
        ("/finns/inte", "inte att läsa"),
    ):
        handover = reader.handover.model_copy(update={"secret_file": secret_file})
        with pytest.raises(ConfigError, match=words):
            ArchiveMachine(reader.model_copy(update={"handover": handover}))


# The whole, with real commands


def test_a_file_that_cannot_be_read_is_named(machine, tmp_path):
    outcome = machine.place.ask("crawl", "--take", str(tmp_path / "finns-inte"))
    assert (outcome.code, "finns-inte" in outcome.err) == (2, True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse_rights)
        outcome = machine.place.ask("crawl", "--take", str(machine.place.folder / "hemlighet"))
    assert (outcome.code, "Traceback" in outcome.err) == (1, False)
    assert "läsningen går inte att läsa: rättigheter saknas" in outcome.err


def refuse_rights(path):
    raise PermissionError(13, "Permission denied")


def test_a_process_of_its_own_stores_a_reading_and_says_why_it_refuses_one(machine, reader):
    take = in_child_process(machine.config, lambda: NOW)
    folder = reader.data_dir
    folder.mkdir(exist_ok=True)
    good, old = folder / "good", folder / "old"
    good.write_bytes(pack_reading("a" * 32, a_run(reader, calls=2)))
    old.write_bytes(pack_reading("b" * 32, a_run(reader, at=NOW - timedelta(hours=1))))
    assert take("flodet", good).new == 2
    with pytest.raises(HandOverError, match="som är nyare") as refused:
        take("flodet", old)
    assert (refused.value.status, refused.value.where, machine.count()) == (409, "flodet", 1)
    with lock(machine.config.data_dir, "upgrade"), open_archive(machine.place.archive) as archive:
        archive.db.execute("UPDATE _sqlite_migrations SET name = 'm999_newer' WHERE name = 'm041_handed_over'")
        with pytest.raises(HandOverError, match="nyare version") as failed:
            take("flodet", good)
        archive.db.execute("UPDATE _sqlite_migrations SET name = 'm041_handed_over' WHERE name = 'm999_newer'")
    assert failed.value.is_passing, "what the archive's machine cannot do now comes again"


def rows(place):
    """Return what an archive holds of its sources, its runs and documents among it."""
    with open_archive(place.archive) as archive:
        runs = archive.db.execute(
            "SELECT source, started, state, reason, seen, current, new, changed, unchanged, vanished, skipped, baseline, stats"
            " FROM runs ORDER BY source, id"
        ).fetchall()
        more = [
            archive.db.execute(f"SELECT {columns} ORDER BY 1, 2").fetchall()
            for columns in (
                "id, last_run, last_accepted, state, health, health_text FROM sources",
                "source, call_id, hash, raw_hash, first_seen, last_seen, last_changed, data FROM calls",
                "source, url, document FROM fetches",
                "call_id, reason FROM left_out",
            )
        ]
    return runs, more, state_of(place)


def test_what_is_handed_over_is_stored_as_what_is_read_here_and_a_killed_reader_loses_nothing(publisher, tmp_path):
    here = make_place(tmp_path / "har", publisher.url, "accept = true")
    there = make_place(tmp_path / "dar", publisher.url, "accept = true")
    with serve_archive(there) as machine:
        reader = make_place(tmp_path / "lasaren", publisher.url, f'to = "{machine.url}"')
        for moved, now in ((False, FIRST), (True, SECOND)):
            publisher.moved = moved
            machine.now = datetime.fromisoformat(now)
            assert here.fork("crawl", *SOURCES, now=now).code == 0
            if moved:
                process = reader.start("crawl", *SOURCES, "--json", now=now)

                def kill(process=process):
                    process.kill()
                    raise HandOverError("", "läsaren dog", 503)

                machine.before = kill
                process.join(60)
                assert process.exitcode == -9
                assert machine.count() == 2, "nothing of the second round is stored"
                machine.before = lambda: None
                waiting = len(list((reader.folder / "data" / "handover").glob("*.reading")))
                assert waiting in (1, 2)
            outcome = reader.fork("crawl", *SOURCES, "--json", now="2026-06-01T05:40+02:00" if moved else now)
            assert outcome.code == 0, outcome
            assert {one["state"] for one in outcome.json["sources"]} <= {"accepted", "unchanged"}
            assert list((reader.folder / "data" / "handover").glob("*.reading")) == []
            if not moved:
                assert rows(there) == rows(here)
        assert state_of(there) == state_of(here), "the round that was cut is whole, and nothing is there twice"
