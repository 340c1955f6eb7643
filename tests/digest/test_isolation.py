"""One department's trouble is its own: the others get their mails, it is named, and it gets its mail when the trouble is gone."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.calls import Call
from monitor.digest import render
from monitor.errors import MailError
from monitor.jobs import digest as digest_job
from monitor.jobs.digest import build_previews
from monitor.jobs.status import status
from monitor.settings import Recipient
from monitor.vocabulary import Kind
from tests.mailing import MONDAY, WEEK, World, a_call, text_of

NAMES = {f"d{number}": f"Förvaltning {number}" for number in range(5)}


@pytest.fixture
def world(tmp_path):
    people = [Recipient(department=name, email=f"{name}@example.se") for name in NAMES]
    world = World(tmp_path, recipients=people, departments=NAMES, digest={"preview": "eu@example.se"})
    world.crawl(at=MONDAY - WEEK)
    world.publish(a_call("1", "2026-09-01"), at=MONDAY, departments=NAMES)
    return world


def broken(monkeypatch, *departments, error=None):
    error = error or OverflowError("date value out of range")

    def failing(templates, selection, audience, *more):
        if audience.department in departments:
            raise error
        return render.render_mail(templates, selection, audience, *more)

    monkeypatch.setattr(digest_job, "render_mail", failing)


def states(report):
    return {one.department: one.state for one in report.digests}


def test_the_others_get_theirs_and_the_one_is_named(world, monkeypatch):
    broken(monkeypatch, "d1")
    report = world.digest(MONDAY)
    assert states(report) == {**dict.fromkeys(NAMES, "waiting"), "d1": "failed"}
    (failed,) = [one for one in report.digests if one.state == "failed"]
    assert failed.reason == "mejlet kunde inte skrivas (OverflowError: date value out of range)"
    assert world.send(MONDAY).sent == 4
    with world.archive() as archive:
        (said,) = status(world.config, archive, MONDAY)["attention"]
    assert said.startswith("Mejlet till d1 vecka 2026-W23 blev inte av: mejlet kunde inte skrivas (OverflowError")


def test_it_is_tried_again_with_the_next_corrections(world, monkeypatch):
    broken(monkeypatch, "d1")
    world.digest(MONDAY)
    monkeypatch.undo()
    report = world.digest(MONDAY + timedelta(days=1), corrections_only=True)
    assert states(report) == {"d1": "waiting"}
    assert world.rows("SELECT count(*) FROM digest_failures") == [(0,)]
    with world.archive() as archive:
        assert status(world.config, archive, MONDAY + timedelta(days=1))["attention"] == []
    assert states(world.digest(MONDAY + timedelta(days=2), corrections_only=True)) == {}


def test_what_concerns_all_stops_all(world, monkeypatch):
    broken(monkeypatch, *NAMES, error=MailError("weekly.mjml, line 3", "the template does not work"))
    with pytest.raises(MailError, match=r"weekly.mjml"):
        world.digest(MONDAY)
    broken(monkeypatch, "d1", error=OSError(28, "No space left on device"))
    with pytest.raises(OSError, match="No space"):
        world.digest(MONDAY)


def test_a_preview_that_cannot_be_built_stops_no_other(world, monkeypatch):
    broken(monkeypatch, "d1")
    with world.archive() as archive:
        report = build_previews(world.config, archive, MONDAY - timedelta(days=1), rules=world.rules)
    assert states(report) == {**dict.fromkeys(NAMES, "waiting"), "d1": "failed"}
    assert world.rows("SELECT count(*) FROM digest_failures") == [(0,)]


@pytest.mark.parametrize("moment", [datetime(9999, 12, 31, 23, 30, tzinfo=UTC), datetime(1, 1, 1, 0, 30, tzinfo=UTC)])
def test_an_event_far_outside_the_calendar_ends_no_digest(world, moment):
    """An archive of an earlier version may hold such days, and may have told them."""
    odd = Call(source="portal", call_id="9", title="Träff i tidens slut", url="", kind=Kind.EVENT, starts=moment, ends=moment)
    world.publish(a_call("1", "2026-09-01"), odd, at=MONDAY, departments=NAMES)
    assert set(states(world.digest(MONDAY)).values()) == {"waiting"}
    with world.archive() as archive:
        archive.db.execute(
            "UPDATE digest_items SET fact = ? WHERE call_id = '9' AND fact LIKE 'deadline:%'", [f"deadline:{moment.isoformat()}"]
        )
    for week in range(1, 4):
        report = world.digest(MONDAY + week * WEEK)
        assert set(states(report).values()) == {"waiting"}
    world.send(MONDAY)
    assert not any("9999" in text_of(mail) for mail in world.server.taken)
