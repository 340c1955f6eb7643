"""Sources in the browser: switched off and on, another address, tried with an advice, and added by pasting an address."""

import html
import re
import tomllib
from dataclasses import replace

import pytest

from monitor.archive.findings import RowFinding, store_finding
from monitor.archive.runs import write_health
from monitor.archive.source_checks import StoredCheck, store_checks
from monitor.config import load_config
from monitor.errors import SourceError
from tests.web.test_settings import change, file_of, form_of, send

NEW = "/samordna/kallor/ny"
FEED = "https://nyheter.example.se/flode.xml"


def check_answer(**more):
    item = {
        "title": "Stöd till lekplatser",
        "url": "https://nyheter.example.se/1",
        "kind": "call",
        "found": {"summary": "Kommuner kan söka.", "deadlines": "2026-08-01 (”1 augusti”)"},
        "missing": ["budget"],
    }
    empty = {"problems": [], "advice": [], "remedies": [], "left_out": [], "skipped": []}
    return {**empty, "items": [item], "fields": {"summary": 1}, **more}


def found_row(kind="feed", **more):
    return {
        "row": {"id": "ny", "kind": kind, "name": "Exempelnytt", "url": FEED, "language": "sv", **more},
        "check": check_answer(),
        "sure": False,
        "doubts": ["Bara en post gick att läsa."],
        "way": "flöde som sidan anger",
        "ahead": 1,
        "newest": "2026-05-18",
    }


