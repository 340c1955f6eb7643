"""Retention: erasing of old rows, and of all data about an address."""

from datetime import timedelta

import pytest

from monitor.archive.calls import correct_field
from monitor.archive.feedback import current_state, set_state, store_answer
from monitor.archive.outbox import stop_recipient, stopped_recipients
from monitor.archive.retention import ERASED, compact, erase_old, forget_address
from monitor.archive.runs import Document, store_documents
from monitor.archive.scheduler import finish_job, start_job
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)
ADDRESS = "kultur-fritid@example.se"


@pytest.fixture
def world(tmp_path):
    """A mail that was sent a week ago, one that waits, answers with notes, and jobs and documents of two days."""
    world = World(tmp_path)
    world.publish(a_call("1", "2026-09-01"), at=MONDAY - WEEK)
    world.week(MONDAY - WEEK)
    world.publish(a_call("2", "2026-09-01"), at=MONDAY - DAY)
    world.digest(MONDAY)
    with world.archive() as archive:
        db = archive.db
        store_answer(db, "kultur-fritid", ("portal", "1"), "vidare", note=f"till {ADDRESS}", digest="", now=MONDAY - WEEK)
        set_state(db, "kultur-fritid", ("portal", "1"), "soker", note="Bo skriver", who=ADDRESS, now=MONDAY - WEEK)
        for at in (MONDAY - WEEK, MONDAY):
            start_job(db, "crawl", at, at)
            finish_job(db, "crawl", at, "done", 0, "", at)
            page = Document(
                url="https://example.org/1", request="GET", status=200, headers="{}", content_type="text/html",
                body=at.isoformat().encode(), fetched=at,
            )  # fmt: skip
            with db.atomic():
                store_documents(db, "portal", [page])
    return world


def erase(db, moment, documents=None):
    return erase_old(db, addresses=moment, notes=moment, documents=documents, jobs=moment)


def test_what_is_old_is_erased_and_what_is_newer_stays(world):
    with world.archive() as archive:
        db = archive.db
        counts = erase(db, MONDAY - DAY, documents=MONDAY - DAY)
        assert counts == {"addresses": 1, "events": 0, "notes": 2, "documents": 1, "jobs": 1}
        recipients = [row[0] for row in db.execute("SELECT recipient FROM outbox ORDER BY rowid")]
        assert recipients[0].startswith(f"{ERASED}-")
        assert recipients[1] == ADDRESS, "a mail that waits has still to be sent"
        state = current_state(db, "kultur-fritid", ("portal", "1"))
        assert (state["state"], state["note"], state["who"]) == ("soker", "", "")
        assert db.execute("SELECT count(*) FROM documents").fetchone()[0] == 1
        assert erase(db, MONDAY - DAY, documents=MONDAY - DAY) == {
            "addresses": 0,
            "events": 0,
            "notes": 0,
            "documents": 0,
            "jobs": 0,
        }


def test_the_newest_documents_and_jobs_stay_however_old(world):
    with world.archive() as archive:
        db = archive.db
        counts = erase(db, MONDAY + 50 * WEEK, documents=MONDAY + 50 * WEEK)
        assert (counts["documents"], counts["jobs"]) == (1, 1)
        assert db.execute("SELECT count(*) FROM fetches").fetchone()[0] == 1
        assert db.execute("SELECT count(*) FROM jobs").fetchone()[0] == 1


def test_documents_of_another_installation_are_left_alone(world):
    with world.archive() as archive:
        assert erase(archive.db, MONDAY + WEEK)["documents"] == 0
        assert archive.db.execute("SELECT count(*) FROM fetches").fetchone()[0] == 2


def test_an_address_is_forgotten_everywhere_also_in_mails_that_wait(world):
    with world.archive() as archive:
        db = archive.db
        stop_recipient(db, "social", ADDRESS, "slutade själv", MONDAY)
        correct_field(db, "portal", "1", "title", "Rättad", who=f"Anna ({ADDRESS})", now=MONDAY)
        counts = forget_address(db, ADDRESS.upper().replace("EXAMPLE", "example"))
        assert (counts["outbox"], counts["suppressed"], counts["feedback"], counts["followup"]) == (2, 1, 1, 1)
        assert counts["corrections"] == 1
        assert stopped_recipients(db) == set()
        assert {row[0] for row in db.execute("SELECT state FROM outbox")} == {"sent", "stopped"}
    compact(world.config.archive)
    assert ADDRESS.encode() not in world.config.archive.read_bytes()


def test_an_address_with_wildcards_forgets_no_other(world):
    with world.archive() as archive:
        counts = forget_address(archive.db, "kultur_fritid@example.se")
        assert set(counts.values()) == {0}
        assert forget_address(archive.db, "%")["feedback"] == 0
