"""T01-T29 of the failure stories that concern what a mail tells and how it reads. Those about sending are in tests/mail."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html as lxml_html

from monitor.calls import Budget, Notice, Section
from monitor.digest.render import SIZE_LIMIT
from monitor.settings import Digest
from monitor.vocabulary import Kind, Status
from tests.mailing import MONDAY, STOCKHOLM, WEEK, World, a_call, html_of, moved, text_of


def mails_about(messages, title):
    """The mails that tell of the title as something new: a quiet week's list of what is known does not count."""
    return [message for message in messages if title in text_of(message) and not message["Subject"].startswith("Inget nytt")]


def visible(message):
    """The words of the HTML part, as a reader sees them."""
    body = lxml_html.fromstring(html_of(message)).find("body")
    return " ".join(" ".join(part for part in body.itertext() if isinstance(part, str)).split())


def test_t01_three_rules_one_call(world):
    world.welcomed()
    world.crawl(a_call("1", "2026-09-01"), at=MONDAY)
    world.match("1", themes=("Energi", "Klimat", "Fastigheter"), words=("sol", "vind", "vatten"))
    (mail,) = world.week(MONDAY)
    assert text_of(mail).count("\nUtlysning 1\n") == 1
    assert "Energi, Klimat och Fastigheter" in text_of(mail)
    assert [fact for _, fact in world.facts()].count("new") == 1


def test_t07_the_26th_hit_does_not_vanish(world):
    world.config = world.config.model_copy(update={"digest": Digest(per_source=20)})
    world.welcomed()
    calls = [a_call(f"n{i}", "2026-09-01", source="portal" if i % 3 else "feed") for i in range(60)]
    for source in ("portal", "feed"):
        world.publish(*(call for call in calls if call.source == source), at=MONDAY, source=source)
    (mail,) = world.week(MONDAY)
    text = text_of(mail)
    told = {call for call, fact in world.facts() if fact == "new"}
    assert told == {call.call_id for call in calls}
    linked = {row[0] for row in world.rows("SELECT call_id FROM digest_items WHERE shown = 'link'")}
    assert all(call_id in linked or re.search(rf"\bUtlysning {call_id}\b", text) for call_id in told)
    assert "Se alla 40: https://eu.example.se/utskick/2026-W23-kultur-fritid?kalla=portal&avsnitt=new&visa=resten" in text


def test_t08_a_call_read_three_days_late_still_arrives_once(world):
    world.welcomed()
    late = a_call("sen", "2026-09-01", opens=date(2026, 5, 20), published=datetime(2026, 5, 20, tzinfo=STOCKHOLM))
    assert mails_about(world.week(MONDAY), "Utlysning sen") == []
    world.publish(late, at=MONDAY + timedelta(days=3))
    assert len(mails_about(world.week(MONDAY + WEEK), "Utlysning sen")) == 1
    assert mails_about(world.week(MONDAY + 2 * WEEK), "Utlysning sen") == []


def test_t09_monday_fails_wednesday_runs(world):
    world.welcomed()
    world.publish(a_call("1", "2026-09-01"), at=MONDAY - timedelta(days=6))
    wednesday = MONDAY + timedelta(days=2, hours=5)
    assert len(mails_about(world.week(wednesday), "Utlysning 1")) == 1
    assert world.week(wednesday + timedelta(hours=1)) == []
    assert mails_about(world.week(MONDAY + WEEK), "Utlysning 1") == []


def test_t10_no_creeping_clock(world):
    world.welcomed()
    minutes = (0, 41, -1, 17, -2, 0, 59, -3)
    for number, minute in enumerate(minutes):
        at = MONDAY + number * WEEK + timedelta(minutes=minute)
        assert len(world.week(at)) == 1, f"week {number}, {minute} minutes off"


def test_t11_what_arrives_while_the_mail_is_written_is_told_next_time(world, monkeypatch):
    from monitor.jobs import digest as digest_job

    world.welcomed()
    world.publish(a_call("1", "2026-09-01"), at=MONDAY - timedelta(days=1))
    render = digest_job.render_mail

    def render_slowly(*arguments):
        rendered = render(*arguments)
        world.publish(a_call("1", "2026-09-01"), a_call("2", "2026-09-01"), at=MONDAY)
        return rendered

    with monkeypatch.context() as patch:
        patch.setattr(digest_job, "render_mail", render_slowly)
        first = world.week(MONDAY)
    second = world.week(MONDAY + WEEK)
    assert (len(mails_about(first, "Utlysning 1")), len(mails_about(first, "Utlysning 2"))) == (1, 0)
    assert (len(mails_about(second, "Utlysning 1")), len(mails_about(second, "Utlysning 2"))) == (0, 1)


