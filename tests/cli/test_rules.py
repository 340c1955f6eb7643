"""The rule commands as a person types them: answers, exit codes, and that wrong rules stop everything."""

import json
import shutil
from dataclasses import replace

import pytest

from monitor.archive import open_archive
from monitor.calls import CallKey
from tests.commands import Installation
from tests.documents.kept import add_text
from tests.matching.archived import sample_calls, store_calls
from tests.matching.rules import FILES, a_call, write_rules

FORMS = (
    "test/rail",
    "rail",
    "CEF-T-2026-RAIL",
    "https://www.example.org/rail/",
    "Rail – studies and works",
    "rail studies AND works",
    "Rail – studies and work",
    "/u/1",
    "http://127.0.0.1:8001/utlysning/test/rail",
)
NOW = "2026-05-20T12:00"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return an installation with the small rules and the sample calls, matched."""
    found = Installation(tmp_path_factory.mktemp("rules"))
    write_rules(found.folder / "rules")
    found.configure('[rules]\ndir = "rules"\n')
    with open_archive(found.archive) as archive:
        store_calls(archive.db, sample_calls())
    found.ask("match", now=NOW)
    return found


def test_match_answers_as_the_contract_says(place):
    outcome = place.run("match", "--json", now=NOW)
    assert (outcome.code, set(outcome.json)) == (0, {"calls", "matches", "departments", "seconds"})
    assert outcome.json["departments"] == {"kultur": 3, "teknik": 1}
    shown = place.ask("match", now=NOW)
    assert "Kultur och fritid" in shown.out
    assert "9 lästa, 4 träffar" in shown.out


def test_why_for_one_department_and_for_all(place):
    one = place.ask("why", "ERASMUS-2026-SHORT", "--department", "kultur", "--json", now=NOW).json
    assert (one["step"], one["short"]) == ("below-threshold", 2)
    every = place.ask("why", "ERASMUS-2026-A", "--json", now=NOW).json
    assert [item["step"] for item in every["departments"]] == ["matched", "below-threshold"]
    shown = place.ask("why", "ERASMUS-2026-A", now=NOW).out
    assert "Den går till Kultur och fritid" in shown
    assert "young people" in shown
    assert "finns inte i arkivet" in place.ask("why", "NOPE", now=NOW).out
    assert place.ask("why", "ERASMUS-2026-A", "--department", "x", now=NOW).code == 2


def test_why_of_words_of_the_other_language_offers_what_the_search_finds(place):
    offered = place.ask("why", "utbyte för unga", now=NOW)
    assert offered.code == 1
    assert "sökningen hittar" in offered.err
    words = place.ask("why", "kvantgravitation", now=NOW).out
    assert "finns inte i arkivet" not in words
    assert "Skriv adressen eller beteckningen" in words


@pytest.fixture(scope="module")
def unwanted(tmp_path_factory):
    """Return an installation with one call, which no theme has words for."""
    found = Installation(tmp_path_factory.mktemp("unwanted"))
    write_rules(found.folder / "rules")
    found.configure('[rules]\ndir = "rules"\n')
    call = a_call("Rail – studies and works", identifier="CEF-T-2026-RAIL")
    with open_archive(found.archive) as archive:
        store_calls(archive.db, (replace(call, call_id="rail", url="https://example.org/rail"),))
    found.ask("match", now=NOW)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_lookup_says_something_of_a_call_that_no_theme_has_words_for(unwanted, form):
    said = unwanted.ask("why", form, now=NOW)
    assert said.code == 0
    assert "Den går inte till någon förvaltning" in said.out
    assert "0 av 6 poäng" in said.out


def test_rules_check_is_content_with_good_rules(place):
    outcome = place.ask("rules", "check", "--json")
    assert (outcome.code, outcome.json["errors"], outcome.json["themes"], outcome.json["examples"]) == (0, [], 2, 10)


def test_one_wrong_file_stops_matching_and_is_named_with_its_line(place, tmp_path):
    broken = Installation(tmp_path)
    write_rules(tmp_path / "rules", **{"themes/ungdom.toml": FILES["themes/ungdom.toml"].replace('["kultur"]', '["kulturen"]')})
    broken.configure('[rules]\ndir = "rules"\n')
    check = broken.run("rules", "check", "--json")
    assert check.code == 1
    assert check.json["errors"] == [
        {
            "file": "themes/ungdom.toml",
            "line": 5,
            "problem": "department 'kulturen' finns inte; departments.toml har kultur, teknik",
        }
    ]
    for command in (("match",), ("why", "X"), ("rules", "report"), ("rules", "try", "-")):
        stopped = broken.ask(*command, now=NOW)
        assert stopped.code == 2
        assert "themes/ungdom.toml:5: department 'kulturen' finns inte" in stopped.err
        assert stopped.out == ""


def test_work_that_nobody_watches_goes_on_with_the_last_good_rules(place):
    theme = place.folder / "rules/themes/ungdom.toml"
    sound = theme.read_text("utf-8")
    try:
        theme.write_text(sound.replace('["kultur"]', '["kulturen"]'), "utf-8")
        assert place.ask("match", "--json", now=NOW).code == 2
        kept = place.ask("match", "--last-good", "--json", now=NOW)
    finally:
        theme.write_text(sound, "utf-8")
    assert (kept.code, kept.json["departments"]) == (1, {"kultur": 3, "teknik": 1})
    assert "themes/ungdom.toml:5: department 'kulturen' finns inte" in kept.err


def test_test_term(place):
    assert place.ask("rules", "test-term", "ungdom*", "Två ungdomsutbyten.", "--json").json == {
        "match": True,
        "hits": [{"start": 4, "end": 18, "text": "ungdomsutbyten"}],
    }
    assert place.ask("rules", "test-term", "LIFE", "life science", "--json").json == {"match": False, "hits": []}
    assert place.ask("rules", "test-term", "a*b", "text").code == 2


def test_try_reads_a_file_whose_first_line_is_the_title(place, tmp_path):
    (tmp_path / "prov.txt").write_text("Ungdomsutbyten\nKommuner kan söka.", "utf-8")
    outcome = place.ask("rules", "try", str(tmp_path / "prov.txt"), "--json").json
    assert [found["department"] for found in outcome["departments"]] == ["kultur"]
    assert outcome["fit"]["answer"] == "ja"
    assert "Kultur och fritid" in place.ask("rules", "try", str(tmp_path / "prov.txt")).out


def test_compare_shows_a_table_a_person_can_read(place, tmp_path):
    theme = FILES["themes/ungdom.toml"].replace("weight = 2\nin", "weight = 6\nin")
    new = write_rules(tmp_path / "new", **{"themes/ungdom.toml": theme})
    outcome = place.ask("rules", "compare", str(new), "--json").json
    assert [item["call_id"] for item in outcome["departments"]["kultur"]["gained"]] == ["Stöd"]
    assert outcome["departments"]["kultur"]["unchanged"] == 3
    shown = place.ask("rules", "compare", str(place.folder / "rules"), str(new)).out
    assert "Får till" in shown
    assert "”young people” (unga: 6 p, här 2 p)" in shown


def test_evaluate_answers_as_the_contract_says(place, tmp_path):
    lines = [
        {"id": "1", "title": "Youth exchange", "labels": ["kultur"], "can_take_part": "unknown"},
        {"id": "2", "title": "Ice hockey", "labels": ["kultur"], "maybe": ["teknik"]},
    ]
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    outcome = place.ask("rules", "evaluate", str(file), "--json").json
    assert set(outcome) == {"items", "micro", "fit", "departments", "errors"}
    assert outcome["micro"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667}
    assert outcome["errors"] == [{"id": "2", "missed": ["kultur"], "extra": []}]
    file.write_text("{}", "utf-8")
    assert place.ask("rules", "evaluate", str(file)).code == 2


def test_report_and_feedback(place):
    report = place.ask("rules", "report", "--json").json
    assert {(row["theme"], row["signal"]): row["hits"] for row in report["signals"]}["ungdom", "utbyte"] == 6
    with open_archive(place.archive) as archive:
        archive.db.execute(
            "INSERT INTO feedback (at, department, source, call_id, answer) VALUES (?, 'kultur', 'test', 'Youth exchange', 'intressant')",
            ["2026-05-20T10:00:00+00:00"],
        )
        archive.db.commit()
    listed = place.ask("feedback", "--json").json["answers"]
    assert [(item["title"], item["answer"]) for item in listed] == [("Youth exchange", "intressant")]
    made = place.ask("feedback", "--example", str(listed[0]["id"]), "--json", now=NOW)
    assert (made.code, made.json["errors"]) == (0, [])
    assert "intressant 2026-05-20" in (place.folder / "rules/themes/ungdom.toml").read_text("utf-8")


def test_rules_check_tells_of_concepts_that_are_not_used_and_terms_that_no_call_has(place, tmp_path):
    concepts = 'title = "Unga"\n[[concept]]\nid = "unga"\nsv = ["ungdom", "xyzzyord"]\nen = ["young people"]\n'
    other = Installation(tmp_path)
    write_rules(tmp_path / "rules", **{"concepts/unga.toml": concepts, "generic.toml": 'words = ["young people"]\n'})
    settings = '[rules]\ndir = "rules"\n'
    other.configure(settings)
    alone = other.ask("rules", "check", "--json")
    assert (alone.code, alone.json["concepts"], alone.json["unused_concepts"]) == (0, 1, ["unga"])
    assert alone.json["terms_not_found"] is None
    shutil.copytree(place.folder / "data", tmp_path / "data", dirs_exist_ok=True)
    found = other.ask("rules", "check", "--json", now=NOW)
    assert found.json["terms_not_found"] == {"unga": ["ungdom", "xyzzyord"]}
    assert [(item["file"], item["line"]) for item in found.json["warnings"]] == [("themes/ungdom.toml", 15)]
    short, full = other.ask("rules", "check", now=NOW), other.ask("rules", "check", "--details", now=NOW)
    assert "Varning: themes/ungdom.toml:15: allmänna ord" in short.out
    assert "1 begrepp nämns inte i något tema (sökningen använder alla). 2 av begreppens ord finns inte i arkivet." in short.out
    assert "Finns inte i arkivet, unga: ungdom, xyzzyord" in full.out
    assert "Begrepp som inget tema nämner: unga" in full.out


def test_pages_of_documents_are_found_by_term_theme_and_concept(place, tmp_path):
    with open_archive(place.archive) as archive:
        add_text(archive.db, CallKey("test", "NEWS-1"), "cd" * 16, "https://example.org/a.pdf", ["A youth exchange.", "Money."])
    found = place.ask("rules", "pages", "youth exchanges", "--json", now=NOW).json
    assert (found["total"], found["documents"]) == (1, 1)
    (hit,) = found["pages"]
    assert (hit["title"], hit["place"], hit["url"]) == ("a.pdf", "sida 1", "https://example.org/a.pdf#page=1")
    assert hit["snippet"] == "A [youth exchange]"
    assert place.ask("rules", "pages", "--theme", "ungdom", "--json", now=NOW).json["total"] == 1
    shown = place.ask("rules", "pages", "pengar", "money", now=NOW).out
    assert "a.pdf, sida 2" in shown
    assert "1 sida i 1 dokument" in shown
    for wrong in (("--theme", "x"), ("--concept", "x"), ("*",), ()):
        assert place.ask("rules", "pages", *wrong, now=NOW).code == 2, wrong
