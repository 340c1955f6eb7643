"""A real scrapyd on loopback runs a source as a spider of its own, and the archive is filled."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor.archive import lock, open_archive
from monitor.errors import LockedError
from tests.commands import breathe, free_port, loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve

pytest.importorskip("scrapyd", reason="scrapyd is not installed")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(base, path, **form):
    data = urllib.parse.urlencode(form).encode() if form else None
    with DIRECT.open(f"{base}/{path}", data=data, timeout=60) as answer:
        return json.load(answer)


@pytest.fixture
def scrapyd(installation):
    """Start the server once the settings are written, and return its address."""
    started = []

    def start():
        port = free_port()
        folder = installation.folder / "scrapyd"
        folder.mkdir()
        lines = ["[scrapyd]", "bind_address = 127.0.0.1", f"http_port = {port}", "poll_interval = 0.2", "max_proc = 2"]
        (folder / "scrapy.cfg").write_text("\n".join([*lines, "[settings]", "eu-monitor = monitor.jobs.deployed", ""]), "utf-8")
        program = Path(sys.executable).with_name("scrapyd")
        environment = {
            **os.environ,
            "MONITOR_CONFIG": str(installation.folder / "monitor.toml"),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "no_proxy": "127.0.0.1",
        }
        log = (folder / "log").open("wb")
        process = subprocess.Popen([str(program)], cwd=folder, stdout=log, stderr=log, env=environment)
        started.append((process, log))
        base = f"http://127.0.0.1:{port}"
        return base if answers(base, process) else pytest.fail((folder / "log").read_text("utf-8"))

    yield start
    for process, log in started:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def answers(base, process):
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            return ask(base, "daemonstatus.json")["status"] == "ok"
        except urllib.error.URLError:
            breathe()
    return False


@pytest.mark.skipif(not shutil.which("scrapyd", path=str(Path(sys.executable).parent)), reason="scrapyd is not installed")
def test_a_source_runs_on_scrapyd_and_fills_the_archive(installation, scrapyd):
    rows = [row(number, deadlines=("2098-10-06",)) for number in range(3)]
    with serve(lambda asked: Answer(page(rows)) if asked.path == "/search" else Answer(status=404)) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search", more="expected = 1\n"))
        base = scrapyd()
        assert "funding-tenders" in ask(base, "listspiders.json?project=eu-monitor")["spiders"]
        moment = "2097-05-20T12:00:00+02:00"
        job = ask(base, "schedule.json", project="eu-monitor", spider="funding-tenders", now=moment)["jobid"]
        end = time.monotonic() + 90
        finished = []
        while not finished and time.monotonic() < end:
            finished = [one for one in ask(base, "listjobs.json?project=eu-monitor")["finished"] if one["id"] == job]
            breathe()
        assert finished, "the job has not ended"
    with open_archive(installation.archive) as archive:
        assert archive.db.execute("SELECT source, state, current FROM runs").fetchall() == [("funding-tenders", "accepted", 3)]
        assert archive.db.execute("SELECT count(*) FROM calls").fetchone() == (3,)
        assert archive.db.execute("SELECT finished FROM runs").fetchone() == ("2097-05-20T10:00:00+00:00",), (
            "the clock it was given"
        )
        assert archive.db.execute("SELECT count(*) FROM indexed").fetchone() == (3,), "what was read can be searched"


def test_what_a_spider_read_is_stored_under_the_lock_and_joined(installation, monkeypatch):
    installation.configure('[[source]]\nid = "x"\nkind = "feed"\nname = "X"\nurl = "https://example.se/"\n')
    monkeypatch.setenv("MONITOR_CONFIG", str(installation.folder / "monitor.toml"))
    monkeypatch.delitem(sys.modules, "monitor.jobs.deployed", raising=False)
    deployed = importlib.import_module("monitor.jobs.deployed")
    done = []

    def free():
        try:
            with lock(installation.folder / "data"):
                return True
        except LockedError:
            return False

    report = SimpleNamespace(id="x", state="accepted", current=0, new=0)
    for name in ("store_judged", "make_findable"):
        monkeypatch.setattr(deployed, name, lambda *_, name=name: done.append((name, free())) or report)
    for name in ("note_end", "judge_safely"):
        monkeypatch.setattr(deployed, name, lambda *_: None)
    spider = SimpleNamespace(
        source=None, now=deployed.read_clock("2026-05-20T12:00"), logger=SimpleNamespace(info=lambda *_: None)
    )
    deployed.StoreRun().finished(spider, "finished")
    assert done == [("store_judged", False), ("make_findable", False)]
    assert spider.now.isoformat() == "2026-05-20T12:00:00+02:00"
    monkeypatch.delitem(sys.modules, "monitor.jobs.deployed")
