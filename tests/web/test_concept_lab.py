"""Concepts in the rule lab: listed and searched, edited as form and text, and their effect is what matching then does."""

import re

import pytest

from monitor.archive import open_archive
from monitor.jobs.match import match_archive
from monitor.matching.rules.load import load_rules
from monitor.web.framework.request import CurrentRules
from monitor.web.views.concept_form import concept_form_values, write_concept_form
from monitor.web.views.concept_lab import preview_concepts
from monitor.web.views.rule_lab import preview
from tests.web.conftest import Browser, rows
from tests.web.sample import NOW

CYCLING = """\
# Vägar för cyklar.
title = "Gång och cykel"

[[concept]]
id = "cykel-prov"
sv = ["ridväg"]  # kommer att växa
en = ["bridleway"]
also = true
note = "Provbegrepp"

[[concept]]
id = "gang-prov"
sv = ["gångtunnel"]
en = ["pedestrian underpass"]
broader = "cykel-prov"
"""
THEME = '\n[[signal]]\nid = "cyklar"\nconcepts = ["cykel-prov"]\nweight = 6\n'


@pytest.fixture
def own(site, coordinator):
    """Return the coordinator's client of a site whose theme `kultur` names a concept of its own rules."""
    folder = site.config.rules_dir
    (folder / "concepts" / "gang.toml").write_text(CYCLING, "utf-8")
    theme = folder / "themes" / "kultur.toml"
    theme.write_text(theme.read_text("utf-8") + THEME, "utf-8")
    site._rules = CurrentRules(folder)
    site._rules._rules, site._rules._stamp = loaded_once(folder), site._rules._file_stamp()
    return coordinator


_LOADED = []


def loaded_once(folder):
    """Return the rules of the fixture, which every test begins with, without reading them again."""
    if not _LOADED:
        _LOADED.append(load_rules(folder))
    return _LOADED[0]


def concept_text(site):
    return (site.config.rules_dir / "concepts" / "gang.toml").read_text("utf-8")


def given(db):
    return {tuple(row) for row in db.execute("SELECT department, source, call_id FROM matches")}


@pytest.mark.parametrize("word", ["cykelväg", "kommun"])
def test_the_preview_of_a_new_word_foretells_exactly_what_matching_does(own, site, word):
    text = CYCLING.replace('"ridväg"', f'"ridväg", "{word}"')
    with open_archive(site.config.archive) as archive:
        match_archive(archive, site.rules, NOW)
        before = given(archive.db)
        outcome = preview_concepts(archive.db, site.rules, "gang", text, NOW)
        (site.config.rules_dir / "concepts" / "gang.toml").write_text(text, "utf-8")
        match_archive(archive, load_rules(site.config.rules_dir), NOW)
        after = given(archive.db)
    assert outcome.problems == []
    assert {(department.id, *item.key) for department in outcome.departments for item in department.gained} == after - before
    assert {(department.id, *item.key) for department in outcome.departments for item in department.lost} == before - after
    assert outcome.touched > 0


def test_a_word_taken_away_loses_what_it_gave(own, site):
    (site.config.rules_dir / "concepts" / "gang.toml").write_text(CYCLING.replace('"ridväg"', '"ridväg", "cykelväg"'), "utf-8")
    site.rules_changed()
    with open_archive(site.config.archive) as archive:
        match_archive(archive, site.rules, NOW)
        outcome = preview_concepts(archive.db, site.rules, "gang", CYCLING, NOW)
    (department,) = outcome.departments
    assert (department.id, department.gained, department.kept, department.weeks) == ("kultur-fritid", [], None, [])
    assert department.lost


