"""Recipients with choices of their own: nobody is mailed who left, nothing is lost, nothing is told twice."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from monitor.archive.digests import digest_items
from monitor.archive.numbers import numbers_of
from monitor.archive.outbox import ADDRESS_STOPPED, PAUSED
from monitor.archive.recipients import (
    Choices,
    active_recipients,
    add_recipient,
    ask_to_join,
    find_event,
    join,
    keep_recipient,
    leave_department,
    list_recipients,
    remove_recipient,
    return_to_department,
    save_choices,
)
from monitor.digest import flowed
from monitor.jobs.note import write_note
from monitor.jobs.status import status
from monitor.jobs.tidy import forget, tidy
from monitor.settings import Recipient
from monitor.subscription import Subscriber, is_due, list_streams, mask_address, merge_recipients
from monitor.vocabulary import Pace, RecipientState
from tests.mailing import MONDAY, STOCKHOLM, WEEK, World, a_call, html_of, text_of

ANNA, BO = "Anna@example.se", "bo@example.se"
PEOPLE = [Recipient(department="kultur-fritid", email=ANNA), Recipient(department="kultur-fritid", email=BO)]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path, recipients=PEOPLE).welcomed()


def choose(world, email, now, **values):
    chosen = {"pace": Pace.WEEKLY, "language": "sv", "left_out": (), "paused_until": None, "departments": ("kultur-fritid",)}
    with world.archive() as archive:
        save_choices(world.config, archive.db, email, Choices(**{**chosen, **values}), now)


def leave(world, email, now, department="kultur-fritid"):
    with world.archive() as archive:
        leave_department(world.config, archive.db, department, email, now)


def come_back(world, email, department="kultur-fritid"):
    with world.archive() as archive:
        return_to_department(archive.db, department, email)


def subscribers(world):
    with world.archive() as archive:
        return {(row.department, row.email): row for row in list_recipients(world.config, archive.db)}


def weekly(mails, to):
    return [mail for mail in mails if mail["To"] == to and "kvitto" not in mail["Message-ID"]]


def told_calls(world, mail):
    """Return the calls that a mail tells of, each found in it; a quiet mail tells nothing, though it names what is known."""
    with world.archive() as archive:
        ((digest,),) = archive.db.execute("SELECT digest FROM outbox WHERE message_id = ?", [mail["Message-ID"]]).fetchall()
        calls = [key.call_id for _, key in digest_items(archive.db, digest)]
        numbers = numbers_of(archive.db, [key for _, key in digest_items(archive.db, digest)])
    assert len(calls) == len(set(calls)) == len(numbers)
    assert all(f'/u/{number}"' in html_of(mail) for number in numbers.values())
    return set(calls)


def told(mails, to, number, world):
    return sum(str(number) in told_calls(world, mail) for mail in weekly(mails, to))


# Pure decisions.


def test_an_address_is_masked_so_that_its_owner_knows_it():
    assert mask_address("anna.berg@nassjo.se") == "a…g@nassjo.se"
    assert mask_address("ab@nassjo.se") == "a…@nassjo.se"
    assert "erg" not in mask_address("anna.berg@nassjo.se")


def test_the_archives_choices_win_over_the_settings():
    settings = [Recipient(department="social", email="A@x.se", language="en"), Recipient(department="social", email="b@x.se")]
    stored = [
        Subscriber(department="social", email="a@x.se", pace=Pace.MONTHLY),
        Subscriber(department="social", email="c@x.se"),
    ]
    merged = merge_recipients(settings, stored)
    assert [(row.email, row.language, row.pace, row.listed, row.stored) for row in merged] == [
        ("a@x.se", "sv", Pace.MONTHLY, True, True),
        ("b@x.se", "sv", Pace.WEEKLY, True, False),
        ("c@x.se", "sv", Pace.WEEKLY, False, True),
    ]
    states = [row.state(set(), date(2026, 6, 1)) for row in merged]
    assert states == [RecipientState.ACTIVE, RecipientState.ACTIVE, RecipientState.UNLISTED]


def test_a_pause_ends_on_its_day_and_a_stop_is_stronger():
    row = Subscriber(department="social", email="a@x.se", listed=True, paused_until=date(2026, 6, 8))
    assert row.state(set(), date(2026, 6, 7)) is RecipientState.PAUSED
    assert row.state(set(), date(2026, 6, 8)) is RecipientState.ACTIVE
    assert row.state({("social", "a@x.se")}, date(2026, 6, 7)) is RecipientState.LEFT
    assert row.state({("", "a@x.se")}, date(2026, 6, 7)) is RecipientState.REFUSED
    assert row.state({("kultur-fritid", "a@x.se")}, date(2026, 6, 8)) is RecipientState.ACTIVE
    assert replace(row, removed=True).state(set(), date(2026, 6, 8)) is RecipientState.REMOVED


@pytest.mark.parametrize(
    ("known", "now", "due"),
    [
        ("2026-05-04T07:00", "2026-05-25T07:00", False),
        ("2026-05-04T07:00", "2026-06-01T07:00", True),
        ("2026-12-07T07:00", "2027-01-04T07:00", True),
        ("2026-05-31T23:30", "2026-06-01T00:10", True),
    ],
)
def test_monthly_is_once_in_each_month_of_the_installations_calendar(known, now, due):
    at = [datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM) for text in (known, now)]
    row = Subscriber(department="social", email="a@x.se", pace=Pace.MONTHLY, known=at[0])
    assert is_due(row, at[1], STOCKHOLM) is due
    assert is_due(replace(row, pace=Pace.WEEKLY), at[1], STOCKHOLM)
    assert is_due(replace(row, known=None), at[1], STOCKHOLM)


def test_who_is_behind_gets_a_mail_of_their_own():
    row = Subscriber(department="social", email="a@x.se", known=MONDAY)
    behind = replace(row, email="b@x.se", known=MONDAY - WEEK)
    certain = replace(row, email="c@x.se", pace=Pace.CERTAIN)
    streams = list_streams([behind, certain, row], MONDAY)
    assert [(one.plain, one.since, [who.email for who in one.recipients]) for one in streams] == [
        (True, None, ["a@x.se"]),
        (False, None, ["c@x.se"]),
        (False, MONDAY - WEEK, ["b@x.se"]),
    ]
    assert [one.since for one in list_streams([behind], None)] == [None], "a department that was told nothing has nobody behind"


# Choices and mails.


def test_who_stops_gets_nothing_but_a_way_back_and_misses_nothing(world):
    leave(world, ANNA, MONDAY - timedelta(days=1))
    world.publish(a_call("1", "2026-09-01"), at=MONDAY)
    mails = world.week(MONDAY)
    (receipt,) = [mail for mail in mails if mail["To"] == ANNA]
    assert receipt["Subject"] == "Du får inga fler mejl om EU-utlysningar för kultur-fritid"
    assert "https://eu.example.se/avsluta/" in text_of(receipt)
    assert "RECIPIENT-TOKEN" not in text_of(receipt) + html_of(receipt)
    assert told(mails, BO, 1, world) == 1
    letter = next(mail for mail in mails if mail["To"] == "eu@example.se")
    assert letter["Subject"] == "En mottagare har slutat få mejlen"
    assert "Anna@example.se har slutat få mejlen för kultur-fritid." in text_of(letter)
    come_back(world, ANNA)
    world.publish(a_call("1", "2026-09-01"), a_call("2", "2026-10-01"), at=MONDAY + WEEK)
    mails = world.week(MONDAY + WEEK)
    assert [told(mails, ANNA, number, world) for number in (1, 2)] == [1, 1]
    assert [told(mails, BO, number, world) for number in (1, 2)] == [0, 1]
    mails = world.week(MONDAY + 2 * WEEK)
    assert [told(mails, who, number, world) for who in (ANNA, BO) for number in (1, 2)] == [0, 0, 0, 0]


def test_a_mail_that_waits_when_its_reader_stops_is_told_after_the_undoing(world):
    world.publish(a_call("1", "2026-09-01"), at=MONDAY)
    world.digest(MONDAY)
    leave(world, ANNA, MONDAY)
    world.send(MONDAY)
    assert (ANNA, "stopped", 1) in world.outbox()
    assert world.rows("SELECT DISTINCT error FROM outbox WHERE state = 'stopped'") == [(ADDRESS_STOPPED,)]
    assert told(world.server.taken, ANNA, 1, world) == 0
    come_back(world, ANNA)
    world.crawl(a_call("1", "2026-09-01"), at=MONDAY + WEEK)
    assert told(world.week(MONDAY + WEEK), ANNA, 1, world) == 1
    assert told(world.week(MONDAY + 2 * WEEK), ANNA, 1, world) == 0


def test_a_stop_that_is_undone_before_the_sending_holds_nothing_back(world):
    world.publish(a_call("1", "2026-09-01"), at=MONDAY)
    world.digest(MONDAY)
    leave(world, ANNA, MONDAY)
    come_back(world, ANNA)
    world.send(MONDAY)
    assert told(world.server.taken, ANNA, 1, world) == 1
    assert told(world.week(MONDAY + WEEK), ANNA, 1, world) == 0


def test_a_pause_holds_the_mails_and_what_still_holds_comes_after_it(world):
    world.publish(a_call("1", "2026-09-01"), at=MONDAY)
    world.digest(MONDAY)
    choose(world, ANNA, MONDAY, paused_until=(MONDAY + 2 * WEEK).date())
    world.send(MONDAY)
    assert world.rows("SELECT recipient, error FROM outbox WHERE state = 'stopped'") == [(ANNA, PAUSED)]
    (receipt,) = [mail for mail in world.server.taken if mail["To"] == ANNA and "kvitto" in mail["Message-ID"]]
    assert receipt["Subject"] == "Mejlen om EU-utlysningar är pausade till 15 juni"
    assert "har pausat mejlen för kultur-fritid till 15 juni." in text_of(receipt)
    sent_lines = receipt.get_body(("plain",)).get_content().splitlines()
    assert max(len(line.rstrip()) for line in sent_lines) <= flowed.WIDTH
    assert re.search(r"https://eu\.example\.se/avsluta/[0-9a-f]{16}$", "\n".join(sent_lines), re.MULTILINE)
    world.publish(a_call("1", "2026-09-01"), a_call("2", "2026-06-10"), a_call("3", "2026-10-01"), at=MONDAY + WEEK)
    mails = world.week(MONDAY + WEEK)
    assert [told(mails, who, 3, world) for who in (ANNA, BO)] == [0, 1]
    mails = world.week(MONDAY + 2 * WEEK)
    assert [told(mails, ANNA, number, world) for number in (1, 3)] == [1, 1]
    assert [told(mails, BO, number, world) for number in (1, 3)] == [0, 0]
    assert not any(told(world.week(MONDAY + 3 * WEEK), ANNA, number, world) for number in (1, 3))


def test_a_change_of_language_or_departments_is_told_to_whose_address_it_is(world):
    choose(world, ANNA, MONDAY)
    world.send(MONDAY)
    assert [mail for mail in world.server.taken if "kvitto" in mail["Message-ID"]] == [], "nothing has changed"
    choose(world, ANNA, MONDAY, language="en")
    choose(world, BO, MONDAY, departments=("kultur-fritid", "social"))
    world.send(MONDAY)
    mails = {mail["To"]: mail for mail in world.server.taken if "kvitto" in mail["Message-ID"]}
    assert mails[ANNA]["Subject"] == "Your choices for the mails about EU calls have changed"
    assert "You now get mails in English for kultur-fritid." in text_of(mails[ANNA])
    assert mails[BO]["Subject"] == "Dina val för mejlen om EU-utlysningar är ändrade"
    assert "Nu får du mejl på svenska för kultur-fritid, social." in text_of(mails[BO])
    assert all("https://eu.example.se/avsluta/" in text_of(mail) for mail in mails.values())
    before = len(world.server.taken)
    choose(world, BO, MONDAY, departments=("kultur-fritid", "social"))
    world.send(MONDAY + timedelta(hours=2))
    assert [mail["To"] for mail in world.server.taken[before:] if "kvitto" in mail["Message-ID"]] == []


def test_monthly_gathers_the_weeks_between(world):
    choose(world, ANNA, MONDAY - timedelta(days=3), pace=Pace.MONTHLY)
    calls = []
    counted = {ANNA: [], BO: []}
    for number in range(6):
        at = MONDAY + number * WEEK  # 1, 8, 15, 22, 29 June and 6 July
        calls.append(a_call(str(number), "2026-12-01"))
        world.publish(*calls, at=at)
        mails = world.week(at)
        for who, rows in counted.items():
            rows.append([one for one in range(6) if told(mails, who, one, world)])
    assert counted[BO] == [[0], [1], [2], [3], [4], [5]]
    assert counted[ANNA] == [[0], [], [], [], [], [1, 2, 3, 4, 5]]


def test_only_certain_is_silent_without_any(world):
    choose(world, ANNA, MONDAY, pace=Pace.CERTAIN)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY, level="trolig")
    mails = world.week(MONDAY)
    assert weekly(mails, ANNA) == []
    assert told(mails, BO, 1, world) == 1
    world.crawl(a_call("1", "2026-12-01"), a_call("2", "2026-12-01"), a_call("3", "2026-12-01"), at=MONDAY + WEEK)
    world.match("2", level="trolig")
    world.match("3", level="stark")
    mails = world.week(MONDAY + WEEK)
    assert [told(mails, ANNA, number, world) for number in (1, 2, 3)] == [0, 0, 1]
    assert [told(mails, BO, number, world) for number in (1, 2, 3)] == [0, 1, 1]


def test_the_page_of_a_mail_of_ones_own_lists_what_is_in_it(world):
    choose(world, ANNA, MONDAY, pace=Pace.CERTAIN)
    world.crawl(a_call("1", "2026-12-01"), a_call("2", "2026-12-01"), at=MONDAY)
    world.match("1", level="stark")
    world.match("2", level="trolig")
    world.week(MONDAY)
    with world.archive() as archive:
        listed = {row[0] for row in archive.db.execute("SELECT id FROM digests WHERE kind = 'own'")}
        assert listed == {"2026-W23-kultur-fritid-val1"}
        assert [key.call_id for _, key in digest_items(archive.db, "2026-W23-kultur-fritid-val1")] == ["1"]
        assert {key.call_id for _, key in digest_items(archive.db, "2026-W23-kultur-fritid")} == {"1", "2"}
    assert world.facts() == sorted(set(world.facts()), key=world.facts().index)


def corrections(world, now):
    before = len(world.server.taken)
    world.digest(now, corrections_only=True)
    world.send(now)
    return world.server.taken[before:]


def test_a_monthly_reader_is_told_at_once_what_moved_of_her_own_calls_and_of_no_other(world):
    choose(world, ANNA, MONDAY, pace=Pace.MONTHLY)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    assert [told(world.week(MONDAY), who, 1, world) for who in (ANNA,)] == [1], "the first mail of June"
    known = subscribers(world)["kultur-fritid", ANNA].known
    week = MONDAY + WEEK
    world.publish(a_call("1", "2026-12-01"), a_call("2", "2026-12-01"), at=week)
    assert [told(world.week(week), who, 2, world) for who in (ANNA, BO)] == [0, 0], "BO alone is told, in a mail below"
    later = week + timedelta(days=2)
    world.crawl(a_call("1", "2026-11-01"), a_call("2", "2026-11-01"), at=later)
    mails = corrections(world, later)
    assert {mail["To"]: told_calls(world, mail) for mail in mails} == {ANNA: {"1"}, BO: {"1", "2"}}
    (mine,) = [mail for mail in mails if mail["To"] == ANNA]
    assert mine["Subject"].startswith("Ny sista dag 1 nov")
    assert subscribers(world)["kultur-fritid", ANNA].known == known, "the mail of July goes on from that of June"
    assert corrections(world, later + timedelta(hours=1)) == [], "once"
    world.crawl(a_call("1", "2026-10-01"), a_call("2", "2026-11-01"), at=later + timedelta(days=1))
    assert {mail["To"] for mail in corrections(world, later + timedelta(days=1))} == {ANNA, BO}, "each move is told"
    july = MONDAY + 5 * WEEK
    world.crawl(a_call("1", "2026-10-01"), a_call("2", "2026-11-01"), at=july)
    mails = world.week(july)
    assert [told(mails, ANNA, number, world) for number in (1, 2)] == [0, 1], "what she was told in June is told no more"


def test_a_weekly_mail_that_tells_of_a_move_leaves_no_monthly_reader_behind(world):
    choose(world, ANNA, MONDAY, pace=Pace.MONTHLY)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    world.week(MONDAY)
    world.crawl(a_call("1", "2026-11-01"), at=MONDAY + WEEK)
    mails = world.week(MONDAY + WEEK)
    assert {mail["To"]: told_calls(world, mail) for mail in mails} == {ANNA: {"1"}, BO: {"1"}}
    assert world.week(MONDAY + 2 * WEEK) != []
    assert [mail["To"] for mail in world.server.taken[-1:]] == [BO]


def test_monthly_readers_alone_move_nothing_that_the_department_was_told(world):
    for who in (ANNA, BO):
        choose(world, who, MONDAY, pace=Pace.MONTHLY)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    world.week(MONDAY)
    before = world.facts()
    world.crawl(a_call("1", "2026-11-01"), at=MONDAY + timedelta(days=1))
    world.digest(MONDAY + timedelta(days=1), corrections_only=True)
    leave(world, BO, MONDAY + timedelta(days=1))
    mails = corrections(world, MONDAY + timedelta(days=1))
    assert [mail["To"] for mail in mails if "kvitto" not in mail["Message-ID"] and mail["To"] != "eu@example.se"] == [ANNA]
    assert world.facts() == before
    assert corrections(world, MONDAY + timedelta(days=1)) == []
    come_back(world, BO)
    assert [mail["To"] for mail in corrections(world, MONDAY + timedelta(days=2))] == [BO], "the stopped mail told nothing"
    july = MONDAY + 5 * WEEK
    world.crawl(a_call("1", "2026-11-01"), at=july)
    assert [told(world.week(july), who, 1, world) for who in (ANNA, BO)] == [0, 0]
    assert ("1", "deadline:2026-11-01") in world.facts(), "the department's own mail of July tells it"


def test_a_doubtful_call_that_becomes_sure_is_told_then_and_once(world):
    choose(world, ANNA, MONDAY, pace=Pace.CERTAIN)
    calls = [a_call("1", "2026-12-01"), a_call("2", "2026-12-01")]
    world.crawl(*calls, at=MONDAY)
    world.match("1", level="trolig")
    world.match("2", level="stark")
    mails = world.week(MONDAY)
    assert [told(mails, who, number, world) for who in (ANNA, BO) for number in (1, 2)] == [0, 1, 1, 1]
    world.crawl(a_call("1", "2026-11-20"), calls[1], at=MONDAY + timedelta(days=2))
    world.match("1", level="stark")
    assert [mail["To"] for mail in corrections(world, MONDAY + timedelta(days=2))] == [BO], "no correction of an unknown call"
    for number, expected in ((1, [1, 0]), (2, [0, 0]), (3, [0, 0])):
        at = MONDAY + number * WEEK
        world.crawl(a_call("1", "2026-11-20"), calls[1], at=at)
        mails = world.week(at)
        assert [told(mails, who, 1, world) for who in (ANNA, BO)] == expected, f"week {number}"
    world.crawl(a_call("1", "2026-11-10"), calls[1], at=MONDAY + 3 * WEEK + timedelta(days=1))
    mails = corrections(world, MONDAY + 3 * WEEK + timedelta(days=1))
    assert {mail["To"]: told_calls(world, mail) for mail in mails} == {ANNA: {"1"}, BO: {"1"}}, "now it is hers as well"


def test_a_day_that_was_told_as_sure_is_a_promise_when_the_call_becomes_doubtful(world):
    choose(world, ANNA, MONDAY, pace=Pace.CERTAIN)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    assert told(world.week(MONDAY), ANNA, 1, world) == 1
    world.crawl(a_call("1", "2027-02-01"), at=MONDAY + WEEK)
    world.match("1", level="trolig")
    assert told(world.week(MONDAY + WEEK), ANNA, 1, world) == 1
    assert told(world.week(MONDAY + 2 * WEEK), ANNA, 1, world) == 0


def test_a_newcomer_who_wants_sure_calls_is_not_told_of_those_from_before(world):
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    world.week(MONDAY)
    with world.archive() as archive:
        add_recipient(archive.db, "kultur-fritid", "ny@example.se", "sv", MONDAY + timedelta(days=1))
    choose(world, "ny@example.se", MONDAY + timedelta(days=1), pace=Pace.CERTAIN)
    world.publish(a_call("1", "2026-12-01"), a_call("2", "2026-12-01"), at=MONDAY + WEEK)
    mails = world.week(MONDAY + WEEK)
    assert [told(mails, "ny@example.se", number, world) for number in (1, 2)] == [0, 1]


def test_left_out_subjects(tmp_path):
    world = World(tmp_path, recipients=PEOPLE).welcomed()
    from monitor.matching.rules.model import Signal, ThemeFile, ThemeHead

    head = ThemeHead(id="bad", title="Bad", departments=("kultur-fritid",), strategy=("extern-finansiering",))
    theme = ThemeFile(theme=head, signal=(Signal(id="bad", weight=5, words=("bad",)),))
    world.rules = replace(world.rules, themes=(theme,))
    choose(world, ANNA, MONDAY, left_out=("bad",))
    world.crawl(*(a_call(str(number), "2026-12-01") for number in (1, 2, 3)), at=MONDAY)
    world.match("1", themes=("Bad",))
    world.match("2", themes=("Bad", "Kultur"))
    world.match("3", themes=("Kultur",))
    mails = world.week(MONDAY)
    assert [told(mails, ANNA, number, world) for number in (1, 2, 3)] == [0, 1, 1]
    assert [told(mails, BO, number, world) for number in (1, 2, 3)] == [1, 1, 1]


# The settings, the coordinator, and erasing.


def test_an_address_that_leaves_the_settings_gets_no_mail_until_the_coordinator_keeps_it(world):
    world.recipients(PEOPLE[1])
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    assert told(world.week(MONDAY), ANNA, 1, world) == 0
    assert subscribers(world)["kultur-fritid", ANNA].state(set(), MONDAY.date()) is RecipientState.UNLISTED
    with world.archive() as archive:
        keep_recipient(archive.db, "kultur-fritid", ANNA)
    world.crawl(a_call("1", "2026-12-01"), at=MONDAY + WEEK)
    assert told(world.week(MONDAY + WEEK), ANNA, 1, world) == 1


def test_who_signs_up_after_leaving_the_settings_gets_the_mails(world):
    world.recipients(PEOPLE[1])
    with world.archive() as archive:
        ask_to_join(archive.db, ANNA, ["kultur-fritid"], "sv", MONDAY)
        join(archive.db, find_event(archive.db, 1), ["kultur-fritid"], MONDAY)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    assert told(world.week(MONDAY), ANNA, 1, world) == 1


def test_who_was_taken_away_is_not_added_again_from_the_settings(world):
    with world.archive() as archive:
        remove_recipient(world.config, archive.db, "kultur-fritid", ANNA, MONDAY)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    assert weekly(world.week(MONDAY), ANNA) == []
    with world.archive() as archive:
        add_recipient(archive.db, "kultur-fritid", ANNA, "sv", MONDAY)
        add_recipient(archive.db, "kultur-fritid", "ny@example.se", "en", MONDAY)
        remove_recipient(world.config, archive.db, "kultur-fritid", "ny@example.se", MONDAY)
    assert set(subscribers(world)) == {("kultur-fritid", ANNA), ("kultur-fritid", BO)}, "an own row is deleted outright"


def test_a_department_with_nobody_left_is_named_with_the_true_reason(world):
    choose(world, ANNA, MONDAY, paused_until=date(2026, 7, 1))
    leave(world, BO, MONDAY)
    (report,) = [one for one in world.digest(MONDAY).digests if one.department == "kultur-fritid"]
    assert report.state == "no-recipient"
    assert report.reason == "bo@example.se slutade själv få mejlen 2026-06-01; Anna@example.se har paus till 2026-07-01"
    with world.archive() as archive:
        (said,) = [line for line in status(world.config, archive, MONDAY)["attention"] if "kultur-fritid" in line]
        assert said.startswith("Ingen får mejlen för kultur-fritid")
        assert "@" not in said
        assert any(said in line for line in write_note(world.config, archive, MONDAY).paragraphs)


def test_a_department_of_monthly_readers_lacks_no_mail_in_between(world):
    from monitor.archive.scheduler import first_run

    for who in (ANNA, BO):
        choose(world, who, MONDAY - WEEK, pace=Pace.MONTHLY)
    world.week(MONDAY)
    with world.archive() as archive:
        first_run(archive.db, MONDAY)
    (report,) = [one for one in world.digest(MONDAY + WEEK).digests if one.department == "kultur-fritid"]
    assert (report.state, report.reason) == (
        "no-recipient",
        "Anna@example.se får mejl en gång i månaden; bo@example.se får mejl en gång i månaden",
    )
    with world.archive() as archive:
        found = status(world.config, archive, MONDAY + WEEK + timedelta(hours=8))
    assert found["week"]["missing"] == []
    assert not [line for line in found["attention"] if "kultur-fritid" in line]


def test_forget_erases_an_address_with_its_choices(world):
    leave(world, ANNA, MONDAY)
    world.send(MONDAY)
    with world.archive() as archive:
        counts = forget(world.config, archive, "anna@EXAMPLE.se")
    assert (counts["recipients"], counts["recipient_events"]) == (1, 1)
    dump = (world.config.data_dir / "archive.db").read_bytes().lower()
    assert b"anna@example.se" not in dump, "nor in the letter that the coordinator got"


def test_a_sign_up_that_nobody_confirmed_is_erased_after_its_days(world):
    with world.archive() as archive:
        ask_to_join(archive.db, "ny@example.se", ["social"], "sv", MONDAY)
        assert tidy(world.config, archive, MONDAY + timedelta(days=7))["events"] == 0
        assert tidy(world.config, archive, MONDAY + timedelta(days=8))["events"] == 1
        assert find_event(archive.db, 1) is None


@pytest.mark.parametrize("step", ["store_receipt", "mark_answered", "store_letter", "mark_events_reported"])
def test_a_receipt_and_a_letter_are_written_once_whatever_is_interrupted(world, monkeypatch, step):
    leave(world, ANNA, MONDAY)

    def fail(*values, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"monitor.jobs.receipts.{step}", fail)
    with pytest.raises(KeyboardInterrupt):
        world.send(MONDAY)
    monkeypatch.undo()
    before = len(world.server.taken)
    for hours in (1, 2, 3):
        world.send(MONDAY + timedelta(hours=hours))
    subjects = Counter(mail["Subject"] for mail in world.server.taken[before:])
    assert subjects == {
        "Du får inga fler mejl om EU-utlysningar för kultur-fritid": 1,
        "En mottagare har slutat få mejlen": 1,
    }


def test_nothing_is_logged_with_an_address(world, caplog):
    caplog.set_level("DEBUG")
    choose(world, ANNA, MONDAY, paused_until=date(2026, 7, 1))
    leave(world, BO, MONDAY)
    come_back(world, BO)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    world.week(MONDAY)
    written = caplog.text.lower()
    assert "digest=" in written
    assert "anna@" not in written
    assert "bo@" not in written


def test_active_recipients_are_those_that_are_written_to(world):
    leave(world, BO, MONDAY)
    with world.archive() as archive:
        assert [row.email for row in active_recipients(world.config, archive.db, MONDAY)] == [ANNA]