def plain(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_a_source_of_ones_own_is_switched_off_and_on_in_its_own_row(coordinator, site):
    before = file_of(site).read_text("utf-8")
    reviewed, saved = change(coordinator, "/samordna/kallor/norden", enabled="nej")
    assert "Läses ja blir nej" in plain(reviewed)
    assert "finns kvar i arkivet" in plain(reviewed)
    assert saved.status_code == 303
    assert load_config(file_of(site)).source("norden").enabled is False
    row = next(part for part in file_of(site).read_text("utf-8").split("[[source]]") if 'id = "norden"' in part)
    assert "enabled = false" in row
    listed = coordinator.get("/samordna/kallor").text
    assert re.search(r"Avstängda.*Nordiska ministerrådet", listed, re.DOTALL)
    change(coordinator, "/samordna/kallor/norden", enabled="ja")
    assert load_config(file_of(site)).source("norden").enabled
    assert file_of(site).read_text("utf-8").replace("enabled = true\n", "", 1) == before


def test_the_list_is_narrowed_by_words_and_by_what_needs_a_look(coordinator, site):
    change(coordinator, "/samordna/kallor/norden", enabled="nej")
    everything = coordinator.get("/samordna/kallor").text
    found = coordinator.get("/samordna/kallor?q=NORDISKA+ministerr%C3%A5det").text
    assert [text for text in (everything, found) if "funding-tenders" in text] == [everything]
    named = [one for one in site.config.sources if "nordiska ministerrådet" in f"{one.name} {one.publisher}".casefold()]
    assert set(re.findall(r'href="/samordna/kallor/([\w-]+)"', found)) - {"ny"} == {one.id for one in named}
    assert f" av {len(site.config.sources)}. Visa alla" in plain(coordinator.get("/samordna/kallor?q=norden"))
    assert "0 källor av" in plain(coordinator.get("/samordna/kallor?q=finnsinte"))
    own = set(re.findall(r'href="/samordna/kallor/([\w-]+)"', coordinator.get("/samordna/kallor?visa=egna").text)) - {"ny"}
    assert own == {row["id"] for row in tomllib.loads(file_of(site).read_text("utf-8"))["source"]}
    with site.archive.writing() as db:
        db.execute("UPDATE sources SET state = 'failed' WHERE id = 'kultur'")
    failed = coordinator.get("/samordna/kallor?visa=atgard").text
    listed = set(re.findall(r'href="/samordna/kallor/([\w-]+)"', failed))
    assert "kultur" in listed
    assert "norden" not in listed
    assert coordinator.get("/samordna/kallor?visa=nonsens&q=%22%3E%3Cb%3E").status_code == 200


def test_the_installation_is_no_source_of_its_own(coordinator, site):
    address = f"{site.config.municipality.base_url}/nytt.xml"
    answer = coordinator.post(NEW, {"gor": "las", "adress": address}, page=NEW)
    assert answer.status_code == 400
    assert "egen adress" in answer.text
    assert address in answer.text, "nothing typed is lost"


def test_a_shipped_source_is_changed_under_its_id(coordinator, site):
    shipped = next(one for one in site.config.sources if not one.enabled and one.kind == "feed")
    change(coordinator, f"/samordna/kallor/{shipped.id}", enabled="ja", url="https://ny.example.se/flode")
    config = load_config(file_of(site))
    assert config.source(shipped.id) == shipped.model_copy(update={"enabled": True, "url": "https://ny.example.se/flode"})
    assert [one for one in config.sources if one.id != shipped.id] == [
        one for one in load_config(file_of(site)).sources if one.id != shipped.id
    ]
    assert f"[sources.{shipped.id}]" in file_of(site).read_text("utf-8")


def test_wrong_values_of_a_source_stand_beside_their_fields(coordinator, site):
    reviewed, _ = change(coordinator, "/samordna/kallor/norden", url="norden", every="0", publishes=[])
    for name, problem in (("url", "Skriv en adress som börjar med https://."), ("every", "Skriv minst 1.")):
        assert f'id="fel-{name}" role="alert">{problem}<' in reviewed.text
    assert 'id="fel-publishes"' in reviewed.text
    assert form_of(reviewed)["url"] == ["norden"]


@pytest.mark.parametrize(
    "pasted",
    [
        FEED.replace("https", "HTTPS"),
        f"  {FEED} ",
        f"\r\n{FEED}\r\n",
        f"\u00a0{FEED}\u200b",
        FEED.replace("https", "Https"),
        FEED[8:],
    ],
)
def test_an_address_is_read_as_it_was_pasted(coordinator, site, pasted):
    site.jobs.checks[FEED] = {"address": FEED, "problems": [], "rows": [found_row()]}
    assert "Flöde: Exempelnytt" in plain(coordinator.post(NEW, {"adress": pasted, "gor": "las"}, page=NEW))
    assert site.jobs.checked[-1] == (FEED, {})


def test_an_address_is_read_shown_field_by_field_reviewed_and_saved_as_a_row(coordinator, site):
    site.jobs.checks[FEED] = {"address": FEED, "problems": [], "rows": [found_row()]}
    shown = coordinator.post(NEW, {"adress": FEED, "gor": "las"}, page=NEW)
    words = plain(shown)
    assert "Flöde: Exempelnytt" in words
    assert "osäker Hittad via flöde som sidan anger." in words
    assert "Bara en post gick att läsa." in words
    assert "1 post skulle sparas" in words.replace("\u00a0", " ")
    assert "Utlysning: Stöd till lekplatser" in words
    assert "sista ansökningsdag 2026-08-01" in words
    assert "hittades inte pengar" in words
    chosen = re.search(r"<form method=\"post\" action=\"/samordna/kallor/ny\">(.*?)</form>", shown.text, re.DOTALL)[1]
    values = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', chosen):
        values.setdefault(name, []).append(html.unescape(value))
    before = file_of(site).read_text("utf-8")
    reviewed = send(coordinator, NEW, values, "granska")
    assert "Namn inget blir Exempelnytt" in plain(reviewed)
    assert file_of(site).read_text("utf-8") == before
    again = form_of(reviewed) | {"name": ["Exempelnytt i länet"]}
    assert again["kind"] == ["feed"]
    saved = send(coordinator, NEW, again, "spara")
    assert saved.headers["location"] == "/samordna/kallor?klart=sparat"
    source = load_config(file_of(site)).source("exempelnytt-i-lanet")
    assert (source.kind, source.name, source.url, source.language) == ("feed", "Exempelnytt i länet", FEED, "sv")
    written = file_of(site).read_text("utf-8")
    added = written.split("[[source]]")[-1]
    assert added.startswith('\nid = "exempelnytt-i-lanet"\nkind = "feed"\nname = "Exempelnytt i länet"\nurl = "')
    assert len(added.partition("[")[0].split("\n\n")[0].strip().splitlines()) == 8, (
        "five lines, and that a person has tried the address, and when"
    )
    assert site.jobs.checked == [(FEED, {})], "the address was read once"


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "Klistra in en adress"),
        ("javascript:alert(1)", "Klistra in en adress"),
        ("https://a b", "Klistra in en adress"),
        ("https://a.example/å b", "Klistra in en adress i taget, utan mellanslag eller radbrytning inne i den."),
        ("https://a.example/x\r\nhttps://b.example/y", "Klistra in en adress i taget"),
        ("https://a.example/x\u00a0y", "Klistra in en adress i taget"),
        ("a.example/x y", "Klistra in en adress i taget"),
        ("FTP://a.example/", "Klistra in en adress som börjar med https://."),
        ("https://norden.example.org/", "Adressen läses redan: Nordiska ministerrådet."),
    ],
)
def test_an_address_that_is_none_or_is_read_already_is_refused_beside_its_field(coordinator, site, address, problem):
    answer = coordinator.post(NEW, {"adress": address, "gor": "las"}, page=NEW)
    assert answer.status_code == 400
    assert re.search(rf'id="fel-adress" role="alert">{re.escape(problem)}', html.unescape(answer.text))
    assert site.jobs.checked == []


