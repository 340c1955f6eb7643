"""What a department can rely on: corrections, calendar entries that follow, reminders, stories, answers and the coordinator's copies."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from monitor.archive.feedback import store_answer
from monitor.archive.left_out import put_back, take_back
from monitor.calls import Budget, CallKey, DeadlineModel
from monitor.errors import ConfigError
from monitor.jobs.documents import import_files
from monitor.settings import Recipient
from monitor.vocabulary import Kind, Status
from tests.documents.fiche import fiche
from tests.documents.files import write
from tests.mailing import DEPARTMENTS, MONDAY, WEEK, World, a_call, html_of, moved, text_of

TUESDAY = MONDAY + timedelta(days=1)


def flat(message):
    return " ".join(text_of(message).split())


def entries(message):
    """The calendar entries of a mail by the title of their call: the mail has one file with all of them."""
    (part,) = message.iter_attachments()
    found = {}
    for event in Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT"):
        found.setdefault(str(event["SUMMARY"]).rpartition(": ")[2], []).append(event)
    return found


@pytest.fixture
def told(world):
    """The department knows two calls."""
    world.welcomed()
    world.publish(a_call("1", "2026-08-28"), a_call("2", "2026-10-01"), at=MONDAY)
    world.week(MONDAY)
    return world


def test_a_date_that_moves_earlier_is_corrected_at_once(told):
    told.publish(a_call("1", "2026-08-14"), a_call("2", "2026-10-01"), at=TUESDAY)
    report = told.digest(TUESDAY, corrections_only=True)
    assert [one.department for one in report.corrections] == ["kultur-fritid"]
    assert told.send(TUESDAY).sent == 1
    mail = told.server.taken[-1]
    assert mail["Subject"] == "Ny sista dag 14 augusti: Tema"
    assert "Sista dagen är tidigarelagd till fredag 14 augusti (förut fredag 28 augusti)." in flat(mail)
    assert "Utlysning 2" not in flat(mail)
    assert told.digest(TUESDAY, corrections_only=True).corrections == [], "once"
    (weekly,) = told.week(MONDAY + WEEK)
    assert "ÄNDRAT" not in text_of(weekly), "what was corrected is not news on Monday"


def test_a_date_that_moves_later_waits_for_the_weeks_mail(told):
    told.publish(a_call("1", "2026-09-14"), a_call("2", "2026-10-01"), at=TUESDAY)
    assert told.digest(TUESDAY).corrections == []
    (weekly,) = told.week(MONDAY + WEEK)
    assert "Nytt sista datum: måndag 14 september (tidigare fredag 28 augusti)." in flat(weekly)


def new_version(told, folder, at, **facts):
    """Read another version of the document of the first call, which a person has placed, and return its changes."""
    file = write(folder, "utlysning.pdf", fiche(**facts))
    with told.archive() as archive:
        [state] = import_files(told.config, archive, CallKey("portal", "1"), [file], at)
    return state.changes


def test_a_document_that_changes_a_fact_is_told_once_with_its_page(told, tmp_path):
    """Test that a value which changed there and back is not told, and two changes as one, from the first value to the last."""
    assert new_version(told, tmp_path, MONDAY) == 0, "the first version changes nothing"
    assert new_version(told, tmp_path, TUESDAY, most="600 000") == 1
    assert new_version(told, tmp_path, TUESDAY + timedelta(hours=1), most="750 000", share="75") == 2
    assert told.digest(TUESDAY + timedelta(hours=2)).corrections == [], "a fact waits for the week's mail"
    (weekly,) = told.week(MONDAY + WEEK)
    said = flat(weekly)
    source = "enligt en ny version av ”Towns that store rain”, sida 3."
    assert f"Högst per projekt: 750 000 EUR (tidigare 500 000 EUR), {source}" in said
    assert f"Finansiären betalar högst: 75 procent (tidigare 60 procent), {source}" in said
    assert weekly["Subject"] == "Nya villkor: Tema, sök senast 28 augusti"
    for number, facts in enumerate(({"most": "600 000"}, {"most": "750 000", "share": "75"}), start=1):
        assert new_version(told, tmp_path, MONDAY + WEEK + timedelta(days=number), **facts) == 2
    (weekly,) = told.week(MONDAY + 2 * WEEK)
    assert "Högst per projekt" not in flat(weekly)
    assert len([fact for call, fact in told.facts() if call == "1" and fact.startswith("fact:")]) == 3


def test_a_withdrawn_call_is_corrected_and_its_return_told(told):
    for hours in (0, 6):
        told.crawl(a_call("2", "2026-10-01"), at=TUESDAY + timedelta(hours=hours))
    told.digest(TUESDAY + timedelta(hours=7))
    told.send(TUESDAY + timedelta(hours=7))
    mail = told.server.taken[-1]
    assert mail["Subject"] == "Indragen: Tema"
    (events,) = entries(mail).values()
    assert [(str(event["STATUS"]), event["SEQUENCE"]) for event in events] == [("CANCELLED", 1)]
    assert str(events[0]["SUMMARY"]).startswith("INSTÄLLT: ")
    told.publish(a_call("1", "2026-08-28"), a_call("2", "2026-10-01"), at=TUESDAY + timedelta(days=2))
    (weekly,) = told.week(MONDAY + WEEK)
    assert "Utlysningen finns åter" in flat(weekly)
    (events,) = entries(weekly).values()
    assert [(str(event["STATUS"]), event["SEQUENCE"]) for event in events] == [("CONFIRMED", 2)]


def test_the_calendar_entry_follows_the_date(told):
    (first,) = entries(told.server.taken[-1])["Utlysning 1"]
    told.publish(a_call("1", "2026-08-14"), a_call("2", "2026-10-01"), at=TUESDAY)
    told.digest(TUESDAY)
    told.send(TUESDAY)
    second, gone = entries(told.server.taken[-1])["Utlysning 1"]
    told.publish(a_call("1", "2026-09-25T17:00"), a_call("2", "2026-10-01"), at=TUESDAY + timedelta(days=2))
    (weekly,) = told.week(MONDAY + WEEK)
    third, also_gone = entries(weekly)["Utlysning 1"]
    assert gone["UID"] == first["UID"], "the entry of a day that no longer holds is taken back"
    assert also_gone["UID"] == second["UID"]
    assert len({first["UID"], second["UID"], third["UID"]}) == 3
    for event, later in ((gone, second), (also_gone, third)):
        assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", later["SEQUENCE"])
        assert str(event["SUMMARY"]) == "GÄLLER INTE LÄNGRE: Sista ansökningsdag: Utlysning 1"
    assert first.decoded("dtstart") == date(2026, 8, 28), "a day without a time is a whole day"
    assert (first["SEQUENCE"], second["SEQUENCE"], third["SEQUENCE"]) == (0, 1, 2)
    assert third.decoded("dtstart").isoformat() == "2026-09-25T15:00:00+00:00"
    assert "anger ingen tid på dagen" in first["DESCRIPTION"]
    assert "anger ingen tid på dagen" not in third["DESCRIPTION"]
    assert [alarm.decoded("trigger").days for alarm in third.walk("VALARM")] == [-28, -7, -1]


def test_every_stage_is_an_entry_and_a_stage_that_is_gone_is_cancelled(told):
    stages = replace(a_call("3", "2026-09-03", "2027-03-04"), deadline_model=DeadlineModel.TWO_STAGE)
    both = (a_call("1", "2026-08-28"), a_call("2", "2026-10-01"))
    told.publish(*both, stages, at=TUESDAY)
    (weekly,) = told.week(MONDAY + WEEK)
    assert [str(event["SUMMARY"]) for event in entries(weekly)["Utlysning 3"]] == [
        "Sista ansökningsdag steg 1: Utlysning 3",
        "Sista ansökningsdag steg 2: Utlysning 3",
    ]
    assert (
        "Sista ansökningsdagar: steg 1: torsdag 3 september (87 dagar kvar) och steg 2: torsdag 4 mars 2027 (269 dagar kvar)"
        in flat(weekly)
    )
    told.publish(*both, moved(stages, "2026-09-03"), at=TUESDAY + WEEK)
    (weekly,) = told.week(MONDAY + 2 * WEEK)
    found = entries(weekly)["Utlysning 3"]
    assert [str(event["STATUS"]) for event in found] == ["CONFIRMED", "CANCELLED"]
    assert len({event["UID"] for event in found}) == 2


def test_a_call_on_its_way_is_told_again_when_it_opens(world):
    world.welcomed()
    coming = a_call("1", "2026-12-01", stated_status=Status.FORTHCOMING)
    world.publish(coming, at=MONDAY)
    (first,) = world.week(MONDAY)
    assert "PÅ VÄG" in text_of(first)
    assert first["Subject"] == "Tema: sök senast 1 december"
    world.publish(replace(coming, stated_status=Status.OPEN), at=TUESDAY)
    (second,) = world.week(MONDAY + WEEK)
    assert "[Nu öppen. Vi skrev om den när den var på väg.]" in text_of(second)
    assert second["Subject"] == "Tema: sök senast 1 december"


def test_only_strong_matches_and_what_interests_are_reminded(world):
    world.welcomed()
    world.publish(a_call("stark", "2026-07-20"), at=MONDAY)
    world.publish(a_call("trolig", "2026-07-20", source="feed"), at=MONDAY, source="feed", level="trolig")
    world.publish(
        a_call("trolig", "2026-07-20", source="feed"),
        a_call("vald", "2026-07-20", source="feed"),
        a_call("nej", "2026-07-20", source="feed"),
        at=MONDAY,
        source="feed",
        level="trolig",
    )
    world.week(MONDAY)
    with world.archive() as archive:
        answer = {"note": "", "digest": "", "now": MONDAY}
        store_answer(archive.db, "kultur-fritid", ("feed", "vald"), "intressant", **answer)
        store_answer(archive.db, "kultur-fritid", ("portal", "stark"), "intressant", **answer)
        store_answer(archive.db, "kultur-fritid", ("feed", "nej"), "inte-for-oss", **answer)
    mail, letter = world.week(MONDAY + 3 * WEEK)
    assert letter["Subject"] == "2 svar från förvaltningarna", "to the coordinator"
    text = text_of(mail)
    assert "STÄNGER SNART" in text
    assert [f"Utlysning {name}\n" in text for name in ("stark", "vald", "trolig", "nej")] == [True, True, False, False]


def test_a_call_that_came_and_went_between_two_mails_is_owned_up_to(world):
    world.welcomed()
    world.publish(a_call("kort", "2026-05-30"), at=MONDAY - timedelta(days=5))
    (mail,) = world.week(MONDAY)
    assert "STÄNGDE INNAN VI HANN SKRIVA" in text_of(mail)
    assert "sista dag var lördag 30 maj" in flat(mail)


def test_missed_weeks_come_as_one_mail(world):
    world.welcomed()
    for number in range(3):
        world.crawl(*(a_call(str(n), "2026-10-01") for n in range(number + 1)), at=MONDAY + number * WEEK)
    world.match("0", "1", "2")
    (mail,) = world.week(MONDAY + 3 * WEEK)
    assert "Mejlet gäller även veckorna 23, 24 och 25, då inga mejl gick ut." in flat(mail)
    assert all(f"Utlysning {n}\n" in text_of(mail) for n in range(3))


def test_several_sources_of_one_story_are_one_card_with_every_link(world):
    world.welcomed()
    world.publish(a_call("1", "2026-10-01"), at=MONDAY)
    world.crawl(a_call("nyhet", source="feed", title="Nyhet om utlysning 1"), at=MONDAY, source="feed")
    with world.archive() as archive, archive.db.atomic():
        archive.db.execute("UPDATE calls SET story = 'portal/1' WHERE call_id = 'nyhet'")
    (mail,) = world.week(MONDAY)
    assert "Finns också hos Källan feed: https://example.org/nyhet" in text_of(mail)
    assert "1 ny utlysning." in text_of(mail)


def test_quiet_weeks_by_choice(tmp_path):
    world = World(tmp_path, recipients=tuple(DEPARTMENTS), digest={"silent": ("social",)}).welcomed()
    report = world.digest(MONDAY)
    assert [(one.department, one.state, one.kind) for one in report.digests] == [
        ("kultur-fritid", "waiting", "quiet"),
        ("social", "silent", "quiet"),
    ]
    assert world.send(MONDAY).sent == 1
    assert world.server.taken[-1]["Subject"] == "Inget nytt vecka 23"


def test_a_department_without_recipients_is_not_marked_as_told(world):
    world.crawl(a_call("1", "2026-10-01"), at=MONDAY)
    world.match("1", department="social")
    report = world.digest(MONDAY)
    assert [(one.department, one.state) for one in report.digests] == [("kultur-fritid", "waiting"), ("social", "no-recipient")]
    assert world.facts("social") == []
    world.recipients(Recipient(department="social", email="social@example.se"))
    (mail,) = world.week(MONDAY + WEEK)
    assert "Utlysning 1\n" in text_of(mail)


def test_each_recipient_in_their_language(tmp_path):
    people = [
        Recipient(department="kultur-fritid", email="sv@example.se"),
        Recipient(department="kultur-fritid", email="en@example.se", language="en"),
    ]
    world = World(tmp_path, recipients=people)
    world.publish(a_call("1", "2026-10-01", budget=Budget(project_max=1_500_000)), at=MONDAY)
    swedish, english = world.week(MONDAY)
    assert (swedish["Content-Language"], english["Content-Language"]) == ("sv", "en")
    assert english["Subject"] == "Welcome! Tema: apply by 1 October"
    assert "Last day to apply: Thursday 1 October (122 days left)" in flat(english)
    assert "How much: At most 1.5 million euros per project (about 17 million Swedish kronor) Can" in flat(english)
    assert "Can we apply: Yes" in flat(english)
    assert '<html lang="en"' in html_of(english)


def test_a_dry_run_moves_nothing(world):
    world.welcomed()
    world.publish(a_call("1", "2026-10-01"), at=MONDAY)
    before = [world.rows(f"SELECT * FROM {table}") for table in ("digests", "digest_items", "outbox", "renderings")]
    (report, _) = world.digest(MONDAY, dry_run=True).digests
    assert report.state == "preview"
    assert "Utlysning 1" in report.file.read_text("utf-8")
    assert [world.rows(f"SELECT * FROM {table}") for table in ("digests", "digest_items", "outbox", "renderings")] == before


def test_the_coordinator_gets_every_digest_a_day_ahead(tmp_path):
    from monitor.jobs.digest import build_previews

    world = World(tmp_path, digest={"preview": "samordnare@example.se"}).welcomed()
    world.publish(a_call("1", "2026-10-01"), at=MONDAY - timedelta(days=2))
    sunday = MONDAY - timedelta(days=1)
    for _ in range(2):
        with world.archive() as archive:
            build_previews(world.config, archive, sunday, rules=world.rules)
    world.send(sunday)
    mail = world.server.taken[-1]
    assert mail["To"] == "samordnare@example.se"
    assert mail["Subject"] == ("[Förhandsvisning] Tema: sök senast 1 oktober")
    (weekly,) = world.week(MONDAY)
    assert weekly["To"] == "kultur-fritid@example.se"
    assert "Utlysning 1" in text_of(weekly)


def test_building_again_changes_nothing(told):
    before = told.rows("SELECT * FROM digest_items"), told.rows("SELECT * FROM outbox")
    told.publish(a_call("1", "2026-08-28"), a_call("2", "2026-10-01"), a_call("3", "2026-10-01"), at=TUESDAY)
    report = told.digest(TUESDAY)
    assert [(one.department, one.state) for one in report.digests] == [("kultur-fritid", "sent"), ("social", "no-recipient")]
    assert (told.rows("SELECT * FROM digest_items"), told.rows("SELECT * FROM outbox")) == before


def test_unread_sources_are_named(world):
    world.welcomed()
    world.crawl(at=MONDAY)
    world.crawl(at=MONDAY - timedelta(days=3), state="degraded", source="feed")
    (mail,) = world.week(MONDAY)
    assert "Vi har läst 1 av 2 källor. Källan feed har inte kunnat läsas sedan 25 maj." in flat(mail)


def test_a_recipient_of_no_department_is_a_mistake_in_the_settings(world):
    world.recipients(Recipient(department="finns-inte", email="a@example.se"))
    with pytest.raises(ConfigError, match="recipient: reglerna har ingen förvaltning 'finns-inte'"):
        world.digest(MONDAY)


def guessed(call):
    return replace(call, deadlines=tuple(replace(one, year_guessed=True) for one in call.deadlines))


@pytest.mark.parametrize(
    ("language", "words"),
    [("sv", "Sista ansökningsdag troligen fredag 28 augusti"), ("en", "Last day to apply probably Friday 28 August")],
)
def test_a_year_that_nobody_wrote_is_shown_as_probable(tmp_path, language, words):
    world = World(
        tmp_path, recipients=(Recipient(department="kultur-fritid", email="x@example.se", language=language),)
    ).welcomed()
    world.publish(guessed(a_call("1", "2026-08-28")), a_call("2", "2026-10-01"), at=MONDAY)
    (mail,) = world.week(MONDAY)
    assert words in flat(mail).replace(":", "")
    probably = "troligen" if language == "sv" else "probably"
    assert flat(mail).count(probably) == 1
    assert probably in html_of(mail)


def test_a_year_that_becomes_certain_is_no_change(world):
    world.welcomed()
    world.publish(guessed(a_call("1", "2026-08-28")), at=MONDAY)
    world.week(MONDAY)
    world.publish(a_call("1", "2026-08-28"), at=TUESDAY)
    assert world.digest(TUESDAY).corrections == []
    (weekly,) = world.week(MONDAY + WEEK)
    assert "ÄNDRAT" not in text_of(weekly)


def test_a_consultation_shows_its_last_day_to_answer(world):
    world.welcomed()
    world.publish(a_call("1", "2026-08-28", kind=Kind.POLICY, published=MONDAY), at=MONDAY)
    (mail,) = world.week(MONDAY)
    assert "svara senast fredag 28 augusti" in flat(mail)


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("sv", "Ingen utlysning: Tema", "Det var ingen utlysning, så vi har tagit bort den."),
        ("en", "Not a call: Tema", "It was not a call, so we have removed it."),
    ],
)
def test_a_call_that_the_coordinator_left_out_is_not_told_as_withdrawn_by_its_publisher(tmp_path, language, subject, sentence):
    recipient = Recipient(department="kultur-fritid", email="en@example.se", language=language)
    world = World(tmp_path, recipients=[recipient]).welcomed()
    told = a_call("1", "2026-09-01", title="Ett stöd")
    world.publish(told, at=MONDAY)
    world.week(MONDAY)
    with world.archive() as archive:
        put_back(archive.db, "portal", "1", MONDAY + timedelta(days=1))
    world.crawl(told, at=MONDAY + timedelta(days=6))
    (mail,) = world.week(MONDAY + WEEK)
    assert mail["subject"].startswith(subject)
    text = " ".join(text_of(mail).split())
    assert sentence in text
    assert not [word for word in ("indragen", "withdrawn") if word in text.casefold()]
    with world.archive() as archive:
        take_back(archive.db, "portal", "1", MONDAY + timedelta(days=8))
    (mail,) = world.week(MONDAY + 2 * WEEK)
    assert "Ett stöd" in text_of(mail)
