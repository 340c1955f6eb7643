"""Repeated events of iCalendar files (RFC 5545): exceptions, additions, moved and cancelled occasions; events of JSON-LD."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.collect.events import find_page_events, read_calendar

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
WEEKLY = ["DTSTART:20261103T090000", "DTEND:20261103T100000", "RRULE:FREQ=WEEKLY"]  # Tuesdays; the next is 1 December


def event(*lines, uid="1", summary="Träff"):
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"))


def read(*events):
    text = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//SV", *events, "END:VCALENDAR", ""))
    return read_calendar(text.encode(), STOCKHOLM, NOW)


def starts(*events):
    found, unread = read(*events)
    return [event.starts.astimezone(STOCKHOLM).strftime("%m-%d %H:%M") for event in found], list(unread.values())


@pytest.mark.parametrize(
    ("lines", "others", "start"),
    [
        (WEEKLY, [], "12-01 09:00"),
        ([*WEEKLY, "EXDATE:20261201T090000"], [], "12-08 09:00"),
        ([*WEEKLY, "EXDATE:20261201T090000,20261208T090000"], [], "12-15 09:00"),
        ([*WEEKLY, "EXDATE;VALUE=DATE:20261201"], [], "12-08 09:00"),
        ([*WEEKLY, "RDATE:20261130T130000"], [], "11-30 13:00"),
        (["DTSTART:20261103T090000", "RDATE:20261210T090000"], [], "12-10 09:00"),
        (WEEKLY, [["RECURRENCE-ID:20261201T090000", "DTSTART:20261202T140000"]], "12-02 14:00"),
        (WEEKLY, [["RECURRENCE-ID:20261201T090000", "DTSTART:20261201T090000", "STATUS:CANCELLED"]], "12-08 09:00"),
        (WEEKLY, [["RECURRENCE-ID:20261215T090000", "DTSTART:20261130T080000"]], "11-30 08:00"),
        (["DTSTART:20261103T090000", "RRULE:FREQ=WEEKLY;UNTIL=20261201T080000Z"], [], "12-01 09:00"),
        (["DTSTART:20261103T090000", "RRULE:FREQ=WEEKLY;UNTIL=20261201"], [], "12-01 09:00"),
        (["DTSTART;TZID=Europe/Stockholm:20261103T090000", "RRULE:FREQ=WEEKLY;UNTIL=20261201T090000"], [], "12-01 09:00"),
        (["DTSTART;TZID=Europe/Stockholm:20261103T090000", "RRULE:FREQ=WEEKLY;UNTIL=20261201T075959Z"], [], "11-03 09:00"),
        (["DTSTART:20261103T090000", "RRULE:FREQ=WEEKLY;COUNT=5"], [], "12-01 09:00"),
        (["DTSTART;VALUE=DATE:20261101", "RRULE:FREQ=MONTHLY;BYDAY=1TU"], [], "12-01 00:00"),
        (["DTSTART;TZID=Europe/Helsinki:20261103T090000", "RRULE:FREQ=WEEKLY"], [], "12-01 08:00"),
        (["DTSTART:20261127T080000Z", "DTEND:20261128T100000Z", "RRULE:FREQ=DAILY"], [], "11-27 09:00"),
        (["DTSTART:20200229T090000", "RRULE:FREQ=YEARLY"], [], "02-29 09:00"),
    ],
)
def test_the_next_occasion_of_a_repeated_event(lines, others, start):
    assert starts(event(*lines), *(event(*other) for other in others)) == ([start], [])


def test_an_occasion_keeps_the_key_of_its_series_and_has_words_of_its_own():
    moved = event("RECURRENCE-ID:20261201T090000", "DTSTART:20261202T140000", "DTEND:20261202T160000", summary="Flyttad träff")
    for events in ((event(*WEEKLY), moved), (moved, event(*WEEKLY))):
        [found], _ = read(*events)
        assert (found.key, found.title, found.ends.hour) == ("1", "Flyttad träff", 16)


def test_an_occasion_whose_series_is_not_there_is_an_event_of_its_own():
    found, unread = read(
        *(event(f"RECURRENCE-ID:202612{day}T090000", f"DTSTART:202612{day}T100000", uid="7") for day in ("01", "08"))
    )
    assert [event.key for event in found] == ["7/20261201T090000", "7/20261208T090000"]
    assert not unread


def test_what_is_over_is_in_the_past_and_what_is_cancelled_is_told():
    over = ["DTSTART:20260106T090000", "RRULE:FREQ=WEEKLY;UNTIL=20260301T080000Z"]
    assert starts(event(*over)) == (["01-06 09:00"], [])
    assert starts(event(*WEEKLY, "STATUS:CANCELLED")) == ([], ["är inställd"])
    assert starts(event("DTSTART:20261205T090000", "RRULE:FREQ=WEEKLY;COUNT=1", "EXDATE:20261205T090000")) == (
        [],
        ["är inställd"],
    )


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12;BYMINUTE=0,10,20,30;BYSECOND=0,30",
        "FREQ=MINUTELY",
    ],
)
def test_a_rule_that_never_occurs_or_hardly_ends_is_not_followed(rule):
    assert starts(event("DTSTART:20261205T090000", f"RRULE:{rule}")) == (["12-05 09:00"], [])


def test_of_rules_that_never_occur_a_few_are_tried():
    found, unread = read(*(event("DTSTART:20261205T090000", f"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;INTERVAL={number}", uid=f"{number}") for number in range(1, 61)))  # fmt: skip
    assert (len(found), len(unread)) == (50, 10)


def test_a_file_of_endless_repetitions_is_read_to_a_bound():
    found, unread = read(*(event("DTSTART:20000101T090000", "RRULE:FREQ=DAILY", uid=str(number)) for number in range(120)))
    assert 40 < len(found) < 60
    assert set(unread.values()) == {"går inte att läsa (kalendern har för många upprepade tillfällen)"}


@pytest.mark.parametrize("start", ["99991231T233000", "00010101T000000", "19700101T000000"])
def test_a_start_outside_the_years_that_are_believed_is_not_read(start):
    found, unread = read(event(f"DTSTART:{start}"), event("DTSTART:20261205T090000", uid="2"))
    assert [event.key for event in found] == ["2"]
    assert list(unread) == ["1"]
    year = f"{start[:4]}-{start[4:6]}-{start[6:8]}T23:30"
    assert find_page_events(page({"startDate": year}), "https://x.se/", STOCKHOLM) == []


def test_an_end_that_cannot_be_is_none():
    [found], _ = read(event("DTSTART:20261205T090000", "DTEND:99991231T233000"))
    assert found.ends is None
    [found] = find_page_events(page({"startDate": "2026-12-05T09:00", "endDate": "9999-12-31T23:30"}), "https://x.se/", STOCKHOLM)
    assert found.ends is None


def page(fields, around=lambda node: node):
    node = around({"@type": "Event", "name": "Träff", **fields})
    return f'<html><head><script type="application/ld+json">{json.dumps(node)}</script></head><body></body></html>'


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-9-18T10-10-00-00", "2026-09-18T10:10:00+02:00"),
        ("2026-9-18T9-05-00", "2026-09-18T09:05:00+02:00"),
        ("2026-9-8", "2026-09-08T00:00:00+02:00"),
        ("2026-12-05", "2026-12-05T00:00:00+01:00"),
        ("2026-12-05T09:00:00+0100", "2026-12-05T09:00:00+01:00"),
        ("2026-12-05 09:00", "2026-12-05T09:00:00+01:00"),
        ("2026-12-05T08:00:00Z", "2026-12-05T08:00:00+00:00"),
    ],
)
def test_moments_of_json_ld(written, read_as):
    [found] = find_page_events(page({"startDate": written}), "https://x.se/", STOCKHOLM)
    assert found.starts.isoformat() == read_as


@pytest.mark.parametrize(
    "around",
    [
        lambda node: {"@type": "Article", "about": node},
        lambda node: {"@graph": [{"@type": "WebPage", "about": [node]}]},
        lambda node: {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": node}]},
    ],
)
def test_an_event_inside_another_node(around):
    [found] = find_page_events(page({"startDate": "2026-12-05"}, around), "https://x.se/", STOCKHOLM)
    assert found.title == "Träff"


def test_raw_line_breaks_in_json_and_in_addresses():
    script = '{"@type": "Event", "name": "Träff", "startDate": "2026-12-05", "description": "rad ett\nrad två\t", "url": "https://x.se/\na b"}'
    [found] = find_page_events(f"<script type='application/ld+json'>{script}</script>", "https://x.se/", STOCKHOLM)
    assert (found.text, found.url) == ("rad ett\nrad två", "https://x.se/a%20b")
    [found], _ = read(event("DTSTART:20261205T090000", r"URL:https://user:pw@x.se/a\nb"))
    assert "pw" not in found.url


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;INTERVAL=3", "RRULE:FREQ=MONTHLY;BYDAY=-1FR", "RRULE:FREQ=YEARLY;COUNT=0", "RRULE:X",
                "EXDATE:20261201T090000", "EXDATE;VALUE=DATE:20261208", "EXDATE:x", "RDATE:20261130T090000", "RDATE;VALUE=PERIOD:20261130T090000Z/PT1H",
                "RECURRENCE-ID:20261201T090000", "STATUS:CANCELLED", "DTEND:20261103T100000", "DTEND;VALUE=DATE:20261104", "DURATION:P99999999D", "DURATION:-PT1H",
            ]
        ),
        max_size=6,
    ),
    st.sampled_from(["DTSTART:20261103T090000", "DTSTART;VALUE=DATE:20261103", "DTSTART:20261103T080000Z", "DTSTART:x", ""]),
)  # fmt: skip
def test_no_properties_of_an_event_lose_another(lines, start):
    found, _ = read(event(*filter(None, (start, *lines))), event("DTSTART:20261205T090000", uid="2"))
    assert "2" in [event.key for event in found]
    assert all(event.starts.tzinfo for event in found)


def test_what_is_wrong_with_an_event_is_told_in_swedish_without_the_programs_words():
    found, unread = read(event("DTSTART:20261205T090000", uid="1"), "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Möte\r\nEND:VEVENT")
    assert (len(found), list(unread.values())) == (1, ["går inte att läsa (saknar en uppgift som behövs)"])
