"""Stories in the archive: joined after a run, parted by a person, told once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.candidates import CandidateReader
from monitor.archive.matches import NewMatch, read_calls, store_matches
from monitor.archive.runs import SourceRun, store_run
from monitor.archive.stories import decide_story
from monitor.calls import Call, Deadline, DeadlineModel, Link, Section
from monitor.errors import ArchiveError
from monitor.jobs.stories import join_stories

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
PORTAL, NEWS = ("portal", "45656"), ("ed", "https://ed.example.se/klimat")
TOPIC = Call(
    source="portal",
    call_id="45656",
    identifier="LIFE-2026-SAP-CLIMA-GOV",
    title="Climate governance",
    url="https://portal.example.eu/LIFE-2026-SAP-CLIMA-GOV",
    sections=(Section(title="", text="Support to municipalities. " * 30),),
    deadlines=(Deadline(at=datetime(2026, 9, 22, 15, tzinfo=UTC), zone="Europe/Brussels"),),
    deadline_model=DeadlineModel.SINGLE,
)
ITEM = Call(
    source="ed",
    call_id=NEWS[1],
    title="Nu kan kommuner söka LIFE-stöd",
    url=NEWS[1],
    links=(Link(title="Läs mer", url="https://portal.example.eu/LIFE-2026-SAP-CLIMA-GOV"),),
)


@pytest.fixture
def db(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        for call in (TOPIC, replace(TOPIC, source="bulk", sections=()), ITEM):
            run = SourceRun(
                source=call.source,
                name=call.source,
                publisher="",
                kind="feed",
                url="https://example.org",
                language="sv",
                started=NOW,
                finished=NOW,
                state="accepted",
                reason="",
                complete_list=False,
                seen=1,
                calls=(call,),
            )
            store_run(archive.db, run, NOW)
        join_stories(archive.db, NOW)
        yield archive.db


def stories(db):
    return {tuple(row[:2]): row[2] for row in db.execute("SELECT source, call_id, story FROM calls")}


def test_portal_bulk_and_news_are_one_story_led_by_the_richest(db):
    assert stories(db) == {PORTAL: "", ("bulk", "45656"): "portal/45656", NEWS: "portal/45656"}
    assert [call.source for call in read_calls(db)] == ["portal"]
    assert join_stories(db, NOW) == 0


def test_what_a_person_parts_stays_parted(db):
    decide_story(db, NEWS, PORTAL, "apart", "eu@example.se", NOW)
    assert join_stories(db, NOW) == 1
    assert stories(db) == {PORTAL: "", ("bulk", "45656"): "portal/45656", NEWS: ""}
    assert join_stories(db, NOW + timedelta(days=1)) == 0
    with pytest.raises(ArchiveError, match="finns inte"):
        decide_story(db, NEWS, ("portal", "nothing"), "apart", "eu@example.se", NOW)


def test_a_department_gets_the_story_with_all_its_records(db):
    row = NewMatch(
        source="portal",
        call_id="45656",
        department="nav",
        relevance=9,
        fit=9,
        level="stark",
        themes=[],
        evidence=[],
        fit_card={},
        rule_version="1",
    )
    store_matches(db, [row], "1", {}, NOW)
    found = CandidateReader(db, NOW).read("nav", NOW - timedelta(days=7), NOW - timedelta(days=30))
    assert {(one.call.source, one.story, one.match is not None) for one in found} == {
        ("portal", "portal/45656", True),
        ("bulk", "portal/45656", False),
        ("ed", "portal/45656", False),
    }
