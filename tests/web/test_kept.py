"""Facts of the archive that pages keep: read once, and behind the page when reading them takes long."""

import threading
from datetime import UTC, datetime

import pytest

from monitor.web.framework import kept
from monitor.web.framework.kept import KeptFacts
from monitor.web.planned_mails import read_plans

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)


class Archive:
    """Source of facts that counts how often it is read, with works that were begun behind the pages."""

    def __init__(self):
        self.stamp, self.reads, self.begun = 1, 0, []
        self.facts = KeptFacts(lambda: NOW, self.begun.append)

    def read(self):
        self.reads += 1
        return f"of {self.stamp}"

    def get(self, name="calls"):
        return self.facts.get(name, lambda: self.stamp, self.read)


@pytest.fixture
def archive():
    return Archive()


@pytest.fixture
def slow(monkeypatch):
    monkeypatch.setattr(kept, "FAST_SECONDS", -1.0)
    monkeypatch.setattr(kept, "PAUSE_SECONDS", -1.0)
    monkeypatch.setattr(kept, "_REST", 0)


def test_facts_are_read_again_after_a_change_alone(archive):
    assert [archive.get().facts for _ in range(3)] == ["of 1"] * 3
    archive.stamp = 2
    assert archive.get().facts == "of 2"
    assert archive.reads == 2
    assert archive.get("others").facts == "of 2"
    assert archive.reads == 3


def test_slow_facts_are_read_behind_the_page_once(archive, slow):
    archive.get()
    archive.stamp = 2
    answers = [archive.get() for _ in range(3)]
    assert {(answer.facts, answer.is_old) for answer in answers} == {("of 1", True)}
    [work] = archive.begun
    work()
    assert (archive.get().facts, archive.get().is_old) == ("of 2", False)


def test_an_archive_that_is_written_to_all_the_time_is_not_read_all_the_time(archive, slow, monkeypatch):
    monkeypatch.setattr(kept, "PAUSE_SECONDS", 3600.0)
    archive.get()
    archive.stamp = 2
    assert archive.get().is_old
    assert archive.begun == []


def test_readings_behind_the_pages_leave_pauses_for_the_pages(archive, slow, monkeypatch):
    """Facts that a person waits for are begun at once all the same."""
    monkeypatch.setattr(kept, "_REST", 1e9)
    archive.get("calls")
    archive.get("news")
    archive.stamp = 2
    archive.get("calls")
    archive.begun.pop()()
    assert archive.get("news").is_old
    assert archive.begun == []
    assert archive.facts.get_soon("never read", lambda: 2, archive.read) is None
    assert len(archive.begun) == 1


def test_a_write_during_the_reading_is_seen(archive):
    def read():
        archive.stamp += 1
        return archive.read()

    archive.facts.get("calls", lambda: archive.stamp, read)
    assert archive.get().facts == "of 2"
    assert archive.reads == 2


def test_what_could_not_be_read_is_tried_again(archive, slow):
    archive.get()
    archive.stamp = 2
    archive.read = None
    archive.get()
    with pytest.raises(TypeError):
        archive.begun.pop()()
    assert archive.get().is_old
    assert len(archive.begun) == 1


def test_many_visitors_at_once_wait_for_one_reading(archive):
    began, go_on = threading.Event(), threading.Event()

    def read():
        began.set()
        assert go_on.wait(10)
        return archive.read()

    answers = []
    visitors = [
        threading.Thread(target=lambda: answers.append(archive.facts.get("calls", lambda: 1, read).facts)) for _ in range(5)
    ]
    for visitor in visitors:
        visitor.start()
    assert began.wait(10)
    go_on.set()
    for visitor in visitors:
        visitor.join(10)
    assert answers == ["of 1"] * 5
    assert archive.reads == 1


def test_the_facts_of_many_names_do_not_grow_without_end(archive, monkeypatch):
    """A visitor may ask for any period: each has a name of its own."""
    monkeypatch.setattr(kept, "_MOST_NAMES", 3)
    for name in ("a", "b", "c", "a", "d"):
        archive.get(name)
    assert archive.reads == 4
    archive.get("a")
    assert archive.reads == 4, "asked for lately"
    archive.get("b")
    assert archive.reads == 5


def test_the_follow_up_says_that_it_is_counted_anew_and_a_file_never_is_old(coordinator, site, slow, monkeypatch):
    works = []
    monkeypatch.setattr(site._kept, "_start", works.append)
    said = "Siffrorna räknas om; läs in sidan igen om en stund."
    before = coordinator.get("/uppfoljning?format=json").json()
    assert said not in coordinator.get("/uppfoljning").text
    form = {"utlysning": "portal/rolling", "lage": "soker"}
    coordinator.post("/forvaltning/samhallsplanering/lage", form, page="/forvaltning/samhallsplanering")
    assert said in coordinator.get("/uppfoljning").text
    assert "being counted anew" in coordinator.get("/uppfoljning?lang=en").text
    assert coordinator.get("/uppfoljning?format=json").json() != before
    works[0]()
    assert said not in coordinator.get("/uppfoljning").text


def test_facts_that_nobody_waits_for_come_when_they_are_read(archive):
    def soon():
        return archive.facts.get_soon("calls", lambda: archive.stamp, archive.read)

    assert [soon() for _ in range(3)] == [None] * 3
    [work] = archive.begun
    work()
    assert soon().facts == "of 1"
    archive.stamp = 2
    assert soon().facts == "of 2", "fast facts are waited for from then on"


def test_whoever_must_wait_shares_the_reading_behind_the_page(archive):
    archive.facts.get_soon("calls", lambda: archive.stamp, archive.read)
    archive.begun[0]()
    assert archive.get().facts == "of 1"
    assert archive.reads == 1


def test_facts_of_other_settings_are_never_shown(archive, slow):
    """Whoever saved a setting opens the page at once; facts of the settings before would say that nothing happened."""

    def get(basis):
        return archive.facts.get("calls", lambda: archive.stamp, archive.read, basis=basis)

    get("settings before")
    archive.stamp = 2
    assert get("settings before").is_old
    assert (get("settings after").facts, get("settings after").is_old) == ("of 2", False)
    assert archive.reads == 2


def test_the_desk_shows_a_saved_setting_on_its_next_page(site, slow):
    """Planning takes longer than `FAST_SECONDS` on a slow machine."""
    assert not read_plans(site).is_old
    site.config = site.config.model_copy(update={"data_dir": site.config.data_dir / "another"})
    assert not read_plans(site).is_old
