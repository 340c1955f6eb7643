"""`monitor search` and `monitor analyse` as scripts rely on them."""

from datetime import UTC, datetime

import pytest

from monitor.archive import open_archive
from monitor.calls import Section
from tests.commands import Installation
from tests.matching.archived import store_calls
from tests.matching.rules import a_call

NOW = "2026-05-20T12:00"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return an installation with three calls that were never indexed."""
    place = Installation(tmp_path_factory.mktemp("searched"))
    place.configure("")
    calls = (
        a_call("Youth exchanges in small towns", "For municipalities.", identifier="ERASMUS-2026-A", programme="43353764"),
        a_call("Ungdomsutbyten", "Stöd till skolornas utbyten.", identifier="SV-1"),
        a_call(
            "Energy", identifier="LIFE-2026-B", sections=(Section(title="", text="Renovation of schools & [other] buildings."),)
        ),
    )
    with open_archive(place.archive) as archive:
        store_calls(archive.db, calls, datetime(2026, 5, 20, 10, tzinfo=UTC))
    return place


def found(place, *arguments):
    answer = place.ask("search", *arguments, "--json", now=NOW)
    assert answer.code == 0
    assert answer.json["total"] == len(answer.json["hits"])
    return [hit["title"] for hit in answer.json["hits"]]


def test_search_answers_as_the_contract_says(stored):
    answer = stored.run("search", "skola", "--exact", "--json", now=NOW)
    assert set(answer.json) == {"total", "hits", "pages", "suggestions", "widened", "instead"}
    assert (answer.json["total"], answer.json["widened"], answer.json["instead"]) == (1, [], None)
    (hit,) = answer.json["hits"]
    assert set(hit) == {"source", "call_id", "title", "url", "score", "snippet"}
    assert hit["title"] == "Ungdomsutbyten"
    assert hit["snippet"] == "Stöd till [skolornas] utbyten"
    assert answer.err == ""


def test_search_by_word_phrase_star_field_and_choice(stored):
    assert found(stored, "youth", "exchange", "--exact") == ["Youth exchanges in small towns"]
    assert found(stored, '"small town"') == ["Youth exchanges in small towns"]
    assert found(stored, '"town small"') == []
    assert found(stored, "ungdom*") == ["Ungdomsutbyten"]
    assert (
        found(stored, "program:erasmus") == found(stored, "youth", "--programme", "erasmus") == ["Youth exchanges in small towns"]
    )
    assert found(stored, "skola", "--programme", "LIFE") == ["Energy"]
    assert found(stored, "school", "--programme", "LIFE") == ["Energy"]
    assert found(stored, "school", "--kind", "news") == []
    assert found(stored, "-youth", "-energy") == ["Ungdomsutbyten"]


def test_search_for_people_offers_what_may_have_been_meant(stored):
    answer = stored.ask("search", "ungdomsutbytten", "--exact", now=NOW)
    assert answer.code == 0
    assert "0 träffar" in answer.out
    assert "Menade du: ungdomsutbyten" in answer.out
    one = stored.ask("search", "renovation", now=NOW).out
    assert "Energy" in one
    assert one.splitlines()[-1] == "1 träff"


def test_search_finds_other_words_names_and_mistyped_words(stored):
    swedish = stored.run("search", "ungdomsutbyte", "--json", now=NOW).json
    assert [hit["title"] for hit in swedish["hits"]] == ["Ungdomsutbyten", "Youth exchanges in small towns"]
    assert "youth exchange" in swedish["widened"]
    assert found(stored, "LIFE-2026") == found(stored, "LIFE-programmet") == ["Energy"]
    mistyped = stored.run("search", "ungdomsutbytten", "--json", now=NOW).json
    assert mistyped["instead"] == "ungdomsutbyten"
    assert [hit["title"] for hit in mistyped["hits"]] == ["Ungdomsutbyten", "Youth exchanges in small towns"]
    shown = stored.ask("search", "ungdomsutbytten", now=NOW).out
    assert shown.startswith("Visar träffar för ungdomsutbyten. Bara de skrivna orden: --exact\nSökte också efter: ")


def test_words_of_rules_that_changed_are_searched_at_once(stored):
    own = stored.folder / "rules"
    assert stored.ask("search", "skola", "--json", now=NOW).json["widened"]
    own.mkdir()
    (own / "concepts").mkdir()
    (own / "concepts" / "egna.toml").write_text(
        'title = "Egna"\n[[concept]]\nid = "skola"\nsv = ["skola"]\nen = ["small town"]\n', "utf-8"
    )
    stored.configure('[rules]\ndir = "rules"\n')
    assert stored.run("search", "skola", "--json", now=NOW).json["widened"] == ["small town"]
    for wrong in ("concept = 3", "[[concept]]\nsv = 1", "concept = [1]", '[theme]\ntitle = "x"', "theme = 1", "x ="):
        (own / "concepts" / "halv.toml").write_text(wrong, "utf-8")
        assert stored.run("search", "skola", "--json", now=NOW).json["widened"] == ["small town"], f"beside {wrong!r}"
    (own / "concepts" / "halv.toml").unlink()
    (own / "programmes.toml").write_text("[[programme]\n", "utf-8")
    assert stored.run("search", "skola", "--json", now=NOW).json["widened"] == ["small town"], (
        "a search goes on while rules are mended"
    )
    (own / "programmes.toml").unlink()
    (own / "concepts" / "egna.toml").unlink()
    assert "school" in stored.run("search", "skola", "--json", now=NOW).json["widened"], (
        "rules without concepts: the shipped ones"
    )
    stored.configure("")


@pytest.mark.parametrize("typed", ['"', "NEAR(", "*", "a AND", "title:", "(", "'"])
def test_search_takes_anything(stored, typed):
    assert stored.ask("search", typed, "--json", now=NOW).code == 0


def test_analyse_answers_as_the_contract_says(stored):
    tokens = stored.ask("analyse", "Skolbibliotekens böcker", "--json").json["tokens"]
    assert tokens == [
        {"text": "Skolbibliotekens", "start": 0, "end": 16, "lemma": "skolbibliotek", "parts": ["skola", "bibliotek"]},
        {"text": "böcker", "start": 17, "end": 23, "lemma": "bok", "parts": []},
    ]
    (token,) = stored.ask("analyse", "cities", "--language", "en", "--json").json["tokens"]
    assert token["lemma"] == "city"
    assert "skola + bibliotek" in stored.ask("analyse", "skolbibliotek").out