def test_t14_no_empty_mail_and_no_empty_words(world):
    world.welcomed()
    bare = a_call("bar", title="Bara en rubrik", summary="Bara en rubrik.")
    world.publish(bare, at=MONDAY)
    world.match("bar", themes=(), words=())
    (mail,) = world.week(MONDAY)
    assert visible(mail).count("Bara en rubrik") == 1
    assert not re.search(r"\(\)|: \.|\bNone\b|””|: $", text_of(mail), re.MULTILINE)
    world.crawl(bare, at=MONDAY + WEEK)
    world.crawl(at=MONDAY + WEEK, source="feed")
    (quiet,) = world.week(MONDAY + WEEK)
    assert quiet["Subject"] == "Inget nytt vecka 24"
    assert "Alla 2 källor är lästa." in text_of(quiet)


def test_t15_the_same_thing_is_not_told_for_ever(world):
    world.welcomed()
    for number in range(8):
        world.publish(a_call("1", "2026-12-24"), a_call("2"), at=MONDAY + number * WEEK)
        world.week(MONDAY + number * WEEK)
    facts = world.facts()
    assert len(facts) == len(set(facts))
    assert [fact for call, fact in facts if call == "2"] == ["new", "deadline:"]


@pytest.mark.parametrize(
    "future",
    [
        a_call("f", "2026-12-01", opens=date(2026, 9, 1), stated_status=Status.FORTHCOMING),
        a_call("f", kind=Kind.EVENT, starts=datetime(2026, 11, 5, 9, tzinfo=STOCKHOLM)),
        a_call("f", kind=Kind.NEWS, published=datetime(2026, 6, 20, tzinfo=STOCKHOLM)),
    ],
    ids=["opens later", "event", "news dated ahead"],
)
def test_t16_a_date_ahead_is_told_once(world, future):
    world.welcomed()
    seen = 0
    for number in range(8):
        world.publish(future, at=MONDAY + number * WEEK)
        seen += len(mails_about(world.week(MONDAY + number * WEEK), "Utlysning f"))
    told = [fact for _, fact in world.facts() if fact in ("new", "coming", "opened")]
    assert len(told) == seen == 1


def test_t20_a_repaired_source_does_not_flood(world):
    world.welcomed()
    world.publish(*(a_call(f"p{i:03}", "2026-09-01") for i in range(100)), at=MONDAY)
    (mail,) = world.week(MONDAY)
    text = text_of(mail)
    assert len(re.findall(r"Utlysning p\d", text)) == 5
    assert "100 utlysningar från Källan portal" in text
    assert "De är många på en gång" in text
    assert mail["Subject"] == "Tema och 99 till: sök senast 1 september"
    assert "100 nya utlysningar." in text
    assert len(world.rows("SELECT DISTINCT call_id FROM digest_items WHERE shown = 'link'")) == 100
    assert mails_about(world.week(MONDAY + WEEK), "utlysningar från Källan") == []


def test_t20_a_new_source_is_explained(world):
    world.welcomed()
    world.publish(*(a_call(f"l{i}", "2026-09-01", source="leader") for i in range(7)), at=MONDAY, source="leader")
    (mail,) = world.week(MONDAY)
    assert "Källan är ny eller läses på nytt" in text_of(mail)
    assert "7 utlysningar från leader" in text_of(mail)


def test_t20_the_first_mail_is_a_welcome(world):
    world.publish(*(a_call(f"w{i:02}", "2026-09-01") for i in range(34)), at=MONDAY - WEEK)
    (mail,) = world.week(MONDAY)
    assert mail["Subject"] == "Välkommen! Tema och 33 till: sök senast 1 september"
    assert len(re.findall(r"^Utlysning w\d", text_of(mail), re.MULTILINE)) == 10, "ten with a card of their own"
    assert len(set(re.findall(r"Utlysning (w\d\d)", text_of(mail)))) == 10
    assert (
        "24 öppna utlysningar till finns på webben: https://eu.example.se/utskick/2026-W23-kultur-fritid?visa=resten"
        in text_of(mail)
    )
    assert mails_about(world.week(MONDAY + WEEK), "Nya utlysningar") == []


def test_t21_the_mail_is_never_cut_off(world):
    world.welcomed()
    words = "Ett långt stycke om vad utlysningen handlar om och vem som kan söka. " * 8
    calls = [
        a_call(f"{source}{i}", "2026-09-01", source=source, summary=words, title=f"Utlysning {source}{i} " + "ö" * 150)
        for source in ("portal", "feed")
        for i in range(20)
    ]
    for source in ("portal", "feed"):
        world.publish(*(call for call in calls if call.source == source), at=MONDAY, source=source)
    (mail,) = world.week(MONDAY)
    html = html_of(mail)
    assert len(html.encode()) <= SIZE_LIMIT
    assert len(text_of(mail).encode()) <= SIZE_LIMIT
    shown = dict(world.rows("SELECT shown, count(DISTINCT call_id) FROM digest_items GROUP BY shown"))
    assert shown["card"] + shown.get("line", 0) + shown.get("link", 0) == 40
    assert shown["card"] >= 10
    first_leave = html.index("/avsluta/")
    assert first_leave < html.index("Nya utlysningar"), "the way out stands near the top"
    assert html.rindex("/avsluta/") > html.index("Om det här mejlet")


