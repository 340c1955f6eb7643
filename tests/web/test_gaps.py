"""Gaps page: calls that went to nobody, near misses, and items left out that are taken back with a button."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.calls import load_call
from monitor.archive.left_out import LeftOutItem, list_left_out, store_left_out
from monitor.archive.runs import store_run
from monitor.archive.unmatched import count_unread, list_unmatched
from monitor.calls import CallKey
from monitor.jobs.match import match_archive
from monitor.jobs.note import write_note
from tests.web.conftest import page_of
from tests.web.sample import NOW, source_run

NOBODYS = CallKey("norden", "skidor")


def calls_to_nobody(call):
    section = replace(call.sections[0], text="Kommuner kan söka.")
    plain = {
        "summary": "",
        "sections": (section,),
        "programme": "",
        "applicants": ("Kommuner",),
        "keywords": (),
        "parent_title": "",
    }
    return [
        replace(call, call_id="skidor", title="Stöd till frimärkssamlingar", identifier="", **plain),
        replace(
            call,
            call_id="enskild",
            title="Stöd till frimärkssamlingar för privatpersoner",
            **{**plain, "applicants": ("Bara privatpersoner",)},
        ),
    ]


@pytest.fixture
def archive(site):
    with open_archive(site.config.archive) as archive:
        call = load_call(archive.db, "norden", "norden-003")
        store_run(archive.db, source_run("norden", "Norden", calls_to_nobody(call), NOW), NOW)
        match_archive(archive, site.rules, NOW)
        yield archive


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def test_a_call_to_apply_for_that_nobody_got_is_on_the_list_in_the_facet_and_in_the_note(coordinator, site, archive):
    assert NOBODYS in [found.call.key for found in list_unmatched(archive.db, NOW)]
    html = coordinator.get("/samordna/ingen").text
    assert "Stöd till frimärkssamlingar" in html
    assert "Kan vi söka: ja" in words(html)
    found = coordinator.get("/sok.json", params={"forvaltning": "ingen"}).json()["hits"]
    assert page_of(site, *NOBODYS) in [hit["page"].removeprefix("http://127.0.0.1:8001") for hit in found]
    assert all(not hit["departments"] for hit in found)
    assert "Ingen" in words(coordinator.get("/sok").text).partition("Förvaltning")[2].partition("Ämne")[0]
    (line,) = [text for text in write_note(site.config, archive, NOW).paragraphs if "gick till ingen" in text]
    assert "Stöd till frimärkssamlingar" in line
    assert "/samordna/ingen" in line
    assert not [
        text for text in write_note(site.config, archive, NOW + timedelta(days=9)).paragraphs if "gick till ingen" in text
    ]


def test_a_call_that_others_alone_may_apply_for_is_not_missed(coordinator, archive):
    keys = [found.call.key for found in list_unmatched(archive.db, NOW)]
    assert CallKey("norden", "enskild") not in keys


def test_a_call_leaves_the_list_when_it_reaches_a_department_or_closes(archive, site):
    call = load_call(archive.db, *NOBODYS)
    assert NOBODYS not in [found.call.key for found in list_unmatched(archive.db, NOW + timedelta(days=4000))]
    store_run(archive.db, source_run("norden", "Norden", [replace(call, title="Ungdomsutbyten för unga i kommuner")], NOW), NOW)
    match_archive(archive, site.rules, NOW)
    assert NOBODYS not in [found.call.key for found in list_unmatched(archive.db, NOW)]


def test_a_near_miss_names_theme_department_and_points(coordinator, site, archive):
    call = load_call(archive.db, *NOBODYS)
    section = replace(call.sections[0], text="Ungdomar. Kommuner kan söka.")
    store_run(archive.db, source_run("norden", "Norden", [replace(call, sections=(section,))], NOW), NOW)
    match_archive(archive, site.rules, NOW)
    found = next(found for found in list_unmatched(archive.db, NOW) if found.call.key == NOBODYS)
    assert found.theme
    assert 0 < found.points < found.threshold
    assert f'href="/regler/{found.theme}"' in coordinator.get("/samordna/ingen").text


def test_calls_for_departments_without_a_reader_are_counted_until_one_is_added(coordinator, site):
    shown = words(coordinator.get("/samordna/ingen").text)
    _, _, rest = shown.partition("Förvaltningar vars mejl ingen får just nu")
    settings = site.config.path.read_text("utf-8")
    silent = {row.id for row in site.rules.departments.values() if row.enabled and f'department = "{row.id}"' not in settings}
    with open_archive(site.config.archive) as archive:
        counted = count_unread(archive.db, NOW, silent)
        matched = {row[0] for row in archive.db.execute("SELECT DISTINCT department FROM matches")}
        everyone = count_unread(archive.db, NOW, matched)
    assert sum(counted.values()) < sum(everyone.values()), "calls that somebody reads are not among them"
    for department, calls in counted.items():
        assert f"{site.rules.departments[department].name} {calls} utlysning" in rest
    reader = next(iter(counted))
    coordinator.post(
        "/samordna/mottagare", {"gor": "lagg-till", "epost": "ny@example.se", "forvaltning": reader}, page="/samordna/mottagare"
    )
    _, _, rest = words(coordinator.get("/samordna/ingen").text).partition("Förvaltningar vars mejl ingen får just nu")
    assert f"{site.rules.departments[reader].name} {counted[reader]} utlysning" not in rest


@pytest.fixture
def aside(site):
    with open_archive(site.config.archive) as archive, archive.db.atomic():
        call = load_call(archive.db, "norden", "norden-001")
        item = replace(call, call_id="https://example.org/kurs", title="Kurs i projektledning", url="https://example.org/kurs")
        store_left_out(archive.db, "norden", {}, {item.call_id: LeftOutItem("en kurs", item)}, NOW)
    return item


def test_what_was_left_out_is_taken_back_and_left_out_again_with_a_button(coordinator, site, aside):
    text = words(coordinator.get("/samordna/ingen").text)
    assert "Kurs i projektledning" in text
    assert "en kurs" in text
    form = {"kalla": "norden", "nyckel": aside.call_id}
    answer = coordinator.post("/samordna/ingen/utanfor", {**form, "gor": "tillbaka"}, page="/samordna/ingen")
    assert answer.headers["location"] == "/samordna/ingen?klart=tillbaka"
    assert coordinator.get(page_of(site, "norden", aside.call_id)).status_code == 200
    assert site.jobs.rematched == 1
    with open_archive(site.config.archive) as archive:
        later = source_run("norden", "Norden", [load_call(archive.db, "norden", "norden-001")], NOW)
        store_run(archive.db, replace(later, left_out={aside.call_id: LeftOutItem("en kurs", aside)}), NOW)
        assert list_left_out(archive.db, "norden")[0].taken_back
        assert archive.db.execute("SELECT vanished_at FROM calls WHERE call_id = ?", [aside.call_id]).fetchone() == (None,)
    coordinator.post("/samordna/ingen/utanfor", {**form, "gor": "utanfor"}, page="/samordna/ingen")
    with open_archive(site.config.archive) as archive:
        assert list_left_out(archive.db, "norden")[0].taken_back is None


def test_the_question_why_offers_the_coordinator_to_take_it_back(browser, aside):
    assert "Ta tillbaka den" not in browser.get("/hitta", params={"vad": aside.url}).text
    browser.log_in()
    page = f"/hitta?vad={aside.url}"
    assert "Ta tillbaka den" in browser.get(page).text
    form = {"kalla": "norden", "nyckel": aside.call_id, "gor": "tillbaka"}
    assert browser.post("/samordna/ingen/utanfor", form, page=page).status_code == 303


def test_a_call_is_left_out_on_its_page_and_taken_back(coordinator, site):
    path = page_of(site, "norden", "norden-004")
    button = re.search(r'<form method="post" action="/samordna/ingen/utanfor".*?</form>', coordinator.get(path).text, re.DOTALL)[
        0
    ]
    form = dict(re.findall(r'name="(kalla|nyckel|gor)" value="([^"]+)"', button))
    assert form == {"kalla": "norden", "nyckel": "norden-004", "gor": "utanfor"}
    answer = coordinator.post("/samordna/ingen/utanfor", form, page=path)
    assert answer.headers["location"] == "/samordna/ingen?klart=utanfor"
    assert site.jobs.rematched == 1
    shown = coordinator.get(path).text
    assert "Lämnad utanför av kommunen" in shown
    assert "Borta hos utgivaren" not in shown
    assert "Ingen utlysning?" not in shown
    title = load_title(site, "norden", "norden-004")
    assert title in words(coordinator.get(answer.headers["location"]).text).partition("Läst men lämnat utanför")[2]
    coordinator.post("/samordna/ingen/utanfor", {**form, "gor": "tillbaka"}, page="/samordna/ingen")
    assert "Lämnad utanför" not in coordinator.get(path).text.partition("Vad som har hänt")[0]


@pytest.mark.parametrize("form", [{}, {"kalla": "norden", "nyckel": "finns-inte", "gor": "tillbaka"}])
def test_an_item_that_is_gone_is_answered_in_words(coordinator, form):
    answer = coordinator.post("/samordna/ingen/utanfor", form, page="/samordna")
    assert answer.status_code == 400
    assert "finns inte längre" in answer.text


def test_only_the_coordinator_sees_it(browser):
    assert browser.get("/samordna/ingen").status_code == 302
    assert browser.request("POST", "/samordna/ingen/utanfor", data={"kalla": "norden"}).status_code == 403


def test_a_call_that_is_part_of_a_story_is_said_to_be_on_its_page(coordinator, site):
    path = page_of(site, "ungdom", "ungdom-000")
    lead = load_title(site, "norden", "norden-000")
    coordinator.post(f"{path}/foga", {"med": "norden/norden-000"}, page=path)
    assert f"Den är samma sak som ”{lead}”" in words(coordinator.get(path).text)


def load_title(site, *key):
    with open_archive(site.config.archive) as archive:
        return load_call(archive.db, *key).title
