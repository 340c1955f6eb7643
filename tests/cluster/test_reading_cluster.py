"""Reading of sources on a real Dask cluster: a task for each source, and a worker that is killed in the middle of its reading."""

import json
import os
import subprocess
import threading
from datetime import datetime

import pytest

from monitor.archive import open_archive
from monitor.config import load_config
from monitor.jobs.due import DueJob
from monitor.vocabulary import JobState
from tests.cluster.test_cluster import cluster_of
from tests.hostile import feed, item
from tests.jobs.test_hand_over import FIRST, SECRET, make_place, serve_archive
from tests.publishers import Answer, serve

pytest.importorskip("distributed", reason="Dask is not installed")
import psutil  # comes with Dask
from distributed import Client

from monitor.cluster.reading import on_cluster, reading_resource
from monitor.cluster.worker import Holdings

SOURCES = ("snabb", "trog")
ROW = '[[source]]\nid = "{id}"\nkind = "feed"\nname = "{id}"\nurl = "{url}/{id}"\nlanguage = "sv"\nexpected = 1\n'


class SlowPublisher:
    """Publisher of two feeds, one of which says nothing until the other is stored and its first reader is dead."""

    def __init__(self):
        self.may_kill = threading.Event()
        self.kill = lambda: None
        self.readers = 0

    def respond(self, asked):
        if asked.path == "/robots.txt":
            return Answer(status=404)
        if asked.path == "/trog":
            self.readers += 1
            if self.readers == 1:
                assert self.may_kill.wait(60)
                self.kill()
                return Answer(status=503)
        return feed(item(f"Bidrag på {asked.path}"))


def start_worker(place, address):
    command = place.command("worker", address, "--reads", "1")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONWARNINGS": "default"})
    process.lines = []

    def read():
        process.lines.extend(process.stderr)

    process.reader = threading.Thread(target=read)
    process.reader.start()
    return process


def kill_reader_of(processes, source):
    """Kill the worker that reads a source, with its process, as the death of a machine does."""
    for process in processes:
        children = psutil.Process(process.pid).children(recursive=True)
        if any(source in child.cmdline() for child in children):
            for one in (*children, psutil.Process(process.pid)):
                one.kill()
            process.wait()
            return
    raise AssertionError("nobody reads it")


def test_a_killed_worker_s_source_is_read_elsewhere_and_the_others_are_stored(tmp_path):
    sample, stop = SlowPublisher(), threading.Event()
    with serve(sample.respond) as publisher, cluster_of(None) as cluster:
        cluster.start_scheduler()
        extra = "".join(ROW.format(id=one, url=publisher.url) for one in SOURCES)
        there = make_place(tmp_path / "arkivet", publisher.url, "accept = true")
        there.configure((there.folder / "monitor.toml").read_text() + extra)
        with serve_archive(there) as machine:
            machine.now, machine.after = datetime.fromisoformat(FIRST), sample.may_kill.set
            readers = []
            for name in ("ett", "tva"):
                place = make_place(tmp_path / name, publisher.url, f'to = "{machine.url}"')
                place.configure((place.folder / "monitor.toml").read_text() + extra)
                readers.append(start_worker(place, cluster.address))
            sample.kill = lambda: kill_reader_of(readers, "trog")
            try:
                with Client(cluster.address, set_as_default=False) as client:
                    client.wait_for_workers(2, timeout=60)
                execute = on_cluster(cluster.address, stop, lambda: machine.now)
                job = DueJob(name="crawl", due=machine.now, command=("crawl", *SOURCES))
                result = execute(machine.config, job, 120.0)
            finally:
                for process in readers:
                    process.kill()
                    process.wait()
                    process.reader.join()
                    process.stderr.close()
    assert (result.state, result.code) == (JobState.DONE, 0), result
    assert sorted(one["id"] for one in result.answer["sources"]) == sorted(SOURCES)
    assert sample.readers == 2, "the source was read once more"
    assert sorted(process.returncode for process in readers) == [-9, -9]
    with open_archive(there.archive) as archive:
        stored = archive.db.execute("SELECT source, state, new FROM runs ORDER BY source").fetchall()
    assert stored == [("snabb", "accepted", 1), ("trog", "accepted", 1)], "each source once"


def test_a_machine_that_hands_over_holds_no_installation_and_offers_to_read(tmp_path):
    place = make_place(tmp_path / "lasaren", "http://127.0.0.1:9", 'to = "http://127.0.0.1:9"')
    config = load_config(place.folder / "monitor.toml")
    holdings = Holdings(config, reading=True, members=["*"], reads=4)
    assert (holdings.take(), holdings.reads) == ([], 4)
    assert holdings.reading_resource == reading_resource("Nässjö kommun") == "reading Nässjö kommun"
    here = make_place(tmp_path / "arkivet", "http://127.0.0.1:9", "accept = true")
    with_archive = Holdings(load_config(here.folder / "monitor.toml"), reading=True, members=[], reads=4)
    assert (with_archive.take(), with_archive.reads, with_archive.reader()) == (["Nässjö kommun/"], 0, None)
    with_archive.release()


def test_a_worker_without_the_secret_says_so(tmp_path):
    place = make_place(tmp_path / "lasaren", "http://127.0.0.1:9", 'to = "http://127.0.0.1:9"')
    (place.folder / "hemlighet").unlink()
    outcome = place.ask("worker", "tcp://127.0.0.1:9")
    assert outcome.code == 2
    assert "hemligheten går inte att läsa" in outcome.err
    assert SECRET not in outcome.err + json.dumps(outcome.out)