def test_many_calls_are_looked_up_in_the_index_before_they_are_read(own, site, monkeypatch):
    text = CYCLING.replace('"ridväg"', '"ridväg", "cykelväg", "kommun"')
    with open_archive(site.config.archive) as archive:
        every = preview_concepts(archive.db, site.rules, "gang", text, NOW)
        monkeypatch.setattr("monitor.web.views.rule_effect._MAX_READ_UNASKED", 0)
        chosen = preview_concepts(archive.db, site.rules, "gang", text, NOW)
    assert chosen.departments == every.departments
    assert every.departments


def test_a_concept_that_only_the_search_uses_changes_nothing(own, site):
    with open_archive(site.config.archive) as archive:
        outcome = preview_concepts(
            archive.db, site.rules, "gang", CYCLING.replace('["gångtunnel"]', '["cykelväg"]\nalso = true'), NOW
        )
    assert (outcome.problems, outcome.departments) == ([], [])


def test_a_theme_that_names_a_concept_is_previewed_with_its_terms(own, site):
    text = (site.config.rules_dir / "themes" / "kultur.toml").read_text("utf-8")
    with open_archive(site.config.archive) as archive:
        match_archive(archive, site.rules, NOW)
        same = preview(archive.db, site.rules, "kultur", text, NOW)
        fewer = preview(archive.db, site.rules, "kultur", text.replace(THEME, ""), NOW)
        wrong = preview(archive.db, site.rules, "kultur", text.replace('["cykel-prov"]', '["cykl-prov"]'), NOW)
    assert wrong.departments == []
    assert (same.problems, [(d.gained, d.lost) for d in same.departments]) == ([], [([], [])])
    assert [d.gained for d in fewer.departments] == [[]]
    assert any("begreppet 'cykl-prov' finns inte; menade du cykel-prov?" in problem for problem in wrong.problems)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x =", "är inte giltig TOML"),
        (CYCLING.replace('"gångtunnel"', '"avlopp"'), "står redan i begreppet gang-prov"),
        (CYCLING.replace('id = "cykel-prov"', 'id = "cyklar-prov"'), "använder cykel-prov, som inte finns"),
        (CYCLING.replace("sv =", "swe =", 1), "okänd nyckel"),
    ],
)
def test_what_is_wrong_is_said_at_each_edit_and_nothing_is_saved(own, site, text, problem):
    fields = {"text": text, "redigering": "text"}
    answer = own.post("/begrepp/gang/prova", fields, page="/begrepp/gang")
    assert answer.status_code == 200
    assert problem in answer.json()["outcome"]
    assert own.post("/begrepp/gang/spara", fields, page="/begrepp/gang").status_code == 400
    assert concept_text(site) == CYCLING
    assert rows(site, "theme_versions") == []


def test_each_edit_brings_form_and_text_in_line(own, site):
    fields = {"text": CYCLING.replace("Gång och cykel", "Cykel & gång"), "redigering": "text"}
    document = own.post("/begrepp/gang/prova", fields, page="/begrepp/gang").json()
    assert 'value="Cykel &amp; gång"' in document["form"]
    assert document["text"] is None
    form = {
        "text": CYCLING,
        "redigering": "form",
        "titel": "Gång och cykel",
        "begrepp-antal": "3",
        "begrepp-0-id": "cykel-prov",
        "begrepp-0-sv": "ridväg, cykelväg",
        "begrepp-0-en": "bridleway",
        "begrepp-0-note": "Provbegrepp",
        "begrepp-0-also": "1",
        "begrepp-0-also-visas": "1",
        "begrepp-2-id": "spang-prov",
        "begrepp-2-sv": "spång",
        "begrepp-2-en": "footbridge",
    }
    document = own.post("/begrepp/gang/prova", form, page="/begrepp/gang").json()
    assert document["form"] is None
    values = concept_form_values(document["text"])
    assert [(row["id"], row["sv"]) for row in values["concepts"]] == [("cykel-prov", "ridväg, cykelväg"), ("spang-prov", "spång")]
    assert document["text"].startswith("# Vägar för cyklar.\n")


