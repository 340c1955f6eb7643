"""The portal's bulk file over real HTTP: streamed, asked for conditionally, cross-checked with the search."""

import json
import re
import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.calls import DeadlineModel
from monitor.collect.portal.bulk import is_current_object, parse_object, read_objects
from tests.bulk_file import file_chunks, grant
from tests.commands import loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve

NOW = datetime(2026, 5, 20, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
# VmHWM and not ru_maxrss: the latter starts with what the parent process had.
MEASURED = """import runpy, sys
sys.argv = sys.argv[1:]
try: runpy.run_module("monitor", run_name="__main__")
finally: print(*[line for line in open("/proc/self/status") if line.startswith("VmHWM")], file=sys.stderr)"""


def test_an_object_in_full():
    call = parse_object(grant(50132976, deadlines=("2026-03-01", "2026-09-22"), news="A new date."), "bulk")
    assert call.call_id == "50132976TOPICSen"
    assert call.deadline_model is DeadlineModel.CUT_OFFS
    assert call.deadlines[1].at == datetime(2026, 9, 22, 17, tzinfo=ZoneInfo("Europe/Brussels"))
    assert call.opens == date(2026, 4, 21)
    assert call.programme == "43252405"
    assert call.notices[0].text == "A new date."
    assert "budget" in call.unread


@pytest.mark.parametrize(
    ("fields", "living"),
    [
        ({}, True),
        ({"status": 31094501, "deadlines": ()}, True),
        ({"kind": 0}, False),
        ({"status": 31094503}, False),
        ({"deadlines": ("2025-01-21",)}, False),
        ({"deadlines": ("2026-05-20",)}, True),
    ],
)
def test_what_counts_as_living(fields, living):
    assert is_current_object(grant(1, **fields), NOW) is living


@pytest.mark.shared
def test_real_objects(shared):
    with (shared / "data/eu/portal-bulk-sample/eu_grants.json").open("rb") as file:
        objects = list(read_objects(file))
    assert [item["identifier"] for item in objects if is_current_object(item, NOW)] == ["ESC-HUMAID-2021-QUAL-LABEL-FP"]
    assert parse_object(objects[1], "bulk").deadlines[-1].at.date() == date(2026, 9, 22)


class Files:
    """Publisher of the bulk file (with an ETag) and of the search."""

    def __init__(self, chunks, found=()):
        self.body, self.found, self.tag = b"".join(chunks), found, '"1"'

    def __call__(self, asked):
        if asked.path == "/search":
            return Answer(page(list(self.found)))
        if asked.path != "/bulk.json":
            return Answer(status=404)
        if asked.headers.get("If-None-Match") == self.tag:
            return Answer(status=304)
        return Answer(self.body, headers={"ETag": self.tag})


def read(installation, *, now="2026-05-20T12:00"):
    return installation.fork("crawl", "--json", "funding-tenders-bulk", now=now).json["sources"][0]


def test_asked_for_conditionally_and_broken_files_harm_nothing(installation):
    files = Files(file_chunks(30, 10))
    with serve(files) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/bulk.json", source="funding-tenders-bulk"))
        first = read(installation)
        assert (first["state"], first["seen"], first["current"], first["new"]) == ("accepted", 40, 30, 30)
        second = read(installation, now="2026-05-21T12:00")
        assert (second["state"], second["current"], second["vanished"]) == ("unchanged", 30, 0)
        # T38: a file that breaks off must not hide behind its own ETag.
        whole, files.body, files.tag = files.body, files.body[: len(files.body) // 2], '"2"'
        broken = read(installation, now="2026-05-22T12:00")
        assert (broken["state"], broken["vanished"]) == ("degraded", 0)
        assert "inte hel JSON" in broken["reason"]
        files.body = whole
        assert read(installation, now="2026-05-23T12:00")["state"] == "accepted"
    assert list(installation.folder.rglob("*.spool")) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is measured in Linux's unit")
def test_130_megabytes_in_less_than_150(installation):
    files = Files(file_chunks(480, 10_700, padding=11_500))
    assert len(files.body) > 130_000_000
    with serve(files) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/bulk.json", source="funding-tenders-bulk"))
        command = installation.command("crawl", "--json", "funding-tenders-bulk", now="2026-05-20T12:00")
        outcome = installation.execute([sys.executable, "-c", MEASURED, *command[2:]])
    assert json.loads(outcome.out)["sources"][0]["current"] == 480
    peak = int(re.search(r"VmHWM:\s+(\d+)", outcome.err)[1]) / 1000
    assert peak < 150, f"{peak} MB"


def test_what_the_search_missed_is_named(installation):
    found = [row(n, identifier=f"LIFE-2026-BULK-{n:05}") for n in range(28)]
    files = Files(file_chunks(30, 0), found)
    with serve(files) as publisher:
        more = f'[sources.funding-tenders-bulk]\nurl = "{publisher.url}/bulk.json"\n'
        installation.configure(loopback_settings(f"{publisher.url}/search", more=more))
        outcome = installation.fork("crawl", "--json", "funding-tenders", "funding-tenders-bulk", now="2026-05-20T12:00")
    assert [source["current"] for source in outcome.json["sources"]] == [28, 30]
    assert "sökningen saknar 2" in outcome.err
    assert "LIFE-2026-BULK-00028" in outcome.err