def test_an_address_that_gives_nothing_says_why_and_keeps_what_was_typed(coordinator, site):
    site.jobs.checks[FEED] = {"address": FEED, "problems": ["Sidan finns inte längre (HTTP 404)."], "rows": []}
    answer = coordinator.post(NEW, {"adress": FEED, "gor": "las"}, page=NEW)
    assert answer.status_code == 400
    assert "Sidan finns inte längre (HTTP 404)." in answer.text
    assert f'value="{FEED}"' in answer.text


def test_only_kinds_that_an_address_tells_can_be_added(coordinator, site):
    before = file_of(site).read_text("utf-8")
    answer = coordinator.post(NEW, {"kind": "portal", "name": "X", "url": FEED, "gor": "spara"}, page=NEW)
    assert answer.status_code == 400
    assert file_of(site).read_text("utf-8") == before


def test_a_broken_source_is_tried_with_its_advice_and_saved_with_it(coordinator, site):
    remedy = {"text": "Sidan anger ett flöde.", "change": {"url": FEED, "kind": "page"}}
    broken = check_answer(
        items=[],
        problems=[{"class": "not-a-feed", "text": "Svarade med en webbsida."}],
        advice=[remedy["text"]],
        remedies=[remedy],
    )
    site.jobs.checks["norden"] = broken
    path = "/samordna/kallor/norden"
    shown = coordinator.post(f"{path}/prova", page=path)
    assert "Svarade med en webbsida." in shown.text
    button = re.search(r'<form method="post" action="/samordna/kallor/norden/prova" class="row">(.*?)</form>', shown.text)[1]
    values = dict(re.findall(r'name="(andra\.[a-z]+)" value="([^"]*)"', button))
    assert values == {"andra.url": FEED, "andra.kind": "page"}
    site.jobs.checks["norden"] = check_answer()
    tried = coordinator.post(f"{path}/prova", values, page=path)
    assert site.jobs.checked[-1] == ("norden", {"url": FEED, "kind": "page"})
    assert "Stöd till lekplatser" in tried.text
    assert form_of(tried)["url"] == [FEED]
    assert send(coordinator, path, form_of(tried), "spara").status_code == 303
    source = load_config(file_of(site)).source("norden")
    assert (source.url, source.kind) == (FEED, "page"), "the whole of the advice"


