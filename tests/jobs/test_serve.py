"""Requests of pages to jobs: matching anew after each save, and a health answer that anyone may read."""

import threading

from monitor.archive import open_archive
from monitor.archive.scheduler import finish_job, start_job
from monitor.config import Config
from monitor.jobs.serve import PageWork
from tests.mailing import MONDAY

TRACEBACK = (
    'Traceback (most recent call last):\n  File "/opt/eu-bevakning/lib/monitor/x.py", line 3\n'
    "ValueError: /var/lib/eu-bevakning/data"
)


class Matching(PageWork):
    """Matching that lasts until the test ends it."""

    def __init__(self, config):
        super().__init__(config)
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.runs = 0
        self.works = True

    def _match_once(self):
        self.runs += 1
        self.begun.release()
        assert self.go_on.acquire(timeout=30)
        return self.works


def test_a_save_while_matching_runs_is_matched_after_it(tmp_path):
    work = Matching(Config(data_dir=tmp_path))
    work.rematch()
    assert work.begun.acquire(timeout=30)
    for _ in range(3):
        work.rematch()  # these rules were saved after the matching had read its own
    work.go_on.release()
    assert work.begun.acquire(timeout=30), "once more, for all three"
    work.go_on.release()
    work.close()
    assert work.runs == 2
    work.rematch()
    assert work.begun.acquire(timeout=30)
    work.go_on.release()
    work.close()
    assert work.runs == 3


def test_the_state_of_the_matching_is_told_until_and_after_its_end(tmp_path):
    work = Matching(Config(data_dir=tmp_path))
    assert work.matching() == ""
    for works, state in ((True, "done"), (False, "failed")):
        work.works = works
        work.rematch()
        assert work.begun.acquire(timeout=30)
        assert work.matching() == "running"
        work.go_on.release()
        work.close()
        assert work.matching() == state


def test_health_shows_no_traceback_and_no_path(tmp_path):
    config = Config(data_dir=tmp_path)
    with open_archive(config.archive) as archive:
        for _ in range(4):
            start_job(archive.db, "match", MONDAY, MONDAY)
            finish_job(archive.db, "match", MONDAY, "failed", 1, TRACEBACK, MONDAY)
    code, text = PageWork(config).health(MONDAY, "")
    assert code == 503
    assert "Sökningen efter det som rör kommunen har misslyckats flera gånger." in text
    assert "Traceback" not in text
    assert "ValueError" not in text
    assert "/opt" not in text
    assert "/var" not in text


def test_health_of_an_archive_that_cannot_be_used(tmp_path):
    config = Config(data_dir=tmp_path)
    config.archive.write_bytes(b"rubbish" * 1000)
    code, text = PageWork(config).health(MONDAY, "")
    assert code == 503
    assert "Arkivet går inte att använda" in text
    assert str(tmp_path) not in text
