"""Correct a call's facts on its page: typed as people write, kept against later readings, and said to be the municipality's own."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime, time

import pytest
from lxml import html as lxml_html

from monitor.archive import open_archive
from monitor.archive.calls import load_call, load_uncorrected
from monitor.archive.digests import mail_body
from monitor.archive.runs import store_run
from monitor.calls import Budget, DeadlineModel
from monitor.digest.wording import HOME
from monitor.jobs.digest import build_digests
from monitor.jobs.match import match_archive
from monitor.web.views.corrections import read_moment
from tests.web.conftest import page_of, rows
from tests.web.sample import NOW, source_run

KEY = ("norden", "norden-007")
SAID = "Rättat av kommunen"


@pytest.fixture
def path(site):
    return page_of(site, *KEY)


def correct(coordinator, path, **values):
    return coordinator.post(f"{path}/ratta", {name.replace("__", "."): text for name, text in values.items()}, page=path)


def call_of(site):
    with open_archive(site.config.archive) as archive:
        return load_call(archive.db, *KEY)


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def field_value(html, name):
    """Return what the form's field shows."""
    (field,) = lxml_html.fromstring(html).xpath(f"//*[@id='ratta-{name}']")
    if field.tag == "select":
        return next(iter(field.xpath("./option[@selected]/@value")), "")
    return (field.text or "").strip() if field.tag == "textarea" else field.get("value")


@pytest.mark.parametrize(
    ("field", "typed", "stored", "said"),
    [
        ("budget.project_max", "1,5 miljoner", 1_500_000, "1,5 miljoner"),
        ("budget.project_max", "75 000", 75_000, "75 000"),
        ("budget.project_min", "10.000", 10_000, "10 000"),
        ("budget.total", "3 miljoner", 3_000_000, "3 miljoner"),
        ("budget.currency", "NOK", "NOK", "norska kronor"),
        ("budget.funder_share", "70", 70, "Högst 70 procent"),
        ("budget.own_share", "30 %", 30, "Minst 30 procent"),
        ("budget.funder_share", "66,5 %", 66, "Högst 66 procent"),
        ("budget.funder_share", "66.5", 66, "Högst 66 procent"),
        ("budget.own_share", "33,5 procent", 34, "Minst 34 procent"),
        ("budget.own_share", "33,0", 33, "Minst 33 procent"),
        ("terms.municipality", "som partner", "som partner", "Ja, som partner"),
        ("terms.municipality", "nej", "nej", "Nej"),
        ("terms.partners", "4", 4, "Minst 4 partner"),
        ("terms.countries", "3", 3, "3 länder"),
        ("terms.months", "12–36", [12, 36], "12–36 månader"),
        ("terms.months", "24 månader", [24, 24], "24 månader"),
        ("deadline_model", "two-stage", "two-stage", "Två steg"),
        ("opens", "1 juni 2026", "2026-06-01", "1 juni"),
        ("opens", "1/6 2026", "2026-06-01", "1 juni"),
        ("opens", "02/12 2026", "2026-12-02", "2 december"),
        ("applicants", "Kommuner\r\n\r\nSkolor", ["Kommuner", "Skolor"], "Kommuner; Skolor"),
        ("url", "https://ratt.example.org/a", "https://ratt.example.org/a", "https://ratt.example.org/a"),
    ],
)
def test_every_fact_is_corrected_with_its_own_field(coordinator, site, path, field, typed, stored, said):
    html = coordinator.get(path).text
    assert f'name="{field}"' in html
    assert SAID not in html.partition("<fieldset")[0]
    assert coordinator.post(f"{path}/ratta", {field: typed}, page=path).status_code == 303
    (row,) = rows(site, "corrections")
    assert (row[2], json.loads(row[3]), row[4]) == (field, stored, "samordnaren")
    text = words(coordinator.get(path).text)
    assert said in text
    assert f"{SAID} 20 maj" in text
    assert "rättat för hand" not in text


