"""Rounds of grants: which lines of a page state a last day to apply, which grant they belong to, and keys that stay."""

import sys
from datetime import UTC, date, datetime

import pytest
from scrapy.http import HtmlResponse

from monitor.calls import DeadlineModel
from monitor.collect.reading import ParsedResponse
from monitor.collect.rounds import find_rounds, round_key, round_title, slug
from monitor.sources import Source
from tests.collect.test_pages import loader

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ROUNDS = sys.modules[loader().load("rounds").__module__]
URL = "https://x.se/kalender"


def grants(body, **fields):
    options = {"reference": date(2026, 11, 20), "language": "sv", "zone": "Europe/Stockholm", **fields}
    return find_rounds(f"<html><body><main><h1>Bidrag</h1>{body}</main></body></html>", URL, **options)


def found(body, **fields):
    return [
        (round_title(grant, item), item.opens and item.opens.isoformat(), item.deadline.at.date().isoformat())
        for grant in grants(body, **fields)
        for item in grant.rounds
    ]


def parsed(read, body, url=URL, **fields):
    row = {"id": "x", "kind": "rounds", "name": "X", "url": url, "language": "sv", **fields}
    result = ParsedResponse()
    page = f"<html lang='sv'><head><title>Bidrag 2027</title></head><body><main><h1>Bidrag 2027</h1>{body}</main></body></html>"
    read(result, HtmlResponse(url, body=page.encode()), Source.model_validate(row), NOW)
    return result


# Lines as authorities write them under the heading of a grant: the last day, or "" where the line is about something else.
LINES = (
    ("Sök: 15 december 2026–15 februari 2027", "2027-02-15"),
    ("Sök 1: 15 januari–15 februari 2027", "2027-02-15"),
    ("Begär ut: 1 februari–1 mars 2027", "2027-03-01"),
    ("Begär ut 2: 15 juni–15 juli 2027", "2027-07-15"),
    ("Begäran om utbetalning: 15 mars–15 april 2027", "2027-04-15"),
    ("Begäran om utbetalning 1: 15 mars–15 april 2027", "2027-04-15"),
    ("Ansökan: 15 januari–16 februari 2027", "2027-02-16"),
    ("Ansökan 1 september–1 oktober 2027", "2027-10-01"),
    ("Rekvisition: 1 september–1 oktober 2027", "2027-10-01"),
    ("Rekvirera: 1 mars–31 mars 2027", "2027-03-31"),
    ("Ansökningsperiod: 3 maj–1 juni 2027", "2027-06-01"),
    ("Sista ansökningsdag: 31 augusti 2027", "2027-08-31"),
    ("Sista dag att ansöka är den 30 april 2027", "2027-04-30"),
    ("Ansök senast 1 oktober 2027", "2027-10-01"),
    ("Öppnar 1 mars 2027 och stänger 31 mars 2027", "2027-03-31"),
    ("Ansökan är öppen 15 juni–1 oktober 2027.", "2027-10-01"),
    ("15 januari–15 februari 2027", "2027-02-15"),
    ("Deadline for applications: 1 October 2027, 12:00", "2027-10-01"),
    ("Redovisning: 15 december 2027–1 februari 2028", ""),
    ("Redovisa: 15 december 2027–1 februari 2028", ""),
    ("Bidragsramar: 12 november 2026", ""),
    ("Beslut: 30 juni 2027", ""),
    ("Beslut om utbetalning: maj 2027", ""),
    ("Begäran om utbetalning: beslut 12 mars 2027", ""),
    ("Utbetalning: augusti 2027", ""),
    ("Vem: kommunala och fristående huvudmän", ""),
    ("Bidraget har funnits sedan 2015 och omfattar 7 miljarder kronor.", ""),
    ("Senast granskad: 14 november 2026", ""),
    ("Webbinarium om bidraget den 3 december 2026", ""),
    ("Frågor besvaras till och med den 10 februari 2027", ""),
)


@pytest.mark.parametrize(("line", "day"), LINES)
def test_a_line_is_a_round_when_it_says_until_when_one_may_apply(line, day):
    days = [item[2] for item in found(f"<h2>Läromedel i småskolan</h2><p>{line}</p>")]
    assert days == ([day] if day else [])


def test_a_calendar_names_its_grants_above_their_days_and_says_who_may_apply():
    body = """<h2>Januari</h2>
    <p><strong>Mindre grupper 2027</strong><br>Begär ut 1: 15 januari–15 februari 2027<br>Vem: kommunala huvudmän</p>
    <p><a href="/b/laxor-2027">Läxor efter skolan 2027</a><br>Sök: 15 januari–16 februari 2027<br>Vem: organisationer</p>
    <h2>Juni</h2>
    <p><strong>Mindre grupper 2027</strong><br>Begär ut 2: 15 juni–15 juli 2027<br>Vem: kommunala huvudmän</p>"""
    assert found(body) == [
        ("Mindre grupper 2027: Begär ut 1", "2027-01-15", "2027-02-15"),
        ("Mindre grupper 2027: Begär ut 2", "2027-06-15", "2027-07-15"),
        ("Läxor efter skolan 2027", "2027-01-15", "2027-02-16"),
    ]
    calls = parsed(ROUNDS.read_calendar, body).calls
    assert [call.applicants for call in calls] == [("kommunala huvudmän",)] * 2 + [("organisationer",)]
    assert [call.call_id for call in calls] == [
        f"{URL}#mindre-grupper-2027-2027",
        f"{URL}#mindre-grupper-2027-begar-ut-2-2027",
        "https://x.se/b/laxor-2027",
    ]
    assert [call.url for call in calls] == [URL, URL, "https://x.se/b/laxor-2027"]
    assert {call.deadline_model for call in calls} == {DeadlineModel.SINGLE}