def test_a_kind_that_is_one_publishers_own_cannot_be_chosen_away(coordinator, site):
    portal = next(source for source in site.config.sources if source.kind == "portal")
    assert "kind" not in form_of(coordinator.get(f"/samordna/kallor/{portal.id}"))
    refused, _ = change(coordinator, "/samordna/kallor/norden", kind="portal")
    assert 'id="fel-kind" role="alert">Välj något i listan.<' in refused.text


def test_a_reading_that_fails_says_so_on_the_sources_page(coordinator, site, monkeypatch):
    def fail(self, source, change):
        raise SourceError("", "En annan läsning pågår. Försök igen om en minut.")

    monkeypatch.setattr(type(site.jobs), "check_source", fail)
    answer = coordinator.post("/samordna/kallor/norden/prova", page="/samordna/kallor/norden")
    assert answer.status_code == 200
    assert "En annan läsning pågår." in answer.text


def test_what_was_found_on_the_site_of_a_lost_source_is_shown_and_taken_with_one_click(coordinator, site):
    source = site.config.source("norden")
    sample = {
        "items": 4,
        "ahead": 3,
        "newest": None,
        "sure": False,
        "doubts": ["Kan vara något annat."],
        "way": "sajtkartan",
        "titles": ["Stöd till <b>lekplatser</b>"],
    }
    found = RowFinding(
        "norden",
        "2026-05-19T02:30:00+00:00",
        source.url,
        {"kind": "page", "url": f"{source.url}ny/", "links": "/ny/[^/]+"},
        sample,
    )
    with site.archive.writing() as db:
        store_finding(db, found)
    assert "förslag finns" not in plain(coordinator.get("/samordna/kallor")), "it works"
    with site.archive.writing() as db:
        write_health(db, "norden", "gone", "Sidan finns inte längre (HTTP 404).", site.clock())
    path, before = "/samordna/kallor/norden", file_of(site).read_text("utf-8")
    shown = coordinator.get(path)
    assert "förslag finns" in plain(coordinator.get("/samordna/kallor"))
    assert "Hittat på samma webbplats" in plain(shown)
    assert "Stöd till &lt;b&gt;lekplatser" in shown.text or "Stöd till lekplatser" in shown.text
    assert "Kan vara något annat." in plain(shown)
    assert "Källan gav inget, så" in plain(shown)
    with site.archive.writing() as db:
        write_health(db, "norden", "fields", "Ingen av 6 poster har längre sista ansökningsdag.", site.clock())
    poorer = plain(coordinator.get(path))
    assert "Källans poster saknar något som de förr hade, så" in poorer
    assert "Källan gav inget" not in poorer
    assert coordinator.get(f"{path}/ta").status_code in (404, 405), "nothing acts on GET"
    assert file_of(site).read_text("utf-8") == before
    taken = coordinator.post(f"{path}/ta", page=path)
    assert taken.headers["location"] == f"{path}?klart=sparat"
    now = load_config(file_of(site)).source("norden")
    assert (now.kind, now.url, now.links, now.address, now.confirmed_by) == (
        "page",
        f"{source.url}ny/",
        "/ny/[^/]+",
        "confirmed",
        "person",
    )
    assert now.name == source.name
    assert coordinator.post(f"{path}/ta", page=path).status_code == 409, "it is taken once"
    assert "Hittat på samma webbplats" not in coordinator.get(path).text


