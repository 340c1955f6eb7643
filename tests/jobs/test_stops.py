"""Recipients that stopped their mails are named where people look: the digest, the status, the week's note and the desk."""

from datetime import timedelta

from monitor.archive.outbox import count_refusal, resume_recipient, stop_recipient
from monitor.archive.recipients import list_stops, silenced_departments
from monitor.jobs.note import write_note
from monitor.jobs.status import status
from monitor.settings import Recipient
from tests.mailing import MONDAY, WEEK, World

PEOPLE = [
    Recipient(department="kultur-fritid", email="Anna@example.se"),
    Recipient(department="kultur-fritid", email="bo@example.se"),
    Recipient(department="social", email="cia@example.se"),
]


def stop(world, department, recipient, when):
    with world.archive() as archive:
        stop_recipient(archive.db, department, recipient, "avslutad av mottagaren", when)


def attention(world, now):
    with world.archive() as archive:
        return status(world.config, archive, now)["attention"]


def test_a_department_whose_recipients_all_stopped_is_named_with_who_and_when(tmp_path):
    world = World(tmp_path, recipients=PEOPLE)
    stop(world, "kultur-fritid", "anna@example.se", MONDAY - timedelta(days=5))
    assert attention(world, MONDAY) == [], "the other one still gets the mails"
    with world.archive() as archive:
        count_refusal(archive.db, "bo@example.se", "550 5.1.1 no such user", MONDAY - timedelta(days=4), 1)
    culture, social = world.digest(MONDAY).digests
    assert (culture.state, social.state) == ("no-recipient", "waiting")
    assert culture.reason == (
        "bo@example.se tar inte emot mejl sedan 2026-05-28 (servern svarade ”550 5.1.1 no such user”);"
        " Anna@example.se slutade själv få mejlen 2026-05-27"
    )
    (said,) = attention(world, MONDAY)
    assert said.startswith("Ingen får mejlen för kultur-fritid sedan 2026-05-28.")
    assert "@" not in said
    with world.archive() as archive:
        text = "\n".join(write_note(world.config, archive, MONDAY).paragraphs)
    assert "Får inte längre mejlen för kultur-fritid: Anna@example.se slutade själv få mejlen 2026-05-27." in text
    assert "Behöver ses över: Ingen får mejlen för kultur-fritid" in text
    with world.archive() as archive:
        resume_recipient(archive.db, "kultur-fritid", "anna@example.se")
    assert attention(world, MONDAY) == []


def test_a_department_that_nobody_was_ever_named_for_has_no_reason(tmp_path):
    world = World(tmp_path, recipients=PEOPLE[:2])
    (social,) = [one for one in world.digest(MONDAY).digests if one.department == "social"]
    assert (social.state, social.reason) == ("no-recipient", "")


def test_a_department_that_stopped_lacks_no_mail(tmp_path):
    from monitor.archive.scheduler import first_run

    world = World(tmp_path, recipients=PEOPLE)
    with world.archive() as archive:
        first_run(archive.db, MONDAY - WEEK)
    stop(world, "social", "cia@example.se", MONDAY - WEEK)
    with world.archive() as archive:
        week = status(world.config, archive, MONDAY + timedelta(hours=8))["week"]
    assert week["missing"] == ["kultur-fritid"]


def test_a_stop_counts_for_the_departments_it_is_for(tmp_path):
    people = [Recipient(department=name, email="anna@example.se") for name in ("kultur-fritid", "social")]
    world = World(tmp_path, recipients=people)
    stop(world, "social", "anna@example.se", MONDAY)
    with world.archive() as archive:
        stops = list_stops(world.config, archive.db, MONDAY)
        assert [one.department for one in stops] == ["social"]
        assert list(silenced_departments(world.config, archive.db, MONDAY)) == ["social"]
        count_refusal(archive.db, "anna@example.se", "550 no", MONDAY, 1)
        assert list(silenced_departments(world.config, archive.db, MONDAY)) == ["kultur-fritid", "social"]