def test_the_publishers_names_of_applicants_have_plainer_words():
    body = "<h2>Läxor</h2><p>Sök: 15 januari–16 februari 2027<br>Vem: organisationer</p>"
    (call,) = parsed(ROUNDS.read_calendar, body, options={"applicants": {"organisationer": "ideella organisationer"}}).calls
    assert call.applicants == ("ideella organisationer",)


def test_headings_of_steps_belong_to_the_grant_above_them():
    body = """<h3>Sommarskola</h3><h4>Redovisning</h4><p>1 mars–1 april 2027</p>
    <h4>Ansökan</h4><p>3 maj–1 juni 2027</p>"""
    assert found(body) == [("Sommarskola", "2027-05-03", "2027-06-01")]


def test_rows_of_a_table_are_rounds_of_the_grant_in_their_first_cell():
    body = """<table><tr><th>Bidrag</th><th>Tid</th></tr>
    <tr><td><a href="/b/bad">Bad och bryggor</a></td><td>1 mars–31 mars 2027</td></tr>
    <tr><td><a href="/b/lek">Lek i parker</a></td><td>1 april–30 april 2027</td></tr></table>"""
    assert found(body) == [
        ("Bad och bryggor", "2027-03-01", "2027-03-31"),
        ("Lek i parker", "2027-04-01", "2027-04-30"),
    ]


def test_menus_forms_and_the_rest_of_the_page_are_no_rounds():
    body = """<nav><p>Ansök senast 1 oktober 2027</p></nav><form><p>Sök: 1 mars–31 mars 2027</p></form>
    <div class="lista"><h2>Fler träd</h2><p>Sök: 1 maj–31 maj 2027</p></div><aside><h2>Annat</h2><p>Sök: 1 juni 2027</p></aside>"""
    assert found(body) == [("Fler träd", "2027-05-01", "2027-05-31")]
    assert found(f"{body}<h2>Utanför</h2><p>Sök: 1 mars–31 mars 2027</p>", within=".lista") == [
        ("Fler träd", "2027-05-01", "2027-05-31")
    ]


def test_two_last_days_on_one_line_are_two_rounds():
    (grant,) = grants("<h2>Utbyte</h2><p>Sista ansökningsdagar 2027 är 1 februari och 1 oktober.</p>")
    assert [item.deadline.at.date() for item in grant.rounds] == [date(2027, 2, 1), date(2027, 10, 1)]
    assert len({round_key(grant, item, URL) for item in grant.rounds}) == 2


def test_a_moved_day_keeps_the_key_and_next_years_round_gets_another():
    def key(line):
        (grant,) = grants(f"<h2>Utbyte</h2><p>{line}</p>")
        return round_key(grant, grant.rounds[0], URL)

    assert key("Sök: 1 mars–31 mars 2027") == key("Sök: 1 mars–15 april 2027") != key("Sök: 1 mars–31 mars 2028")


def test_the_page_of_one_grant_gives_its_rounds_the_title_and_text_of_the_page():
    body = """<p>Bidraget är till för högre löner åt lärare som undervisar i småskolan.</p><h2>Viktiga datum</h2>
    <p>Begäran om utbetalning 1: 15 januari–15 februari 2027</p><p>Beslut om utbetalning: mars 2027</p>
    <p>Begäran om utbetalning 2: 15 juni–15 juli 2027</p>
    <h2>Vem kan söka?</h2><p>Kommunala huvudmän för förskola och skola. Bidraget är högst 90 000 kronor.</p>"""
    calls = parsed(ROUNDS.read_grant, body, "https://x.se/b/loner-2027", links="/b/").calls
    assert [(call.call_id, call.deadlines[0].at.date()) for call in calls] == [
        ("https://x.se/b/loner-2027", date(2027, 2, 15)),
        ("https://x.se/b/loner-2027#begaran-om-utbetalning-2-2027", date(2027, 7, 15)),
    ]
    assert calls[1].title == "Bidrag 2027: Begäran om utbetalning 2"
    assert all("högre löner" in call.body and "Kommunala huvudmän" in call.body for call in calls)
    assert "15 juni" not in calls[0].body
    assert "15 januari" not in calls[1].body


def test_the_page_of_a_grant_with_one_round_is_an_article():
    body = "<p>Kommuner kan söka bidrag till skuggande träd på skolgårdar.</p><p>Ansök senast 1 oktober 2027.</p>" * 2
    (call,) = parsed(ROUNDS.read_grant, body, "https://x.se/b/trad-2027", links="/b/").calls
    assert call.call_id == "https://x.se/b/trad-2027"
    assert call.deadlines[0].at.date() == date(2027, 10, 1)


def test_a_round_of_last_year_is_left_out_and_a_page_without_rounds_is_told():
    old = parsed(ROUNDS.read_calendar, "<h2>Utbyte</h2><p>Sök: 1 mars–31 mars 2026</p>")
    assert not old.calls
    assert list(old.left_out.values()) == ["stängde för länge sedan"]
    redesign = parsed(ROUNDS.read_calendar, "<p>Vi har en ny webbplats.</p>")
    assert [problem.kind.value for problem in redesign.problems] == ["layout"]
    assert parsed(ROUNDS.read_calendar, "<p>Just nu finns inga bidrag att söka.</p>").said_empty


def test_a_slug_has_plain_letters():
    assert slug("Begär ut 1: Å, Ä & Ö!") == "begar-ut-1-a-a-o"
