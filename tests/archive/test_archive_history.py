"""History of a call: versions, documents, and the archive as it was when a mail was built."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.archive.calls import correct_field
from monitor.archive.feedback import store_answer
from monitor.archive.history import (
    list_call_documents,
    read_candidates_at,
    read_document,
    read_past_digest,
    read_versions,
    source_health_at,
)
from monitor.archive.runs import Document, load_documents, store_documents
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)
NEWS = timedelta(days=60)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path).welcomed()


def a_document(url, body, at):
    return Document(
        url=url, request="GET", status=200, headers="{}", content_type="text/html", body=body.encode(), fetched=at
    )  # fmt: skip


def test_versions_are_read_oldest_first_as_they_were(world):
    call = a_call("1", "2026-09-01")
    for day, title in enumerate(("Ett", "Ett", "Två")):
        world.crawl(replace(call, title=title, summary=f"Om {title}."), at=MONDAY + day * DAY)
    with world.archive() as archive:
        versions = read_versions(archive.db, "portal", "1")
        assert read_versions(archive.db, "portal", "2") == []
    assert [(at, one.summary) for at, one in versions] == [(MONDAY, "Om Ett."), (MONDAY + 2 * DAY, "Om Två.")]


def test_documents_are_those_of_the_calls_address_else_of_the_newest_run(world):
    with world.archive() as archive:
        db = archive.db
        with db.atomic():
            store_documents(db, "portal", [a_document("https://example.org/1", "gammal", MONDAY)])
            newest = [a_document(f"https://example.org/{n}", "lika", MONDAY + DAY) for n in ("1", "lista")]
            store_documents(db, "portal", newest)
        assert db.execute("SELECT count(*) FROM documents").fetchone()[0] == 2, "each content is kept once"
        own = list_call_documents(db, "portal", "https://example.org/1")
        assert [row["at"] for row in own] == sorted((row["at"] for row in own), reverse=True)
        assert [read_document(db, row["id"]) for row in own] == [("text/html", b"lika"), ("text/html", b"gammal")]
        others = list_call_documents(db, "portal", "https://example.org/2")
        assert [row["url"] for row in others] == ["https://example.org/1", "https://example.org/lista"]
        assert list_call_documents(db, "feed", "https://example.org/1") == []
        assert read_document(db, 999) is None
        assert load_documents(db, "portal") == newest


def test_a_mail_is_found_with_what_it_told_and_the_one_before(world):
    world.publish(a_call("1", "2026-09-01"), at=MONDAY)
    world.week(MONDAY)
    with world.archive() as archive:
        found = read_past_digest(archive.db, "2026-W23-kultur-fritid")
        first = read_past_digest(archive.db, "2026-W22-kultur-fritid")
        assert read_past_digest(archive.db, "2026-W24-kultur-fritid") is None
    assert (found.department, found.week, found.created) == ("kultur-fritid", "2026-W23", MONDAY)
    assert found.told == {("portal", "1")}
    assert (found.previous, found.previous_week) == (MONDAY - WEEK, "2026-W22")
    assert (first.previous, first.previous_week) == (None, "")


def test_calls_are_told_as_they_stood_when_the_mail_was_built(world):
    call = a_call("1", "2026-09-01", summary="Som den var.")
    over = a_call("over", "2026-05-20")
    world.publish(call, a_call("annan", "2026-10-01"), over, at=MONDAY - DAY)
    world.week(MONDAY)
    with world.archive() as archive:
        store_answer(archive.db, "kultur-fritid", ("portal", "1"), "intressant", note="", digest="", now=MONDAY + DAY)
        correct_field(archive.db, "portal", "1", "title", "Rättad", who="Anna", now=MONDAY + DAY)
    later = a_call("senare", "2026-09-01")
    world.crawl(replace(call, summary="Ändrad."), later, at=MONDAY + 2 * DAY)
    others = [("portal", name) for name in ("annan", "over", "senare")]
    with world.archive() as archive:
        rows = read_candidates_at(archive.db, read_past_digest(archive.db, "2026-W23-kultur-fritid"), others, NEWS)
    by_id = {row.call.call_id: row for row in rows}
    assert "senare" not in by_id, "it was not in the archive then"
    assert (by_id["1"].call.summary, by_id["1"].call.title) == ("Som den var.", "Utlysning 1")
    assert (by_id["1"].answer, by_id["1"].told, by_id["1"].vanished_at) == ("", (), None)
    assert [kind for _, kind, _, _ in by_id["1"].events] == [], "changes after the mail were not known"
    assert by_id["annan"].first_seen == MONDAY - DAY


def test_what_was_known_before_a_mail_is_told_with_it(world):
    call = a_call("1", "2026-09-01")
    world.publish(call, at=MONDAY - DAY)
    world.week(MONDAY)
    with world.archive() as archive:
        store_answer(archive.db, "kultur-fritid", ("portal", "1"), "intressant", note="", digest="", now=MONDAY + DAY)
        correct_field(archive.db, "portal", "1", "title", "Rättad", who="Anna", now=MONDAY + DAY)
    world.crawl(replace(call, deadlines=a_call("x", "2026-09-15").deadlines), at=MONDAY + 2 * DAY)
    world.digest(MONDAY + WEEK)
    with world.archive() as archive:
        (row,) = read_candidates_at(archive.db, read_past_digest(archive.db, "2026-W24-kultur-fritid"), [], NEWS)
    assert (row.call.title, row.answer) == ("Rättad", "intressant")
    assert next(fact for fact, _ in row.told) == "new"
    assert [kind for _, kind, _, _ in row.events] == ["deadline_moved"]


def test_health_then_is_that_of_the_last_run_before(world):
    world.crawl(a_call("1"), at=MONDAY)
    world.crawl(at=MONDAY + DAY, state="failed")
    world.crawl(a_call("1"), at=MONDAY + 2 * DAY)
    with world.archive() as archive:
        then = source_health_at(archive.db, MONDAY + DAY)
        assert source_health_at(archive.db, MONDAY - 20 * WEEK) == {}
    assert then["portal"] == ("Källan portal", "failed", MONDAY)
