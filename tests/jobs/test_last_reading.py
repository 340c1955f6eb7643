"""Age of a source's last whole reading: a source that is no longer read is told in mails, by commands and on pages."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from monitor.archive import open_archive
from monitor.archive.runs import stored_health
from monitor.jobs.sources import describe_sources
from monitor.jobs.status import status
from monitor.settings import Recipient
from monitor.sources import Source
from monitor.translation import translate
from monitor.vocabulary import ACCEPTED_RUNS
from monitor.web.views.front import source_rows
from tests.commands import Installation
from tests.mailing import MONDAY, WEEK, World, html_of, text_of

DAY = timedelta(days=1)


def flat(mail):
    return " ".join(text_of(mail).split())


def attention(world, now):
    with open_archive(world.config.archive) as archive:
        return status(world.config, archive, now)["attention"]


@pytest.mark.parametrize(
    ("every", "age", "overdue"),
    [(1, 1, False), (1, 3, False), (1, 4, True), (7, 9, False), (7, 10, True), (30, 31, False), (30, 33, True)],
)
def test_a_source_is_overdue_after_its_rhythm_and_a_grace(every, age, overdue):
    source = Source(id="x", kind="feed", name="X", url="https://example.se", every=every)
    assert source.is_overdue(MONDAY - age * DAY, MONDAY) is overdue


def test_a_source_never_read_or_read_in_the_future_is_overdue():
    source = Source(id="x", kind="feed", name="X", url="https://example.se")
    assert source.is_overdue(None, MONDAY)
    assert source.is_overdue(MONDAY + 300 * DAY, MONDAY), "a clock that went wrong noted it"


def test_a_mail_never_says_that_all_answered_when_nothing_was_read_for_weeks(tmp_path):
    world = World(tmp_path).welcomed()
    (mail,) = world.week(MONDAY + 3 * WEEK)
    assert "Alla svarade" not in flat(mail)
    assert "Vi har inte kunnat läsa någon av de 2 källorna, så vi vet inte om något nytt har kommit." in flat(mail)
    assert "Källan portal har inte kunnat läsas sedan 25 maj." in flat(mail)
    assert "har inte kunnat läsas sedan 25 maj" in html_of(mail).replace("\u00a0", " ")


def test_an_english_mail_says_the_same(tmp_path):
    recipient = Recipient(department="kultur-fritid", email="en@example.se", language="en")
    world = World(tmp_path, recipients=[recipient]).welcomed()
    (mail,) = world.week(MONDAY + 3 * WEEK)
    assert "All answered" not in flat(mail)
    assert "We have not been able to read any of the 2 sources" in flat(mail)
    assert "Källan portal has not been read since 25 May." in flat(mail)


def test_one_source_whose_storing_fails_every_day_is_named_though_its_last_run_went_well(tmp_path):
    """A reading that cannot be stored leaves no run: the last one that is known stays as it was."""
    world = World(tmp_path).welcomed()
    for number in range(1, 15):
        world.crawl(at=MONDAY - WEEK + number * DAY, source="feed")
    now = MONDAY + WEEK
    (mail,) = world.week(now)
    assert "Vi har läst 1 av 2 källor. Källan portal har inte kunnat läsas sedan 25 maj." in flat(mail)
    assert [one for one in attention(world, now) if one.startswith("Källan portal: har inte kunnat läsas helt sedan 2026-05-25.")]
    assert not [one for one in attention(world, now) if one.startswith("Källan feed")]


@pytest.mark.parametrize(
    ("added", "said"), [(("ny",), "Källan ny är inte läst än."), (("ny", "till"), "2 källor är inte lästa än.")]
)
def test_a_source_that_was_just_added_is_not_told_as_a_failure(tmp_path, added, said):
    world = World(tmp_path).welcomed()
    new = tuple(world.config.sources[0].model_copy(update={"id": name, "name": f"Källan {name}"}) for name in added)
    world.config = world.config.model_copy(update={"sources": (*world.config.sources, *new)})
    for source in ("portal", "feed"):
        world.crawl(at=MONDAY - DAY, source=source)
    (mail,) = world.week(MONDAY)
    assert f"Vi har läst 2 av {2 + len(added)} källor. {said}" in flat(mail)
    assert "kunnat läsas" not in flat(mail)


def test_a_monthly_source_need_not_be_read_each_week(tmp_path):
    world = World(tmp_path)
    slow = tuple(source.model_copy(update={"every": 30}) for source in world.config.sources)
    world.config = world.config.model_copy(update={"sources": slow})
    world.welcomed()
    (mail,) = world.week(MONDAY + 2 * WEEK)
    assert "Alla 2 källor är lästa." in flat(mail)
    assert attention(world, MONDAY + 2 * WEEK) == []
    (mail,) = world.week(MONDAY + 5 * WEEK)
    assert "inte kunnat läsa någon av de 2 källorna" in flat(mail)


def test_status_tells_it_where_cron_runs_the_commands_and_no_scheduler_ever_ran(tmp_path):
    world = World(tmp_path).welcomed()
    assert attention(world, MONDAY - WEEK + DAY) == []
    (sentence,) = attention(world, MONDAY + 2 * WEEK)
    assert sentence == (
        "Ingen av de 2 källorna har lästs sedan 2026-05-25. Går monitor run, eller det som i stället kör monitor crawl?"
    )


def test_the_list_of_sources_marks_what_is_overdue(tmp_path):
    world = World(tmp_path).welcomed()
    with open_archive(world.config.archive) as archive:
        assert {row["overdue"] for row in describe_sources(world.config, archive.db, MONDAY - WEEK + DAY)} == {False}
        assert {row["overdue"] for row in describe_sources(world.config, archive.db, MONDAY + WEEK)} == {True}
        assert stored_health(archive.db)["portal"].state == "accepted", "its last run was well"


def test_the_pages_mark_it(tmp_path):
    world = World(tmp_path).welcomed()
    world.crawl(at=MONDAY + WEEK, source="feed")
    with open_archive(world.config.archive) as archive:
        site = SimpleNamespace(archive=archive, config=world.config)
        rows = {row["id"]: row for row in source_rows(site, MONDAY + WEEK)}
    assert (rows["portal"]["state"], rows["portal"]["state_word"]) == ("overdue", "Inte läst på länge")
    assert (rows["feed"]["state"], rows["feed"]["state_word"]) == ("accepted", "Läst")
    assert list(rows) == ["portal", "feed"], "what needs a look stands first"
    assert "overdue" not in ACCEPTED_RUNS, "so that the desk names it"
    assert translate("Inte läst på länge", "en") == "Not read for a long time"


def test_the_commands_say_it(tmp_path):
    place = Installation(tmp_path)
    place.configure('[[source]]\nid = "portal"\nkind = "feed"\nname = "EU-portalen"\nurl = "https://example.org/"\n')
    world = World(tmp_path / "data")
    world.crawl(at=MONDAY)
    later = (MONDAY + 4 * WEEK).isoformat()
    listed = place.ask("sources", now=later)
    assert "! Har inte kunnat läsas helt sedan 2026-06-01." in listed.out
    outcome = place.ask("status", now=later)
    assert outcome.code == 1
    assert "EU-portalen: har inte kunnat läsas helt sedan 2026-06-01." in outcome.out
    assert place.ask("status", now=(MONDAY + DAY).isoformat()).code == 0
