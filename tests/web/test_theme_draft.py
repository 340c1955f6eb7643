"""A theme begun in the form: kept as a draft, put into force on probation, and its calls held for the coordinator until then."""

import re
import shutil

import pytest

from monitor.archive import open_archive
from monitor.archive.feedback import store_answer
from monitor.archive.probation import list_probation_matches
from monitor.archive.theme_drafts import list_theme_drafts
from monitor.calls import CallKey
from monitor.config import load_config
from monitor.jobs.match import match_archive
from monitor.jobs.note import write_note
from monitor.web.framework.request import Site
from monitor.web.views.theme_draft import without_place
from tests.web.conftest import Browser, FakeJobs, changeable_rules, page_of
from tests.web.sample import NOW

FIELDS = {"titel": "Cykelvägar", "avdelning": "kultur-fritid", "ord": "cykelväg", "veckor": "4"}


@pytest.fixture(scope="module")
def own(sample_folder, sample_rules, tmp_path_factory):
    """Yield the coordinator's client of one installation with rules of its own, for all tests in their order."""
    folder = tmp_path_factory.mktemp("drafts") / "installation"
    shutil.copytree(sample_folder, folder)
    config = load_config(folder / "monitor.toml")
    site = Site(config, lambda: NOW, FakeJobs(config))
    site._rules = changeable_rules(site, sample_rules)
    browser = Browser(site)
    browser.log_in()
    yield browser
    browser.close()
    site.archive.close()


def drafts(site):
    with open_archive(site.config.archive) as archive:
        return list_theme_drafts(archive.db)


def hidden(html, name):
    return re.search(rf'name="{re.escape(name)}" value="([^"]*)"', html)[1]


def marks_of(html):
    """Return the hidden fields of the calls that the page offers to mark, by the name of their answer."""
    names = re.findall(r'name="(m\.\d+)\.kalla"', html)
    return {name: {f"{name}.kalla": hidden(html, f"{name}.kalla"), f"{name}.id": hidden(html, f"{name}.id")} for name in names}


def in_section(html, heading):
    return html.partition(f">{heading}</h2>")[2].partition("</section>")[0]


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(own):
    page = own.post("/regler/utkast/ny", {"titel": "", "ord": "cykelväg, *"}, page="/regler/utkast/ny")
    assert page.status_code == 400
    assert 'id="fel-title">Skriv ett namn på ämnet.' in page.text
    assert "cykelväg, *" in page.text
    assert drafts(own.site) == [], "nobody would find a draft without a name"
    wrong = own.post("/regler/utkast/ny", {**FIELDS, "begrepp": "finns inte"}, page="/regler/utkast/ny")
    assert 'id="fel-concepts">Begreppet ”finns inte” finns inte.' in wrong.text
    (draft,) = drafts(own.site)
    own.post(f"/regler/utkast/{draft.id}", {"gor": "bort"}, page=f"/regler/utkast/{draft.id}")
    assert drafts(own.site) == []


def test_a_draft_becomes_a_theme_on_probation_whose_calls_wait_for_the_coordinator(own):
    site = own.site
    saved = own.post("/regler/utkast/ny", FIELDS, page="/regler/utkast/ny")
    path = saved.headers["location"].partition("?")[0]
    page = own.get(path).text
    taken, others = in_section(page, "Det här skulle temat ta"), in_section(page, "Annat som förvaltningen får")
    assert re.search(r"Sammanlagt \d+(,\d+)? poäng\.", taken)
    assert "Cykelvägar och hållbara resor" in taken
    assert "Cykelvägar" not in others
    assert "Märk minst 3 ja och 2 nej. Nu är det 0 ja och 0 nej." in page
    assert not (site.config.rules_dir / "themes" / "cykelvagar.toml").exists()

    number = path.rpartition("/")[2]
    compared = own.get(f"/samordna/mejl/kultur-fritid/utkast/{number}").text
    gained = compared.partition("Kommer till")[2].partition("</ul>")[0]
    assert "Cykelvägar och hållbara resor" in gained
    frame = own.get(re.search(r'src="(/regler/-/mejl/\w+)"', compared)[1]).text
    assert "Cykelvägar och hållbara resor" in frame
    assert "Cykelvägar och hållbara resor" not in own.get("/samordna/mejl/kultur-fritid/html").text

    early = own.post(path, {**FIELDS, "version": hidden(page, "version"), "gor": "prova"}, page=path)
    assert early.status_code == 400
    assert "Märk minst 3 ja" in early.text
    answers = {}
    for html, value, number in ((taken, "ja", 3), (others, "nej", 2)):
        for name, key in list(marks_of(html).items())[:number]:
            answers |= {name: value, **key}
    body = {**FIELDS, **answers, "version": hidden(early.text, "version"), "gor": "prova"}
    begun = own.post(path, body, page=path)
    assert begun.headers.get("location") == "/regler/cykelvagar/prov?klart=igang", begun.text
    text = (site.config.rules_dir / "themes" / "cykelvagar.toml").read_text("utf-8")
    assert "probation = 2026-06-17" in text
    assert [text.count(f"match = {value}") for value in ("true", "false")] == [3, 2]
    assert drafts(site) == []

    with open_archive(site.config.archive) as archive:
        before = set(archive.db.execute("SELECT source, call_id, department FROM matches").fetchall())
        match_archive(archive, site.rules, NOW)
        held = list_probation_matches(archive.db, NOW, theme="cykelvagar")
        assert held
        after = set(archive.db.execute("SELECT source, call_id, department FROM matches").fetchall())
        assert {tuple(row) for row in after} == {tuple(row) for row in before}, "nothing reaches a department"
        note = " ".join(write_note(site.config, archive, NOW).paragraphs)
    assert "Temat ”Cykelvägar” är på prov till 2026-06-17" in note
    assert "På prov till" in own.get("/regler").text
    shown = own.get("/samordna/mejl/kultur-fritid").text
    assert held[0].call.title in in_section(shown, "På prov")
    assert held[0].call.title not in own.get("/samordna/mejl/kultur-fritid/html").text
    compared = own.get("/samordna/mejl/kultur-fritid/prov/cykelvagar").text
    assert held[0].call.title in compared.partition("Kommer till")[2].partition("</ul>")[0]


