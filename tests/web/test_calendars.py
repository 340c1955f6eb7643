"""Calendars of pages: any date of a call can be written, and a second request gives the same calendar."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from monitor.archive import open_archive
from monitor.archive.runs import store_run
from monitor.calls import Call, Deadline, Precision
from monitor.vocabulary import Kind
from tests.web.sample import NOW, source_run


def publish(site, *calls):
    """Store further calls in the archive and match them for a department."""
    with open_archive(site.config.archive) as archive:
        run = replace(source_run("extra", "Extra", list(calls), NOW), complete_list=False)
        store_run(archive.db, run, NOW)
        for call in calls:
            archive.db.execute(
                "INSERT INTO matches SELECT 'extra', ?, 'kultur-fritid', 80, 80, 'stark', '[]', '[]', '{}', rule_version, matched_at"
                " FROM matches LIMIT 1",
                [call.call_id],
            )


def uids(answer):
    assert answer.status_code == 200
    return {str(event["uid"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")}


@pytest.mark.parametrize("moment", [datetime(9999, 12, 31, 23, 30, tzinfo=UTC), datetime(1, 1, 1, 0, 30, tzinfo=UTC)])
def test_a_day_far_outside_the_calendar_breaks_no_calendar(browser, site, moment):
    before = uids(browser.get("/forvaltning/kultur-fritid.ics"))
    odd = Call(
        source="extra", call_id="odd", title="Träff", url="https://example.org/odd", kind=Kind.EVENT, starts=moment, ends=moment
    )
    right = Deadline(at=NOW + timedelta(days=30), precision=Precision.MINUTE)
    late = Call(
        source="extra", call_id="late", title="Stöd", url="https://example.org/late\r\nX-EVIL:1",
        deadlines=(right, Deadline(at=moment, precision=Precision.MINUTE)),
    )  # fmt: skip
    publish(site, odd, late)
    assert len(uids(browser.get("/forvaltning/kultur-fritid.ics")) - before) == 1
    assert browser.get("/sok.ics").status_code == 200
    assert len(uids(browser.get("/kalender/extra/late.ics"))) == 1
    assert browser.get("/kalender/extra/odd.ics").status_code == 404, "it has no day to enter"


def test_a_calendar_asked_again_is_the_same_until_a_date_moves(browser, site):
    first = browser.get("/forvaltning/kultur-fritid.ics").content
    site.clock = lambda: NOW + timedelta(hours=1)
    assert browser.get("/forvaltning/kultur-fritid.ics").content == first
    call = Call(
        source="extra", call_id="1", title="Stöd", url="https://example.org/1", deadlines=(Deadline(at=NOW + timedelta(days=30)),)
    )
    publish(site, call)
    assert browser.get("/forvaltning/kultur-fritid.ics").content != first


def test_many_calls_are_asked_for_at_once(browser, site):
    """Count the queries of a department's calendar: beside one for each call's text they do not grow with the calls."""
    from monitor.archive.digests import calendar_facts

    with open_archive(site.config.archive) as archive:
        keys = [tuple(row) for row in archive.db.execute("SELECT source, call_id FROM calls")]
        asked = []
        archive.db.set_trace_callback(asked.append)
        facts = calendar_facts(archive.db, keys)
    assert set(facts) == set(keys)
    assert len(asked) == 3