def test_the_form_shows_the_present_values(coordinator, path, site):
    html = coordinator.get(path).text
    call = call_of(site)
    assert field_value(html, "title") == call.title
    assert field_value(html, "kind") == "call"
    assert field_value(html, "deadline_model") == call.deadline_model.value
    assert field_value(html, "deadlines") == f"{call.deadlines[0].at.astimezone(HOME):%Y-%m-%d %H:%M}"
    correct(coordinator, path, budget__own_share="20", kind="news")
    html = coordinator.get(path).text
    assert (field_value(html, "budget-own_share"), field_value(html, "kind")) == ("20", "news")


def test_the_first_amount_of_a_call_needs_its_currency(coordinator, site):
    with open_archive(site.config.archive) as archive:
        plain = replace(load_call(archive.db, "norden", "norden-002"), call_id="utan-belopp", budget=Budget())
        store_run(archive.db, source_run("norden", "Norden", [plain], NOW), NOW)
    path = page_of(site, *plain.key)
    assert field_value(coordinator.get(path).text, "budget-currency") == ""
    answer = correct(coordinator, path, budget__project_max="1,5 miljoner")
    assert answer.status_code == 400
    assert "Välj beloppets valuta." in answer.text
    assert rows(site, "corrections") == []
    assert correct(coordinator, path, budget__project_max="1,5 miljoner", budget__currency="SEK").status_code == 303
    with open_archive(site.config.archive) as archive:
        budget = load_call(archive.db, *plain.key).budget
    assert (budget.project_max, budget.currency) == (1_500_000, "SEK")


def test_an_untouched_form_corrects_nothing(coordinator, site, path):
    html = coordinator.get(path).text
    shown = {name: field_value(html, name.replace(".", "-")) for name in re.findall(r'name="fore\.([a-z_.]+)"', html)}
    assert len(shown) > 15
    answer = coordinator.post(f"{path}/ratta", shown, page=path)
    assert answer.headers["location"].endswith("klart=lika#klart")
    assert rows(site, "corrections") == []