def test_saving_keeps_the_old_text_and_it_can_be_taken_back(own, site):
    after = CYCLING.replace('"ridväg"', '"ridväg", "cykelbana"')
    answer = own.post("/begrepp/gang/spara", {"text": after, "redigering": "text", "not": "Ny väg"}, page="/begrepp/gang")
    assert answer.headers["location"] == "/begrepp/gang?klart=sparat"
    assert concept_text(site) == after
    assert site.jobs.rematched == 1
    page = own.get("/begrepp/gang/versioner").text
    assert "Ny väg" in page
    assert "cykelbana" in page
    own.post("/begrepp/gang/spara", {"text": CYCLING, "not": "Tillbaka"}, page="/begrepp/gang/versioner")
    assert concept_text(site) == CYCLING
    assert [row[1] for row in rows(site, "theme_versions")] == ["concepts/gang"] * 3


def test_a_file_of_concepts_changed_by_hand_meanwhile_is_shown_and_not_overwritten(own, site):
    before = concept_text(site)
    fields = {"text": before + "\n# Från sidan.\n", "redigering": "text"}
    seen = re.search(r'name="sett" value="(\w+)"', own.get("/begrepp/gang").text)[1]
    by_hand = before + "\n# För hand.\n"
    (site.config.rules_dir / "concepts" / "gang.toml").write_text(by_hand, "utf-8")
    refused = own.post("/begrepp/gang/spara", {**fields, "sett": seen}, page="/begrepp/gang")
    assert refused.status_code == 400
    assert "<ins>+ # För hand.</ins>" in refused.text
    assert "# Från sidan." in refused.text
    assert concept_text(site) == by_hand
    seen = re.search(r'name="sett" value="(\w+)"', refused.text)[1]
    assert own.post("/begrepp/gang/spara", {**fields, "sett": seen}, page="/begrepp/gang").status_code == 303
    assert concept_text(site) == fields["text"]


def test_concepts_are_listed_by_area_and_searched_in_any_inflection(own, site):
    everything = own.get("/begrepp").text
    assert "Gång och cykel" in everything
    number = len(site.rules.concepts)
    assert number in {int("".join(figures.split())) for figures in re.findall(r"(\d[\d\s]*) begrepp", everything)}
    assert '<a href="/regler/kultur">' in everything
    assert "bara sökningen" in everything
    for query, found in (("gångtunnlarna", ["gang-prov"]), ("bridle", ["cykel-prov"]), ("zzz", [])):
        page = own.get(f"/begrepp?q={query}").text
        assert [name for name in ("cykel-prov", "gang-prov") if f'<th scope="row">{name}</th>' in page] == found
    assert f"Begrepp({number})" in "".join(own.get("/regler").text.split())


def test_the_pages_of_concepts_are_the_coordinators(own, site):
    visitor = Browser(site)
    for path in ("/begrepp", "/begrepp/gang", "/begrepp/gang/versioner"):
        assert visitor.get(path).headers["location"].startswith("/logga-in")
        assert own.get(path).status_code == 200
    visitor.close()
    for path in ("/begrepp/finns-inte", "/begrepp/finns-inte/versioner"):
        assert own.get(path).status_code == 404


def test_an_untouched_form_leaves_the_text_as_it_is():
    form, form_lists = {"titel": "Gång och cykel", "begrepp-antal": "3"}, {}
    for number, row in enumerate(concept_form_values(CYCLING)["concepts"]):
        form |= {f"begrepp-{number}-{key}": row[key] for key in ("id", "sv", "en", "broader", "note")}
        form[f"begrepp-{number}-also-visas"] = "1"
    form_lists["begrepp-0-also"] = ["1"]
    assert write_concept_form(CYCLING, form, form_lists) == CYCLING
    ticked = write_concept_form(CYCLING, form, {**form_lists, "begrepp-1-also": ["1"]})
    assert ticked.count("also = true") == 2
    assert write_concept_form(ticked, form, form_lists).strip() == CYCLING.strip()
