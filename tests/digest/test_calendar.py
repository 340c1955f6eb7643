"""Calendar entries: a day keeps its UID, nothing that stands is cancelled, and no text or date of a publisher breaks the file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from monitor.archive.changes import compare_calls
from monitor.calls import Call, Deadline, DeadlineModel, Precision, within_calendar
from monitor.digest.calendar import calendar_file
from monitor.digest.facts import date_keys
from monitor.digest.model import Audience, CallEvent, Candidate, Told
from monitor.digest.render import load_templates
from monitor.paths import DIGESTS
from monitor.settings import Recipient
from monitor.vocabulary import Kind
from tests.mail.hostile import HALVES, TITLES
from tests.mailing import MONDAY, WEEK, World, a_call, minute, moved

WORDING = load_templates((DIGESTS,)).wording("sv")
AUDIENCE = Audience(department="", name="", municipality="", contact="", base_url="https://eu.example.se")
READERS = (("asa", "sv"), ("ben", "en"), ("eva", "sv"))


def events(call, *, told=(), moves=0, now=MONDAY, **fields):
    """The entries of a call by the day they are on."""
    candidate = Candidate(
        call=call,
        first_seen=MONDAY,
        told=tuple(Told(fact=fact, at=MONDAY) for fact in told),
        events=tuple(CallEvent(id=number, type="deadline_moved") for number in range(moves)),
        **fields,
    )
    file = calendar_file(WORDING, candidate, AUDIENCE, now)
    return [] if file is None else Calendar.from_ical(file.content).walk("VEVENT")


def by_day(found):
    return {
        f"{event.decoded('dtstart'):%Y-%m-%d}": (
            str(event["UID"]).partition("@")[0].partition("-")[2],
            str(event["STATUS"]),
            event["SEQUENCE"],
        )
        for event in found
    }


def test_a_cut_off_that_passes_moves_and_cancels_no_other():
    told = ["new", "deadline:2026-06-10,2026-07-01,2026-08-01"]
    before = by_day(events(a_call("1", "2026-06-10", "2026-07-01", "2026-08-01"), told=told))
    later = by_day(events(a_call("1", "2026-07-01", "2026-08-01"), told=told, now=MONDAY + 3 * WEEK))
    assert {status for _, status, _ in (*before.values(), *later.values())} == {"CONFIRMED"}
    assert set(later) == {"2026-07-01", "2026-08-01"}
    assert all(later[day][0] == before[day][0] for day in later)
    assert all(later[day][2] >= before[day][2] for day in later)


def test_a_cut_off_that_is_added_before_the_others_moves_none():
    before = by_day(events(a_call("1", "2026-07-01", "2026-08-01")))
    after = by_day(
        events(a_call("1", "2026-06-20", "2026-07-01", "2026-08-01"), told=["new", "deadline:2026-07-01,2026-08-01"], moves=1)
    )
    assert {day: uid for day, (uid, _, _) in after.items() if day in before} == {day: uid for day, (uid, _, _) in before.items()}
    assert {(status, sequence) for _, status, sequence in after.values()} == {("CONFIRMED", 1)}


def test_a_time_that_is_added_to_a_day_keeps_its_entry():
    (before,) = events(a_call("1", "2026-08-01"))
    (after,) = events(a_call("1", "2026-08-01T15:00"), told=["new", "deadline:2026-08-01"], moves=1)
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert before.decoded("dtstart") == date(2026, 8, 1)
    assert after.decoded("dtstart") == datetime(2026, 8, 1, 13, tzinfo=UTC)
    assert [alarm.decoded("trigger") for alarm in before.walk("VALARM")][-1] == timedelta(hours=-15), (
        "nine in the morning the day before"
    )


def test_a_day_that_a_person_corrected_is_newer_though_no_reading_saw_it_move():
    found = by_day(events(a_call("1", "2026-09-01"), told=["new", "deadline:2026-08-01"]))
    assert found["2026-09-01"][1:] == ("CONFIRMED", 1)
    assert found["2026-08-01"][1:] == ("CANCELLED", 1)
    assert {
        sequence for _, _, sequence in by_day(events(a_call("1", "2026-08-01"), told=["new", "deadline:2026-08-01"])).values()
    } == {0}


def test_there_and_back_raises_the_sequence_each_time():
    facts = ["new", "deadline:2026-08-01", "deadline:2026-09-01", "deadline:2026-08-01#2"]
    sequences = [
        by_day(events(a_call("1", day), told=facts[: number + 1]))[day][2]
        for number, day in enumerate(("2026-08-01", "2026-09-01", "2026-08-01"))
    ]
    assert sequences == [0, 1, 2]


def test_two_times_on_one_day_are_two_entries():
    call = replace(
        a_call("1"), deadlines=(minute("2026-08-01T12:00"), minute("2026-08-01T17:00")), deadline_model=DeadlineModel.CUT_OFFS
    )
    found = events(call)
    assert len({str(event["UID"]) for event in found}) == 2
    assert [str(event["SUMMARY"]) for event in found] == ["Sista ansökningsdag: Utlysning 1"] * 2, "cut-offs are no stages"


def moved_entries(*history):
    """Return the part of the UID of each time of a call on 1 August that has had these times, one after the other."""
    calls = [
        replace(
            a_call("1"),
            deadlines=tuple(minute(f"2026-08-01T{time}") for time in times),
            deadline_model=DeadlineModel.CUT_OFFS,
        )
        for times in history
    ]
    changes = [change for old, new in pairwise(calls) for change in compare_calls(old, new) if change.type == "deadline_moved"]
    stored = tuple(
        CallEvent(id=number, type=change.type, old=change.old, new=change.new) for number, change in enumerate(changes)
    )
    told = tuple(Told(fact=f"deadline:{','.join(date_keys(call))}#{number}", at=MONDAY) for number, call in enumerate(calls[:-1]))
    candidate = Candidate(call=calls[-1], first_seen=MONDAY, told=told, events=stored)
    file = calendar_file(WORDING, candidate, AUDIENCE, MONDAY)
    found = Calendar.from_ical(file.content).walk("VEVENT")
    assert len({str(event["UID"]) for event in found}) == len(found)
    without = Calendar.from_ical(calendar_file(WORDING, replace(candidate, told=()), AUDIENCE, MONDAY).content).walk("VEVENT")
    standing = [event for event in found if event["STATUS"] == "CONFIRMED"]
    assert {str(event["UID"]) for event in standing} == {str(event["UID"]) for event in without}, "mails and pages agree"
    return {
        event.decoded("dtstart").astimezone(MONDAY.tzinfo).strftime("%H:%M"): str(event["UID"])
        .partition("@")[0]
        .partition("-")[2]
        for event in standing
    }


def test_times_of_one_day_keep_their_uids_whatever_comes_beside_them():
    assert moved_entries(["12:00"], ["10:00", "12:00"]) == {"10:00": "20260801-1000", "12:00": "20260801"}
    assert moved_entries(["12:00"], ["12:00", "17:00"], ["17:00"]) == {"17:00": "20260801-1700"}
    assert moved_entries(["10:00", "12:00"]) == {"10:00": "20260801-1000", "12:00": "20260801-1200"}
    assert moved_entries(["12:00"], ["15:00"]) == {"15:00": "20260801"}, "the same day at another time is the same entry"


TIMES = st.lists(st.sampled_from(["09:00", "10:00", "12:00", "17:00"]), min_size=1, max_size=4, unique=True).map(sorted)


@settings(max_examples=60, deadline=None)
@given(st.lists(TIMES, min_size=2, max_size=6))
def test_a_time_that_stands_keeps_its_uid(history):
    *_, before, after = ([], *history)
    old, new = moved_entries(*history[:-1]), moved_entries(*history)
    assert {time: old[time] for time in before if time in after} == {time: new[time] for time in before if time in after}


def test_a_published_file_names_its_organizer_and_asks_nobody():
    """RFC 5546, section 3.2.1: an organizer must be there, attendees must not."""
    call = a_call("1", "2026-08-01")
    named = replace(AUDIENCE, contact="eu@example.se", municipality="Nässjö kommun")
    file = calendar_file(WORDING, Candidate(call=call, first_seen=MONDAY), named, MONDAY)
    (event,) = Calendar.from_ical(file.content).walk("VEVENT")
    assert Calendar.from_ical(file.content)["METHOD"] == "PUBLISH"
    assert str(event["ORGANIZER"]) == "mailto:eu@example.se"
    assert event["ORGANIZER"].params["CN"] == "EU-bevakningen i Nässjö kommun"
    assert "ATTENDEE" not in event
    plain = Calendar.from_ical(calendar_file(WORDING, Candidate(call=call, first_seen=MONDAY), AUDIENCE, MONDAY).content)
    assert "METHOD" not in plain, "without an address the file is a plain calendar"


def test_a_day_that_was_sent_under_its_place_keeps_that_uid():
    """Earlier versions numbered entries by place; people have those in their calendars."""
    told = ["new", "deadline:2026-07-01,2026-08-01"]
    found = by_day(events(a_call("1", "2026-08-01", "2026-09-01"), told=told, moves=1, numbered=("2026-07-01", "2026-08-01")))
    assert found["2026-08-01"][:2] == ("2", "CONFIRMED")
    assert found["2026-09-01"][:2] == ("20260901", "CONFIRMED")
    assert found["2026-07-01"][:2] == ("1", "CANCELLED")


def test_an_event_that_is_moved_stays_the_same_entry():
    event = Call(source="s", call_id="1", title="Möte", url="", kind=Kind.EVENT, starts=MONDAY + WEEK)
    (before,) = events(event)
    (after,) = events(
        replace(event, starts=MONDAY + 2 * WEEK), told=["new", f"deadline:{(MONDAY + WEEK).isoformat(timespec='minutes')}"]
    )
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] == 1


def test_earlier_archives_keep_the_uids_that_were_sent(tmp_path):
    """The ledger of an archive from before the change is marked when it is opened, and what is told from then on is not."""
    world = World(tmp_path).welcomed()
    call = a_call("1", "2026-07-01", "2026-08-01")
    world.publish(call, at=MONDAY)
    world.week(MONDAY)
    with world.archive() as archive:
        archive.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm014_numbered_dates'")
        archive.db.execute("DROP INDEX digest_items_numbered")
        archive.db.execute("ALTER TABLE digest_items DROP COLUMN numbered")
    world.publish(moved(call, "2026-08-01", "2026-10-01"), at=MONDAY + WEEK)
    (mail,) = world.week(MONDAY + WEEK)
    (part,) = mail.iter_attachments()
    found = by_day(Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT"))
    assert {day: uid for day, (uid, _, _) in found.items()} == {"2026-07-01": "1", "2026-08-01": "2", "2026-10-01": "20261001"}
    assert world.rows("SELECT fact, numbered FROM digest_items WHERE fact LIKE 'deadline:%' ORDER BY rowid") == [
        ("deadline:2026-07-01,2026-08-01", 1),
        ("deadline:2026-08-01,2026-10-01", 0),
    ]


ODD = [datetime(9999, 12, 31, 23, 30, tzinfo=UTC), datetime(1, 1, 1, 0, 30, tzinfo=UTC), datetime(1999, 12, 31, tzinfo=UTC)]


@pytest.mark.parametrize("moment", ODD)
def test_days_outside_the_calendar_reach_no_entry(moment):
    odd = Deadline(at=moment, precision=Precision.MINUTE)
    assert events(replace(a_call("1"), deadlines=(odd,), deadline_model=DeadlineModel.SINGLE)) == []
    assert events(Call(source="s", call_id="1", title="t", url="", kind=Kind.EVENT, starts=moment, ends=moment)) == []
    both = replace(a_call("1", "2026-08-01"), deadlines=(*a_call("1", "2026-08-01").deadlines, odd))
    assert set(by_day(events(both, told=["new", f"deadline:{moment.isoformat(timespec='minutes')}"]))) == {"2026-08-01"}


def test_a_call_within_the_calendar_is_the_same_call():
    call = a_call("1", "2026-08-01")
    assert within_calendar(call) is call


@pytest.mark.parametrize("text", [*TITLES[::7], *HALVES, "https://example.se/a\r\nBEGIN:VEVENT\r\nUID:x"])
def test_no_text_breaks_the_file(text):
    call = replace(
        a_call("1", "2026-08-01"), title=text, url=f"https://example.se/{text[:200]}", identifier=text[:60], call_id="1",
        deadlines=(replace(minute("2026-08-01T12:00"), text=text[:500]),),
    )  # fmt: skip
    (event,) = events(call)
    assert str(event["UID"]).endswith("-20260801@eu.example.se")
    assert not {"X-EVIL", "BCC"} & set(event)
    (meeting,) = events(replace(call, kind=Kind.EVENT, starts=MONDAY, location=text[:500], deadlines=()))
    assert meeting.decoded("dtend") == MONDAY + timedelta(hours=1)


def test_a_deadline_in_the_last_minute_of_a_day_lies_on_that_day_alone():
    (event,) = events(a_call("1", "2026-08-03T23:59"))
    start, end = event.decoded("dtstart"), event.decoded("dtend")
    assert start == minute("2026-08-03T23:59").at
    assert start < end <= start.astimezone(MONDAY.tzinfo).replace(hour=0, minute=0) + timedelta(days=1)
    (day,) = events(a_call("2", "2026-08-03"))
    assert "dtend" not in day, "a whole day ends with itself"


def test_a_cancelled_entry_is_as_long_as_a_standing_one():
    due = a_call("1", "2026-08-03T15:00", "2026-09-04T23:59")
    told = [f"deadline:{','.join(date_keys(due))}"]
    for found in (events(moved(due, "2026-09-04T23:59"), told=told), events(due, vanished_at=MONDAY)):
        by_status = {str(event["STATUS"]): event for event in found}
        gone = by_status["CANCELLED"]
        assert gone.decoded("dtend") - gone.decoded("dtstart") == timedelta(minutes=1)
        assert all("dtend" in event for event in found)
    day = a_call("2", "2026-08-03", "2026-09-04")
    told = [f"deadline:{','.join(date_keys(day))}"]
    found = events(moved(day, "2026-09-04"), told=told)
    assert {str(event["STATUS"]) for event in found} == {"CANCELLED", "CONFIRMED"}
    assert not any("dtend" in event for event in found), "a whole day ends with itself"


def test_a_withdrawn_meeting_is_cancelled_for_all_its_time():
    begin, end = MONDAY + WEEK, MONDAY + WEEK + timedelta(hours=3)
    meeting = a_call("1", kind=Kind.EVENT, starts=begin, ends=end)
    (gone,) = events(meeting, vanished_at=MONDAY)
    assert (str(gone["STATUS"]), gone.decoded("dtstart"), gone.decoded("dtend")) == ("CANCELLED", begin, end)


def test_each_reader_gets_the_calendar_file_in_the_language_of_the_mail(tmp_path):
    people = [Recipient(department="kultur-fritid", email=f"{who}@example.se", language=language) for who, language in READERS]
    world = World(tmp_path, recipients=people).welcomed()
    world.publish(a_call("1", "2026-12-01T17:00"), at=MONDAY)
    mails = {mail["To"].partition("@")[0]: mail for mail in world.week(MONDAY)}
    assert set(mails) == {who for who, _ in READERS}
    for who, language in READERS:
        (file,) = mails[who].iter_attachments()
        begin, name = {"sv": ("Sista ansökningsdag:", "sista-dagar-"), "en": ("Last day to apply:", "last-days-")}[language]
        assert file.get_filename().startswith(name)
        (entry,) = Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")
        assert str(entry["SUMMARY"]).startswith(begin)
        alarm = {"sv": "Sista ansökningsdagen närmar sig", "en": "The last day to apply is near"}[language]
        assert all(str(one["DESCRIPTION"]).startswith(alarm) for one in entry.walk("VALARM"))
    uids = {
        entry["UID"]
        for mail in mails.values()
        for file in mail.iter_attachments()
        for entry in Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")
    }
    assert len(uids) == 1, "a colleague's file in another language moves the same entry"


def test_a_file_that_was_stored_before_files_had_a_language_goes_to_all(tmp_path):
    people = [Recipient(department="kultur-fritid", email=f"{who}@example.se", language=language) for who, language in READERS]
    world = World(tmp_path, recipients=people).welcomed()
    world.publish(a_call("1", "2026-12-01T17:00"), at=MONDAY)
    world.digest(MONDAY)
    with world.archive() as archive, archive.db.atomic():
        archive.db.execute("DELETE FROM calendars WHERE number > 1")
        archive.db.execute("UPDATE calendars SET language = ''")
    before = len(world.server.taken)
    world.send(MONDAY)
    assert [len(list(mail.iter_attachments())) for mail in world.server.taken[before:]] == [1, 1, 1]