def test_what_it_took_becomes_an_example_and_a_wrong_answer_is_explained(own):
    site, path = own.site, "/regler/cykelvagar/prov"
    # The form of a call that nobody has marked.
    page = own.get(path).text.partition("Ja, hör hit")[0].rpartition("<form")[2]
    key = {"kalla": hidden(page, "kalla"), "id": hidden(page, "id")}
    refused = own.post(f"{path}/gor", {**key, "gor": "nej"}, page=path)
    assert refused.status_code == 400
    assert "temat tar den ändå" in refused.text
    assert own.post(f"{path}/gor", {**key, "gor": "ja"}, page=path).headers["location"] == f"{path}?klart=ja"
    file = site.config.rules_dir / "themes" / "cykelvagar.toml"
    assert file.read_text("utf-8").count("match = true") == 4
    marked = own.get(path).text
    assert marked.count("Märkt ja") == marked.count("Ändra till nej")
    assert "Märkt ja" in marked
    assert own.post(f"{path}/gor", {**key, "gor": "nej"}, page=path).status_code == 400, "its words take the call all the same"
    assert file.read_text("utf-8").count("match = true") == 4
    undone = own.post(f"{path}/gor", {**key, "gor": "omarkt"}, page=path)
    assert undone.headers["location"] == f"{path}?klart=omarkt"
    assert file.read_text("utf-8").count("match = true") == 3
    assert own.post(f"{path}/gor", {**key, "gor": "ja"}, page=path).status_code == 303
    assert file.read_text("utf-8").count("match = true") == 4
    own.post(f"{path}/gor", {"gor": "slut"}, page=path)
    assert "probation" not in file.read_text("utf-8")
    with open_archive(site.config.archive) as archive:
        match_archive(archive, site.rules, NOW)
        assert list_probation_matches(archive.db, NOW) == []
        themes = archive.db.execute("SELECT count(*) FROM matches WHERE themes LIKE '%cykelvagar%'").fetchone()[0]
    assert themes


def test_two_coordinators_at_once_lose_nothing(own):
    path = (
        own.post("/regler/utkast/ny", {**FIELDS, "titel": "Två"}, page="/regler/utkast/ny").headers["location"].partition("?")[0]
    )
    seen = hidden(own.get(path).text, "version")
    assert own.post(path, {**FIELDS, "titel": "Två", "ord": "cykelbana", "version": seen}, page=path).status_code == 303
    late = own.post(path, {**FIELDS, "titel": "Två", "ord": "gångväg", "version": seen}, page=path)
    assert late.status_code == 409
    assert "gångväg" in late.text
    assert "medan du skrev" in late.text
    assert "cykelbana" in drafts(own.site)[0].content
    again = own.post(path, {**FIELDS, "titel": "Två", "ord": "gångväg", "version": hidden(late.text, "version")}, page=path)
    assert again.status_code == 303
    assert "gångväg" in drafts(own.site)[0].content


def test_a_match_leads_to_theme_signal_and_sum_and_a_refusal_to_the_word_that_decided(own):
    site = own.site
    with open_archive(site.config.archive) as archive:
        key = CallKey(*archive.db.execute("SELECT source, call_id FROM matches WHERE department = 'kultur-fritid'").fetchone())
        store_answer(archive.db, "kultur-fritid", key, "inte-for-oss", note="", digest="", now=NOW)
    page = own.get(page_of(site, *key)).text
    line, link, signal = re.search(r'">([^<]+ av 6 poäng)</a></p>.*?href="(/regler/[^"#]+)#s-([^"]+)"', page, re.DOTALL).groups()
    lab = own.get(link).text
    assert f'id="s-{signal}"' in lab
    total = re.search(r"Summa ([\d,]+) poäng", lab)[1]
    assert f": {total} av 6 poäng" in line
    assert "Kultur- och fritidsförvaltningen kräver 6" in lab
    listed = re.findall(r"<li[^>]*>([+-][\d,]+) poäng", page.partition(line)[2].partition("</ul>")[0])
    assert sum(float(points.replace(",", ".")) for points in listed) == float(total.replace(",", ".")), "the sum adds up"
    for shown in (page, own.get("/samordna").text):
        word = re.search(r'href="(/regler/[^"#]+)#s-[^"]+">Ordet ”([^”]+)” avgjorde', shown)
        assert f"<mark>{word[2]}</mark>" in own.get(word[1]).text


def test_an_error_of_a_file_is_told_without_its_name_and_line():
    told = "exemplet 'Small-scale Partnerships' ska träffa kultur-fritid men gör det inte: 5 av 6 poäng"
    for place in ("themes/hallbar.toml:34: ", "rad 34: ", ""):
        assert without_place(f"{place}{told}") == told