def test_a_source_says_when_its_address_was_seen_and_what_the_installation_found_itself(coordinator, site):
    source = site.config.source("norden")
    path = "/samordna/kallor/norden"
    assert "det har ingen kontrollerat. Öppna den" in plain(coordinator.get(path))
    at = "2026-05-18T08:00:00+00:00"
    check = StoredCheck(source="norden", at=at, url=source.url, way="reading", verdict="thin", items=1)
    with site.archive.writing() as db:
        store_checks(db, [check])
    words = plain(coordinator.get(path)).replace("\u00a0", " ")
    assert "Prövad här 18 maj (läst automatiskt): fungerar, tunn, 1 post." in words
    with site.archive.writing() as db:
        store_checks(db, [replace(check, url="https://annan.example.se/")])
    assert "Prövad här" not in plain(coordinator.get(path)), "that was another address"


def test_a_proposal_in_two_languages_says_that_each_item_has_its_own(coordinator, site):
    said = "Språk: svenska och engelska. Varje post får det språk som den är skriven på"
    for languages, expected in (["sv", "en"], True), (["sv"], False):
        site.jobs.checks[FEED] = {"address": FEED, "problems": [], "rows": [{**found_row(), "languages": languages}]}
        answer = coordinator.post(NEW, {"adress": FEED, "gor": "las"}, page=NEW)
        assert (said in plain(answer)) is expected


def test_a_source_that_was_read_is_not_said_to_be_untried(coordinator, site):
    path = "/samordna/kallor/norden"
    shown = plain(coordinator.get(path))
    assert "Senast helt läst" in shown
    assert "Ingen har sett" not in shown
    assert "Inte prövad här än" not in shown
    with site.archive.writing() as db:
        db.execute("UPDATE sources SET last_accepted = NULL WHERE id = 'norden'")
    shown = plain(coordinator.get(path))
    assert "Ingen har sett att adressen ger rätt sida. Inte prövad här än." in shown


def test_a_source_in_trouble_is_switched_off_beside_its_trial(coordinator, site):
    path = "/samordna/kallor/norden"
    site.jobs.checks["norden"] = check_answer(problems=[{"text": "Servern svarade inte i tid."}])
    tried = coordinator.post(f"{path}/prova", page=path)
    assert "Stäng av källan" in plain(tried)
    answer = coordinator.post(f"{path}/las", {"lases": "nej"}, page=path)
    assert answer.headers["location"] == f"{path}?klart=sparat"
    assert load_config(file_of(site)).source("norden").enabled is False
    assert "Läs källan igen" in plain(coordinator.get(path))
    history = plain(coordinator.get("/samordna/installningar/historik"))
    assert "Källan Nordiska ministerrådet, läses det förvalda värdet blir nej" in history
    coordinator.post(f"{path}/las", {"lases": "ja"}, page=path)
    assert load_config(file_of(site)).source("norden").enabled is True
    assert coordinator.post(f"{path}/las", {"lases": "kanske"}, page=path).status_code == 400


def test_a_new_address_is_confirmed_by_the_person_who_says_so_and_else_by_nobody(coordinator, site):
    path = "/samordna/kallor/norden"
    change(coordinator, path, url="https://norden.example.org/nytt", address="confirmed")
    source = load_config(file_of(site)).source("norden")
    assert (source.address, source.confirmed, source.confirmed_by) == ("confirmed", "2026-05-20", "person")
    change(coordinator, path, every="3")
    assert load_config(file_of(site)).source("norden").confirmed == "2026-05-20"
    change(coordinator, path, url="https://norden.example.org/igen", address="unconfirmed")
    source = load_config(file_of(site)).source("norden")
    assert (source.address, source.confirmed, source.confirmed_by) == ("unconfirmed", "", "")


def test_days_of_a_trial_are_written_as_people_write_them(coordinator, site):
    found = {
        "published": "2026-05-18T08:00:00+02:00",
        "deadlines": "2026-08-01T23:59:59+02:00 (”1 augusti”), 2027-01-02T12:00:00+01:00 (”2 januari”)",
    }
    item = {**check_answer()["items"][0], "found": found}
    site.jobs.checks["norden"] = {**check_answer(), "items": [item]}
    words = plain(coordinator.post("/samordna/kallor/norden/prova", page="/samordna/kallor/norden")).replace("\u00a0", " ")
    assert "sista ansökningsdag 1 augusti (”1 augusti”), 2 januari 2027 kl. 12.00 (”2 januari”)" in words
    assert re.search(r"publicerad 18 maj kl\. 0?8\.00", words)


