"""Jobs on a real Dask cluster on loopback: a scheduler, workers and the dispatcher, each a process of its own, and deaths among them."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import lock, open_archive
from monitor.archive.scheduler import finish_job, first_run, start_job
from monitor.config import load_config
from monitor.jobs.members import open_installation
from tests.commands import Installation
from tests.mailserver import Running
from tests.small_rules import write_rules

pytest.importorskip("distributed", reason="Dask is not installed")
import psutil  # comes with Dask

from monitor.cluster.worker import Holdings, do_work

MONDAY = datetime(2026, 5, 18, 7, 5, tzinfo=ZoneInfo("Europe/Stockholm"))
NAMES = ("ett", "tva", "tre", "fyra")
OTHER_JOBS = ("crawl", "match", "corrections", "note", "canary", "backup", "tidy", "awards", "documents", "translate")
MEMBER = """\
shared_archive = "../../data/archive.db"
[municipality]
name = "{name}"
contact = "eu@{name}.eksjo.se"
[mail]
transport = "smtp"
port = {port}
"""


def settle(archive, *more):
    """Store every job but the week's mail and its delivery as done, and `more`."""
    first_run(archive.db, MONDAY - timedelta(days=1))
    for name in (*OTHER_JOBS, *more):
        start_job(archive.db, name, MONDAY, MONDAY)
        finish_job(archive.db, name, MONDAY, "done", 0, "", MONDAY)


def make_region(folder, members, port=25):
    """Return an installation that has read and matched, with members whose week's mail is due."""
    place = Installation(folder)
    write_rules(folder / "rules")
    place.configure('[municipality]\nname = "Regionen"\n[rules]\ndir = "rules"\n')
    with open_archive(place.archive) as archive:
        settle(archive, "digest")
    assert place.ask("match").code == 0
    for name in members:
        member = folder / "members" / name
        member.mkdir(parents=True)
        rows = "".join(f'[[recipient]]\ndepartment = "kommunledning"\nemail = "{one}@{name}.eksjo.se"\n' for one in NAMES)
        (member / "monitor.toml").write_text(MEMBER.format(name=name, port=port) + rows, "utf-8")
        with open_installation(load_config(member / "monitor.toml")) as archive:
            settle(archive)
    return place


class Deadly:
    """Mail server during whose first mail the scheduler dies, and during whose third mail the worker dies with its job."""

    def __init__(self):
        self.taken = []
        self.lost = 0
        self.kill_scheduler = self.kill_worker = lambda: None

    async def handle_DATA(self, server, session, envelope):
        if not self.taken and not self.lost:
            self.kill_scheduler()
        if len(self.taken) == 2 and not self.lost:
            self.lost += 1
            self.kill_worker()
            server.transport.abort()
            return "451 never heard"
        self.taken.append(envelope.rcpt_tos[0])
        return "250 OK"


class Cluster:
    """Processes of a cluster: a scheduler at a fixed address, and workers with their logs."""

    def __init__(self, place):
        self.place = place
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        self.started = []
        self.scheduler = None

    def start_scheduler(self):
        host, port = self.address.removeprefix("tcp://").split(":")
        dask = str(Path(sys.executable).with_name("dask"))
        self.scheduler = self._start([dask, "scheduler", "--host", host, "--port", port, "--no-dashboard"], "Scheduler at:")

    def restart_scheduler(self):
        self.scheduler.kill()
        self.scheduler.wait()
        self.start_scheduler()

    def start_worker(self, ready):
        return self._start(self.place.command("worker", self.address, "--threads", "1"), ready)

    def _start(self, command, ready):
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONWARNINGS": "default"})
        process.lines, process.ready = [], threading.Event()

        def read():
            for line in process.stderr:
                process.lines.append(line)
                if ready(process.lines) if callable(ready) else ready in line:
                    process.ready.set()

        process.reader = threading.Thread(target=read)
        process.reader.start()
        self.started.append(process)
        assert process.ready.wait(60), "".join(process.lines)
        return process

    def end(self):
        for process in self.started:
            process.kill()
            process.wait()
            process.reader.join()
            process.stderr.close()


def kill_tree(process):
    """Kill a process and all that it has started, as the death of a machine does."""
    for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
        one.kill()
    process.wait()


@contextmanager
def cluster_of(place):
    cluster = Cluster(place)
    try:
        yield cluster
    finally:
        cluster.end()


def holds_all(lines):
    return sum("installation_held" in line for line in lines) == 2


def test_every_mail_goes_once_though_the_scheduler_and_a_worker_die(tmp_path):
    handler = Deadly()
    with Running(handler) as server, cluster_of(make_region(tmp_path, ["alfa"], server.port)) as cluster:
        cluster.start_scheduler()
        owner = cluster.start_worker(holds_all)
        standby = cluster.start_worker("monitor worker är igång")
        handler.kill_scheduler, handler.kill_worker = cluster.restart_scheduler, lambda: kill_tree(owner)
        outcome = cluster.place.run("run", "--cluster", cluster.address, "--once", now=MONDAY.isoformat(), timeout=300)
        assert outcome.code == 0, outcome.err
    assert handler.lost == 1, "the worker died in the middle of a mail"
    assert sorted(handler.taken) == sorted(f"{one}@alfa.eksjo.se" for one in NAMES)
    assert holds_all(standby.lines), "the stand-by took over"


def test_two_workers_never_share_an_installation_nor_does_a_plain_run(tmp_path):
    place = make_region(tmp_path, ["alfa", "beta"])
    config = load_config(place.folder / "monitor.toml")
    first = Holdings(config, reading=True, members=["a*"])
    second = Holdings(config, reading=True, members=["*"])
    assert first.take() == ["Regionen/", "Regionen/alfa"]
    assert second.take() == ["Regionen/beta"]
    refused = place.ask("run", "--once")
    assert refused.code == 3
    assert "monitor run är redan igång här" in refused.err
    first.release()
    assert sorted(second.take()) == ["Regionen/", "Regionen/alfa", "Regionen/beta"]
    second.release()
    with lock(config.data_dir, "run"):
        assert Holdings(config, reading=True, members=[""]).take() == []


def test_a_member_whose_settings_are_wrong_is_left_out_and_the_others_are_held(tmp_path, caplog):
    place = make_region(tmp_path, ["alfa", "beta"])
    (place.folder / "members" / "alfa" / "monitor.toml").write_text("okand = 1\n", "utf-8")
    holdings = Holdings(load_config(place.folder / "monitor.toml"), reading=False, members=["*"])
    for _ in range(2):
        assert holdings.take() == ["Regionen/beta"]
    holdings.release()
    assert [one.message.split(" reason")[0] for one in caplog.records if one.levelname == "ERROR"] == [
        "installation_refused name=Regionen/alfa"
    ]


def test_a_task_for_an_installation_that_is_held_elsewhere_does_nothing():
    assert do_work("Regionen/alfa", None, None).error == "arbetaren har inte installationen längre"


def test_a_scheduler_that_does_not_answer_is_named(tmp_path):
    place = Installation(tmp_path)
    place.configure("")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        outcome = place.run("run", "--cluster", address, "--once", DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="1s")
    assert outcome.code == 1
    assert f"{address}: Dasks schemaläggare svarar inte" in outcome.err
    assert "Traceback" not in outcome.err