def test_t22_text_and_html_are_each_whole(world):
    world.welcomed()
    long = 'Ett stycke med <a href="https://example.org/' + "x" * 300 + '">en länk</a> & mera. ' * 5
    world.publish(a_call("1", "2026-09-01", summary=long, sections=(Section(title="", text=long),)), at=MONDAY)
    (mail,) = world.week(MONDAY)
    tree = lxml_html.fromstring(html_of(mail))
    assert all(link.get("href").startswith(("https://example.org/1", "https://eu.example.se/")) for link in tree.iter("a"))
    assert "<p" not in text_of(mail)
    assert "&amp;" not in text_of(mail)
    words = set(re.findall(r"\w{4,}", visible(mail)))
    missing = words - set(re.findall(r"\w{4,}", re.sub(r"\s+", " ", text_of(mail)))) - {"Vad", "tycker"}
    assert {word for word in missing if word.lower() not in text_of(mail).lower()} == set()


def test_t23_view_all_shows_exactly_what_was_left_out(world):
    from monitor.archive.digests import digest_items

    world.config = world.config.model_copy(update={"digest": Digest(per_source=20)})
    world.welcomed()
    calls = [a_call(f"p{i:02}", "2026-09-01") for i in range(25)]
    known = a_call("gammal", "2026-09-01", opens=date(2026, 7, 1), stated_status=Status.FORTHCOMING)
    world.publish(known, at=MONDAY - timedelta(days=5))
    world.week(MONDAY)
    world.publish(replace(known, stated_status=Status.OPEN), *calls, at=MONDAY + timedelta(days=1))
    (mail,) = world.week(MONDAY + WEEK)
    assert "Se alla 25:" in text_of(mail)
    with world.archive() as archive:
        found = digest_items(archive.db, "2026-W24-kultur-fritid", "portal", "new", linked=True)
    assert {key for _, key in found} == {("portal", call.call_id) for call in calls}


HOSTILE = [
    "<script>alert(1)</script> Utlysning",
    "&lt;script&gt;alert(1)&lt;/script&gt; Utlysning",
    "Utlysning\r\nBcc: offer@example.org\r\n\r\nkropp",
    'Utlysning " onmouseover="alert(1)',
    "Utlysning \u202egnp.exe\u202c \u2066bak\u2069",
    "{{ 7 * 7 }} {% raw %} {n} Utlysning %s",
    "]]> --> <!-- <mj-text> </mj-text> Utlysning",
    "Utlysning \x00\x0b\ufffe\ud800 med styrtecken",
    "Utlysning " + "ö" * 490,
    "Utlysning 🇪🇺 👩🏽‍🚀 “citat” ’apostrof’",
]


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_t24_a_title_cannot_do_anything(tmp_path, title):
    world = World(tmp_path, departments={"kultur-fritid": 'Å & Ä <ö>\n"x"', "social": "Socialförvaltningen"})
    world.welcomed()
    title = title.encode("utf-8", "replace").decode()
    world.publish(a_call("1", "2026-09-01", title=title, url="javascript:alert(1)", summary=title + "."), at=MONDAY)
    (mail,) = world.week(MONDAY)
    tree = lxml_html.fromstring(html_of(mail))
    assert not list(tree.iter("script"))
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert all(link.get("href").startswith("https://eu.example.se/") for link in tree.iter("a"))
    assert "Utlysning" in visible(mail)
    assert 'Å & Ä <ö> "x"' in visible(mail)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Tema: sök senast 1 september"
    assert not set(visible(mail) + text_of(mail)) & set("\u202e\u202c\u2066\u2069\x00\x0b")
    if "&lt;" in title:
        assert "&lt;script&gt;" in visible(mail), "what was escaped by the publisher stays as it was written"
    for attachment in mail.iter_attachments():
        assert attachment.get_content_type() == "text/calendar"


