"""The coordinator's guide does what it says: every command in it is run, every file in it is tried."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.feedback import store_answer
from monitor.archive.left_out import LeftOutItem
from monitor.archive.runs import SourceRun, store_run
from monitor.calls import Call
from tests.commands import Installation, loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "koordinator.md"
NOW = "2026-05-20T12:00"
TWINNING = "<p>Town twinning brings citizens of twinned towns together. Municipalities and twinning committees may apply.</p>"
BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)


def blocks(kind):
    return [found for found in BLOCK.finditer(GUIDE.read_text("utf-8")) if found["kind"] == kind]


def commands():
    lines = [line for block in blocks("sh") for line in block["text"].splitlines()]
    return [line for line in lines if line.startswith("monitor ") and not line.startswith("monitor init")]


def a_reading_that_left_out(address):
    """Return a reading of the source `mucf` that found one item and left it out."""
    item = Call(source="mucf", call_id=address, title="Stöd till unga", url=address)
    at = datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Europe/Stockholm"))
    return SourceRun(
        source="mucf", name="MUCF", publisher="MUCF", kind="page", url="https://www.mucf.se/", language="sv", started=at, finished=at,
        state="accepted", reason="", complete_list=False, seen=1, left_out={address: LeftOutItem("vanliga frågor", item)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return the installation of the guide's reader: an archive with the call of the guide, and an answer to it."""
    folder = tmp_path_factory.mktemp("guide") / "eu"
    subprocess.run([sys.executable, "-m", "monitor", "init", str(folder)], check=True, capture_output=True)
    place = Installation(folder)
    for block in blocks("toml"):
        if block["file"]:
            (folder / block["file"]).write_text(block["text"], "utf-8")
    (folder / "utlysning.txt").write_text("Bidrag till cykelvägar\nKommuner kan söka.\n", "utf-8")
    shutil.copytree(folder / "rules", folder / "rules-forslag")
    rows = [row(1, identifier="CERV-2026-CITIZENS-TOWN-TT", title=["Call Town Twinning 2026"], text=TWINNING), row(2), row(3)]
    with serve(lambda asked: Answer(page(rows)) if asked.path == "/search" else Answer(status=404)) as publisher:
        more = 'expected = 1\n[rules]\ndir = "rules"\n[digests]\ndir = "digests"\n[[recipient]]\ndepartment = "kommunledning"\nemail = "kansli@example.se"\n'
        place.configure(loopback_settings(f"{publisher.url}/search", more=more))
        assert place.fork("crawl", "funding-tenders", now=NOW).code == 0
    assert place.ask("match", now=NOW).code == 0
    with open_archive(place.archive) as archive:
        now = datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Europe/Stockholm"))
        store_run(archive.db, a_reading_that_left_out("https://www.mucf.se/bidrag/stod-till-unga"), now)
        key = ("funding-tenders", "1TOPICSen")
        store_answer(archive.db, "kommunledning", key, "intressant", note="", digest="", now=now)
    return place


@pytest.mark.parametrize("command", commands())
def test_every_command_runs_as_it_stands(place, command, monkeypatch):
    monkeypatch.chdir(place.folder)
    outcome = place.ask(*shlex.split(command)[1:], now=NOW)
    assert outcome.code == 0, outcome.err + outcome.out
    assert "Traceback" not in outcome.err
    assert outcome.out.strip() or "digest" in command or outcome.err.startswith("Skrev ")


def test_a_new_department_is_demanded_a_theme(place, tmp_path):
    (block,) = [found for found in blocks("toml") if "overformyndare" in found["text"]]
    assert tomllib.loads(block["text"])["department"][0]["id"] == "overformyndare"
    other = Installation(tmp_path)
    rules = shutil.copytree(place.folder / "rules-forslag", tmp_path / "rules") / "departments.toml"
    rules.write_text(rules.read_text("utf-8") + "\n" + block["text"], "utf-8")
    other.configure('[rules]\ndir = "rules"\n')
    outcome = other.ask("rules", "check")
    assert outcome.code == 1
    assert "overformyndare" in outcome.out + outcome.err
