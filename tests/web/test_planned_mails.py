"""The plans of the next mails, of all departments and of each: kept while nothing changes, and in large archives while new ones are made."""

from datetime import timedelta

import pytest

from monitor.archive.candidates import CandidateReader
from monitor.web.framework import kept
from monitor.web.framework.mail_drafts import DraftWish
from monitor.web.planned_mails import read_next_mail, read_plans
from tests.web.sample import NOW


class Counted:
    """Jobs of the site that count how often which departments are planned."""

    def __init__(self, jobs):
        self._jobs = jobs
        self.asked = []

    def __getattr__(self, name):
        return getattr(self._jobs, name)

    def planned(self, rules, now, departments=()):
        self.asked.append(sorted(departments))
        return self._jobs.planned(rules, now, departments)


@pytest.fixture
def counted(site):
    site.jobs = Counted(site.jobs)
    return site.jobs


@pytest.fixture
def slow(site, monkeypatch):
    """Make every archive a large one; return the works that were begun behind the pages."""
    works = []
    monkeypatch.setattr(kept, "FAST_SECONDS", -1.0)
    monkeypatch.setattr(kept, "PAUSE_SECONDS", -1.0)
    monkeypatch.setattr(site._kept, "_start", works.append)
    return works


def hold(coordinator, site, department="kultur-fritid"):
    """Hold the first call of a department's next mail back, and return its key."""
    plan = next(one for one in site.jobs.planned(site.rules, NOW) if one.department == department)
    key = next(item.key for item in plan.items if not item.told)
    coordinator.post(f"/utlysning/{key[0]}/{key[1]}/styr", {"forvaltning": department, "val": "hold"}, page="/samordna")
    return key


def keys_of(plans, department="kultur-fritid"):
    return {item.key for mail in plans.mails if mail.department == department for item in mail.items}


def test_nothing_is_planned_twice_while_nothing_changes(site, counted):
    assert read_plans(site) == read_plans(site)
    assert counted.asked == [[]]
    site.clock = lambda: NOW + timedelta(minutes=16)
    assert read_plans(site).mails
    assert counted.asked == [[], []], "days and hours pass"


def test_a_small_archive_is_planned_anew_at_once(site, counted, coordinator):
    before = read_plans(site)
    key = hold(coordinator, site)
    after = read_plans(site)
    assert key in keys_of(before)
    assert key not in keys_of(after)
    assert not after.is_old


def test_a_large_archive_shows_the_last_plans_and_the_persons_own_choice_at_once(site, counted, coordinator, slow):
    before = read_plans(site)
    assert slow == [], "the first plans are waited for"
    key = hold(coordinator, site)
    counted.asked.clear()
    meanwhile = read_plans(site)
    assert meanwhile.is_old
    assert counted.asked == [["kultur-fritid"]]
    assert keys_of(meanwhile) == keys_of(before) - {key}
    read_plans(site)
    assert len(slow) == 1, "new plans are made once"
    slow[0]()
    after = read_plans(site)
    assert not after.is_old
    assert after.mails == meanwhile.mails


def test_the_page_says_so(site, coordinator, slow):
    said = "Mejlen räknas om; läs in sidan igen om en stund."
    assert said not in coordinator.get("/samordna").text
    hold(coordinator, site)
    assert said in coordinator.get("/samordna").text
    slow[-1]()
    assert said not in coordinator.get("/samordna").text


CULTURE = DraftWish(department="kultur-fritid")


def calls_of(mail):
    return [item.key for item in mail.draft.items]


def test_a_mail_from_kept_candidates_is_the_mail_from_new_ones(site, coordinator):
    for change in (lambda: None, lambda: hold(coordinator, site)):
        change()
        for wish in (
            CULTURE,
            DraftWish(department="kultur-fritid", unchanged=True),
            DraftWish(department="kultur-fritid", bare=True),
        ):
            kept_mail, new = read_next_mail(site, wish).draft, site.jobs.draft(site.rules, site.now(), wish)
            assert (kept_mail.items, kept_mail.differences, kept_mail.kind) == (new.items, new.differences, new.kind)
            assert kept_mail.subject == new.subject


def test_candidates_of_a_mail_are_read_once_for_many_pages(site, monkeypatch):
    reads = []
    read = CandidateReader.read
    monkeypatch.setattr(CandidateReader, "read", lambda self, *asked: reads.append(asked) or read(self, *asked))
    for _ in range(3):
        read_next_mail(site, CULTURE)
    assert len(reads) == 1


def test_a_large_archive_shows_the_last_mail_with_the_persons_own_choice(site, coordinator, slow):
    before = read_next_mail(site, CULTURE)
    assert not before.is_old
    key = hold(coordinator, site)
    page = coordinator.get("/samordna/mejl/kultur-fritid").text
    assert "Mejlet räknas om" in page
    meanwhile = read_next_mail(site, CULTURE)
    assert meanwhile.is_old
    assert calls_of(meanwhile) == [one for one in calls_of(before) if one != key]
    for work in slow:
        work()
    assert not read_next_mail(site, CULTURE).is_old
    assert "Mejlet räknas om" not in coordinator.get("/samordna/mejl/kultur-fritid").text