def test_t26_readable_by_screen_readers(world):
    world.welcomed()
    world.publish(a_call("1", "2026-09-01", language="en", summary="Some words in English."), at=MONDAY)
    (mail,) = world.week(MONDAY)
    tree = lxml_html.fromstring(html_of(mail))
    assert tree.get("lang") == "sv"
    assert tree.findtext(".//title") == mail["Subject"]
    assert all(table.get("role") == "presentation" for table in tree.iter("table"))
    assert [heading.tag for heading in tree.iter("h1", "h2", "h3")][:3] == ["h1", "h2", "h3"]
    assert "Utlysning 1" in [part.text_content().strip() for part in tree.xpath("//*[@lang='en']")], "the publisher's title"
    assert "Some words in English." not in tree.text_content(), "a summary in the mail's language takes its place"
    names = [link.get("aria-label") or link.text_content().strip() for link in tree.iter("a")]
    assert all(names)
    assert "Läs utlysningen hos Källan portal (engelska) om Utlysning 1" in names
    assert not list(tree.iter("img"))
    assert 'http-equiv="refresh"' not in html_of(mail)
    assert not re.search(r"url\(|@import|<link", html_of(mail))


def test_t27_clock_changes_and_week_53(world):
    world.welcomed(datetime(2026, 3, 16, 7, tzinfo=STOCKHOLM))
    # Sunday 29 March 2026 and Sunday 25 October 2026 have 23 and 25 hours; 2026 has a week 53.
    for at in (
        datetime(2026, 3, 29, 2, 30, tzinfo=STOCKHOLM),
        datetime(2026, 3, 30, 0, 30, tzinfo=STOCKHOLM),
        datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=STOCKHOLM),
        datetime(2026, 10, 26, 7, tzinfo=STOCKHOLM),
        datetime(2026, 12, 28, 7, tzinfo=STOCKHOLM),
        datetime(2027, 1, 3, 23, 59, tzinfo=STOCKHOLM),
        datetime(2027, 1, 4, 0, 1, tzinfo=STOCKHOLM),
    ):
        world.digest(at)
    weeks = [row[0] for row in world.rows("SELECT week FROM digests WHERE department = 'kultur-fritid' ORDER BY created")]
    assert weeks == ["2026-W12", "2026-W13", "2026-W14", "2026-W43", "2026-W44", "2026-W53", "2027-W01"]


def test_t27_the_week_is_counted_in_stockholm(world):
    world.welcomed()
    sunday_in_utc = datetime(2026, 6, 7, 22, 30, tzinfo=UTC)
    assert world.digest(sunday_in_utc).week == "2026-W24"


def test_t28_a_change_does_not_silence_the_reminder(world):
    world.welcomed()
    call = a_call("1", "2026-07-20", budget=Budget(total=1_000_000))
    world.publish(call, at=MONDAY)
    world.week(MONDAY)
    changed = replace(call, budget=Budget(total=2_000_000), notices=(Notice(at=None, text="Nya frågor och svar."),))
    world.publish(changed, at=MONDAY + timedelta(days=2))
    (mail,) = mails_about(world.week(MONDAY + WEEK), "Utlysning 1")
    assert "Nytt belopp: 2 miljoner euro totalt (tidigare 1 miljon euro totalt)." in " ".join(text_of(mail).split())
    assert "Nya frågor och svar." in text_of(mail)
    sections = {}
    for number in range(2, 8):
        at = MONDAY + number * WEEK
        for mail in world.week(at):
            if "STÄNGER SNART" in text_of(mail):
                sections[number] = mail["Subject"]
    assert sorted(sections) == [3, 6], "the first Mondays within four weeks and within one"


def test_t29_the_mail_says_what_it_is_and_how_to_stop(world):
    world.crawl(at=MONDAY - WEEK)
    (mail,) = world.week(MONDAY)
    text = " ".join(text_of(mail).split())
    assert "får Kultur- och fritidsförvaltningen ett mejl i veckan" in text
    assert "Just nu är ingen utlysning öppen som vi tror passar er." in text
    assert "Adressen är anmäld som mottagare för Kultur- och fritidsförvaltningen." in text
    assert text.count("Ändra eller sluta få mejlen: https://eu.example.se/avsluta/") == 2


def test_moved_deadline_comes_first_with_old_and_new(world):
    world.welcomed()
    call = a_call("1", "2026-08-28")
    world.publish(call, at=MONDAY)
    world.week(MONDAY)
    world.publish(moved(call, "2026-09-25"), a_call("2", "2026-10-01"), at=MONDAY + timedelta(days=1))
    (mail,) = world.week(MONDAY + WEEK)
    text = " ".join(text_of(mail).split())
    assert "Nytt sista datum: fredag 25 september (tidigare fredag 28 augusti)." in text
    assert text.index("ny sista dag 25 sep") < text.index("NYA UTLYSNINGAR") < text.index("ÄNDRAT SEDAN FÖRRA MEJLET")
    assert mail["Subject"] == "Ny sista dag 25 september: Tema och 1 till"