def test_other_names_in_the_form_change_nothing(coordinator, site, path):
    assert correct(coordinator, path, call_id="x", data="x", source="x", corrected="x").status_code == 303
    assert rows(site, "corrections") == []


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("budget.project_max", "mycket", "Vi förstod inte beloppet ”mycket”"),
        ("budget.total", "10 000–20 000 kronor", "Vi förstod inte beloppet"),
        ("budget.total", "0", "Beloppet är för stort eller noll"),
        ("budget.funder_share", "150", "Skriv en andel mellan 1 och 100 procent"),
        ("budget.funder_share", "0,5", "Skriv en andel mellan 1 och 100 procent"),
        ("budget.own_share", "100,5 %", "Skriv en andel mellan 0 och 100 procent"),
        ("budget.own_share", "en del", "Skriv en andel mellan 0 och 100 procent"),
        ("opens", "1/2/2027", "Vi förstod inte datumet"),
        ("opens", "2/13 2026", "Vi förstod inte datumet"),
        ("deadlines", "1/2 2027 kl. 25", "Vi förstod inte datumet"),
        ("terms.partners", "-2", "Skriv ett helt tal mellan 1 och 1000"),
        ("terms.months", "36–12", "Vi förstod inte projekttiden"),
        ("terms.municipality", "kanske", "Välj ett av alternativen"),
        ("programme", "finns-inte", "Välj ett av alternativen"),
        ("opens", "1 februari 2027 kl. 12", "Skriv bara dagen"),
        ("deadlines", "1 februari 3027", "Vi förstod inte datumet"),
        ("title", "", "Rubriken kan inte vara tom"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(coordinator, site, path, field, typed, said):
    answer = coordinator.post(f"{path}/ratta", {field: typed, "summary": "Ny text & mer", "place": "Eksjö"}, page=path)
    assert answer.status_code == 400
    name = field.replace(".", "-")
    beside = re.search(rf'id="ratta-{name}-fel">(.*?)</p>', answer.text)[1]
    assert said in beside
    assert field_value(answer.text, name) == typed or field.startswith(("terms.municipality", "programme"))
    assert (field_value(answer.text, "summary"), field_value(answer.text, "place")) == ("Ny text & mer", "Eksjö")
    assert '<details class="correct" id="ratta" open>' in answer.text
    assert f'action="{path}/ratta#ratta"' in answer.text
    assert rows(site, "corrections") == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"budget.project_min": "50 000", "budget.project_max": "10 000"}, "budget-project_min"),
        ({"budget.funder_share": "80", "budget.own_share": "30"}, "budget-own_share"),
        ({"deadline_model": "rolling"}, "deadline_model"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(coordinator, site, path, values, field):
    answer = coordinator.post(f"{path}/ratta", values, page=path)
    assert answer.status_code == 400
    assert f'id="ratta-{field}-fel"' in answer.text
    assert rows(site, "corrections") == []


def test_two_coordinators_at_once_see_each_others_correction(coordinator, site, path):
    before = field_value(coordinator.get(path).text, "title")
    correct(coordinator, path, title="Annas rubrik")
    answer = coordinator.post(
        f"{path}/ratta", {"title": "Bos rubrik", "fore.title": before, "place": "Eksjö", "fore.place": ""}, page=path
    )
    assert answer.status_code == 400
    assert "Uppgiften ändrades medan du skrev, till ”Annas rubrik”" in answer.text
    assert field_value(answer.text, "title") == "Bos rubrik"
    assert [row[2] for row in rows(site, "corrections")] == ["title"]
    again = re.search(r'name="fore.title" value="([^"]*)"', answer.text)[1]
    assert coordinator.post(f"{path}/ratta", {"title": "Bos rubrik", "fore.title": again}, page=path).status_code == 303
    assert call_of(site).title == "Bos rubrik"


def test_the_sources_own_value_takes_a_correction_back(coordinator, site, path):
    before = field_value(coordinator.get(path).text, "title")
    correct(coordinator, path, title="Annan rubrik", budget__grants="7")
    correct(coordinator, path, title=before, budget__grants="")
    assert rows(site, "corrections") == []


def test_a_fact_that_the_call_does_not_state_is_emptied(coordinator, site, path):
    with open_archive(site.config.archive) as archive:
        assert load_call(archive.db, *KEY).deadlines
    correct(coordinator, path, deadlines="")
    assert (call_of(site).deadlines, call_of(site).deadline_model) == ((), DeadlineModel.UNKNOWN)
    assert "Sista dag : Står inte" in words(coordinator.get(path).text)


def test_a_second_last_day_and_two_steps_are_understood(coordinator, site, path):
    correct(coordinator, path, deadlines="1 februari 2027 kl. 12\r\n2027-06-01", deadline_model="two-stage")
    call = call_of(site)
    assert [(deadline.stage, deadline.text, deadline.precision.value) for deadline in call.deadlines] == [
        (1, "", "minute"),
        (2, "", "day"),
    ]
    text = words(coordinator.get(path).text)
    assert "Utgivarens ord" not in text.partition("Datum")[2].partition("Vad utgivaren")[0]


def test_corrections_survive_later_readings_and_matches_and_stand_in_mails_and_files(coordinator, site, path):
    """Correct facts, read the source again with other facts, match, build the mail and export."""
    values = {
        "deadlines": "1 februari 2027 kl. 12.00",
        "budget.project_max": "75 000",
        "budget.own_share": "25",
        "budget.funder_share": "75",
        "terms.municipality": "som partner",
        "terms.partners": "4",
        "terms.countries": "3",
    }
    assert coordinator.post(f"{path}/ratta", values, page=path).status_code == 303
    with open_archive(site.config.archive) as archive:
        read = load_uncorrected(archive.db, *KEY)
        sections = (replace(read.sections[0], text="Kommuner kan inte söka. Minst 9 partner från 8 länder."), *read.sections[1:])
        later = replace(read, deadlines=(), budget=replace(read.budget, project_max=5, funder_share=10), sections=sections)
        store_run(archive.db, source_run("norden", "Norden", [later], NOW), NOW)
        assert load_uncorrected(archive.db, *KEY).budget.project_max == 5
        match_archive(archive, site.rules, NOW)
        archive.db.execute("DELETE FROM digest_items")
        build_digests(site.config, archive, NOW, rules=site.rules)
        texts = archive.db.execute("SELECT digest, text FROM renderings WHERE digest LIKE '2026-W21-%'").fetchall()
        digests = [digest for digest, text in texts if "1 februari 2027" in words(text)]
        assert digests
        mail = words(mail_body(archive.db, digests[0], "sv").rendering.text)
        (stored,) = {row[0] for row in archive.db.execute("SELECT fit_card FROM matches WHERE source = ? AND call_id = ?", KEY)}
    assert json.loads(stored)["municipality"] == "som partner"
    card = mail.partition(call_of(site).title)[2]
    for said in (
        "1 februari 2027 kl. 12.00",
        "75 000",
        "högst 75 procent, ni minst 25",
        "som partner",
        "Minst 4 partner från 3 länder",
    ):
        assert said in card, said
    assert "Rättat av kommunen 20 maj: sista dag, högst per projekt, finansiärens andel, egen andel" in mail
    page = words(coordinator.get(path).text)
    assert page.count(f"{SAID} 20 maj") > 4
    table = csv.DictReader(io.StringIO(coordinator.get("/sok.csv?kalla=norden").text.removeprefix("\ufeff")), delimiter=";")
    (row,) = [row for row in table if row["I arkivet"].endswith(path)]
    assert row["Sista dag"] == "2027-02-01 12:00"
    assert (row["Högst per projekt"], row["Ni betalar minst (procent)"]) == ("75000", "25")
    assert "Sista dag (2026-05-20)" in row[SAID]
    assert "Kan vi söka (2026-05-20)" in row[SAID]


def test_one_corrected_share_leaves_the_other_to_the_text(coordinator, site, path):
    with open_archive(site.config.archive) as archive:
        read = load_uncorrected(archive.db, *KEY)
        sections = (replace(read.sections[0], text="Bidraget är högst 60 procent av kostnaderna."),)
        store_run(archive.db, source_run("norden", "Norden", [replace(read, sections=sections)], NOW), NOW)
    assert "Högst 60 procent" in words(coordinator.get(path).text)
    correct(coordinator, path, budget__own_share="15")
    text = words(coordinator.get(path).text)
    assert "Högst 60 procent" in text
    assert "Minst 15 procent" in text


def test_the_page_says_in_english_what_was_corrected(coordinator, path):
    correct(coordinator, path, title="A better title", terms__municipality="ja")
    text = words(coordinator.get(f"{path}?lang=en").text)
    assert "Title corrected by the municipality" in text
    assert "The municipality has found out by itself" in text
    assert "Rättat" not in text.partition("För samordnaren")[0]


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("1/3 2027", "2027-03-01T23:59:59"),
        ("2/12 2026", "2026-12-02T23:59:59"),
        ("1/2 2027 kl 12:00", "2027-02-01T12:00"),
        ("1/2 2027 kl. 9", "2027-02-01T09:00"),
        ("31/1-2027, klockan 16.30", "2027-01-31T16:30"),
        ("15/3 2027 17.00", "2027-03-15T17:00"),
    ],
)
def test_a_day_with_a_slash_is_read_in_the_swedish_order(typed, at):
    day, clock = read_moment(typed)
    assert datetime.combine(day, clock or time(23, 59, 59)) == datetime.fromisoformat(at)