LIST = "https://portalen.example.se/utlysningar"


def test_a_list_made_by_scripts_is_read_with_the_browser_where_the_installation_has_one(coordinator, site):
    site.jobs.obstacle = ""
    site.jobs.checks["norden"] = check_answer()
    own = next(one for one in site.config.sources if one.kind == "page")
    path = f"/samordna/kallor/{own.id}"
    shown = coordinator.get(path)
    assert form_of(shown)["browser"] == ["nej"]
    assert "Om listan byggs av skript" not in shown.text
    remedy = {"text": "Listan byggs av skript. Pröva browser = true", "change": {"browser": "true"}}
    site.jobs.checks[own.id] = check_answer(advice=[remedy["text"]], remedies=[remedy])
    advised = coordinator.post(f"{path}/prova", page=path)
    assert 'name="andra.browser" value="true"' in advised.text
    tried = coordinator.post(f"{path}/prova", {"andra.browser": "true"}, page=path)
    assert site.jobs.checked[-1] == (own.id, {"browser": "true"})
    saved = send(coordinator, path, form_of(tried), "spara")
    assert saved.status_code == 303
    assert load_config(file_of(site)).source(own.id).browser
    assert "browser" not in form_of(coordinator.get("/samordna/kallor/norden")), "a feed has no scripts"


def test_without_a_browser_the_page_says_what_it_does_and_a_row_that_has_it_may_be_turned_off(coordinator, site):
    path = "/samordna/kallor/norden"
    change(coordinator, path, kind="page")
    shown = coordinator.get(path)
    assert "browser" not in form_of(shown)
    words = plain(shown)
    assert "Ingen webbläsare är angiven i network.browser. It-avdelningen lägger till den" in words
    assert re.search(r"<details><summary>Om listan byggs av skript", shown.text), "closed while the source works"
    with site.archive.writing() as db:
        write_health(db, "norden", "scripted", "Listan fylls av skript i webbläsaren.", site.clock())
    assert re.search(r"<details open><summary>Om listan byggs av skript", coordinator.get(path).text)
    site.jobs.obstacle = ""
    send(coordinator, path, form_of(coordinator.get(path)) | {"browser": ["ja"]}, "spara")
    site.jobs.obstacle = "Det finns ingen webbläsare på /usr/bin/chromium."
    shown = coordinator.get(path)
    assert "Källan ska läsas med webbläsare, men det går inte här. Det finns ingen webbläsare" in plain(shown)
    assert form_of(shown)["browser"] == ["ja"]


def test_a_found_list_that_the_browser_reads_is_saved_so(coordinator, site):
    site.jobs.obstacle = ""
    row = found_row("page", url=LIST, links="/utlysningar/[^/]+", browser=True)
    site.jobs.checks[LIST] = {"address": LIST, "problems": [], "rows": [row]}
    shown = coordinator.post(NEW, {"adress": LIST, "gor": "las"}, page=NEW)
    assert "Listan byggs av skript, så den läses med installationens webbläsare." in plain(shown)
    chosen = re.search(r"<form method=\"post\" action=\"/samordna/kallor/ny\">(.*?)</form>", shown.text, re.DOTALL)[1]
    values = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', chosen):
        values.setdefault(name, []).append(html.unescape(value))
    reviewed = send(coordinator, NEW, values, "granska")
    assert "Läses med webbläsare nej blir ja" in plain(reviewed)
    send(coordinator, NEW, form_of(reviewed), "spara")
    assert load_config(file_of(site)).source("exempelnytt").browser
